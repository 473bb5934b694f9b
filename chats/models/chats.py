"""Conversations: a chat is a tree of messages by `parent`; `current_message` is the end of the branch on show."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import ACTIVE, Agent, ApiKey, Run
from chats.models.folders import Folder
from chats.models.indexed import PairsField, WordsField
from chats.validators import validate_parts, validate_settings
from sambung.lib.ids import uuid7
from teams.models import Scoped, User, leave_to_team

_COUNT = "SELECT count(*) FROM messages WHERE chat_id = chats.id AND queued_at IS NULL"
_IS_REPLYING = """EXISTS (
    SELECT FROM messages JOIN run ON run.id = messages.run_id
    WHERE chat_id = chats.id AND queued_at IS NULL AND run.status = ANY(%s)
)"""


def chat_topic(chat_id: uuid.UUID) -> str:
    """What viewers of a chat follow."""
    return f"chat:{chat_id}"


def forget_model(collector, field, chats, using) -> None:
    """A chat whose key goes has no model any more: one of the same name under another key is not the same."""
    models.SET_NULL(collector, field, chats, using)
    for name in ("provider", "model"):
        collector.add_field_update(chats.model._meta.get_field(name), "", chats)


class ChatQuerySet(models.QuerySet):
    """Reads of chats."""

    def update(self, **changes):
        """A title is found by its words, whichever way it comes."""
        if "title" in changes:
            changes["words"] = WordsField.made(changes["title"])
        return super().update(**changes)

    def listed(self):
        """What a list shows: no temporary chats, pinned first, then the newest activity."""
        return self.filter(is_temporary=False).order_by("-is_pinned", "-updated_at", "-id")

    def held(self):
        """Locked until the transaction ends: what two tabs do at once happens one after the other."""
        return self.select_for_update(of=("self",))

    def with_unread(self, user: User):
        """Adds `is_unread`: something came since the person last saw the chat."""
        seen = ChatRead.objects.filter(chat=OuterRef("pk"), user=user, seen_at__gte=OuterRef("updated_at"))
        return self.annotate(is_unread=~Exists(seen))

    def with_counts(self):
        """Adds `message_count` (messages sent or answered, all branches) and `is_replying`.

        In SQL, since Django takes 2 ms to write these two subqueries for each list.
        """
        return self.annotate(
            message_count=RawSQL(_COUNT, (), models.IntegerField()),  # noqa: S611  constants
            is_replying=RawSQL(_IS_REPLYING, (list(ACTIVE),), models.BooleanField()),  # noqa: S611
        )


class Chat(Scoped):
    """A conversation with a model. `updated_at` is the last activity: a message, or a finished reply."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, leave_to_team, null=True, blank=True, related_name="+", db_index=False)
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, blank=True, related_name="chats")
    title = models.CharField(_("title"), max_length=200, blank=True, default="", db_default="")
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, forget_model, null=True, blank=True, related_name="+")
    provider = models.CharField(max_length=30, blank=True, default="", db_default="")
    model = models.CharField(max_length=200, blank=True, default="", db_default="")
    settings = models.JSONField(
        default=dict,
        blank=True,
        validators=[validate_settings],
        db_default=models.Value({}, models.JSONField()),
    )
    metadata = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    public_token = models.CharField(max_length=64, null=True, blank=True)
    is_public = models.BooleanField(default=False, db_default=False)
    is_pinned = models.BooleanField(_("pinned"), default=False, db_default=False)
    is_temporary = models.BooleanField(_("temporary"), default=False, db_default=False)
    current_message = models.ForeignKey(
        "Message", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    #: Where an imported chat comes from, such as "chatgpt:<its id there>".
    origin = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    #: When people were told that the chat will go by itself; counts while nothing has happened in it since.
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    words = WordsField("title")

    objects = ChatQuerySet.as_manager()

    class Meta:
        db_table = "chats"
        ordering = ["-updated_at", "-id"]
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        constraints = [
            models.UniqueConstraint(fields=["public_token"], name="chats_public_token_unique"),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(public_token__isnull=False), name="chats_public_has_token"
            ),
            models.CheckConstraint(condition=Q(team__isnull=False) | Q(user__isnull=False), name="chats_has_owner"),
            models.UniqueConstraint(
                fields=["user", "origin"], condition=Q(team=None) & ~Q(origin=""), name="chats_origin_personal"
            ),
            models.UniqueConstraint(
                fields=["team", "origin"], condition=Q(team__isnull=False) & ~Q(origin=""), name="chats_origin_team"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "team"], name="chats_user_team"),
            models.Index(
                fields=["user", "-is_pinned", "-updated_at", "-id"],
                condition=Q(deleted_at=None, is_temporary=False),
                name="chats_user_listed",
            ),
            models.Index(
                fields=["team", "-is_pinned", "-updated_at", "-id"],
                condition=Q(deleted_at=None, is_temporary=False),
                name="chats_team_listed",
            ),
            models.Index(fields=["user", "-updated_at"], name="chats_user_updated"),
            models.Index(fields=["updated_at"], name="chats_updated_at"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="chats_deleted"),
            models.Index(fields=["public_token"], condition=Q(is_public=True), name="chats_public_token"),
        ]

    @property
    def topic(self) -> str:
        """What viewers of the chat follow."""
        return chat_topic(self.pk)

    def __str__(self) -> str:
        return self.title or str(_("New chat"))


class Role(models.TextChoices):
    USER = "user", _("User")
    ASSISTANT = "assistant", _("Assistant")
    SYSTEM = "system", _("System")
    TOOL = "tool", _("Tool")


class Message(models.Model):
    """One message. `parts` are the truth, `content` and `html` are made from them. Siblings are variants."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="messages", db_index=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="messages")
    client_id = models.UUIDField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    role = models.CharField(max_length=20, choices=Role)
    parts = models.JSONField(default=list, validators=[validate_parts], db_default=models.Value([], models.JSONField()))
    content = models.TextField(blank=True, default="", db_default="")
    html = models.TextField(blank=True, default="", db_default="", editable=False)
    html_version = models.IntegerField(default=0, db_default=0, editable=False)
    tool_invocations = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    words = WordsField("content")
    pairs = PairsField("content")

    class Meta:
        db_table = "messages"
        ordering = ["created_at", "id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["chat", "client_id"], name="messages_chat_client_id"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="messages_role_known"),
        ]
        indexes = [
            # With what their number needs, so that no list reads the messages that it counts.
            models.Index(fields=["chat", "created_at"], include=["queued_at"], name="messages_chat_created"),
            models.Index(fields=["chat"], condition=Q(queued_at__isnull=False), name="messages_queued"),
            models.Index(fields=["created_at"], name="messages_created"),
        ]

    @property
    def topic(self) -> str:
        """What viewers of its chat follow."""
        return chat_topic(self.chat_id)

    @property
    def subject(self) -> str:
        """What frames call it."""
        return f"message:{self.pk}"

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.created_at:%Y-%m-%d %H:%M}"


class ChatRead(models.Model):
    """How far a person has seen a team's chat."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="reads", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "chat_reads"
        ordering = ["-seen_at"]
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [models.UniqueConstraint(fields=["chat", "user"], name="chat_reads_chat_user")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.chat_id}"
