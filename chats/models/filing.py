"""How chats are found again: tags on them, and archives, which are named collections."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from chats.models.chats import Chat
from sambung.lib.ids import uuid7
from teams.models import Scoped, User

COLOR_PATTERN = r"^#[0-9a-f]{6}$"


class Tag(Scoped):
    """A word for chats: a person's, a team's, or everybody's (both null), which admins make."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=50)
    color = models.CharField(
        _("color"), max_length=7, null=True, blank=True, validators=[RegexValidator(COLOR_PATTERN)]
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "tags"
        ordering = ["name", "id"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=True) | Q(team__isnull=True), name="tags_one_owner"),
            models.CheckConstraint(
                condition=Q(color__isnull=True) | Q(color__regex=COLOR_PATTERN), name="tags_color_form"
            ),
            models.UniqueConstraint(
                Lower("name"), "user", condition=Q(user__isnull=False), name="tags_name_in_personal"
            ),
            models.UniqueConstraint(Lower("name"), "team", condition=Q(team__isnull=False), name="tags_name_in_team"),
            models.UniqueConstraint(Lower("name"), condition=Q(user=None, team=None), name="tags_name_in_public"),
        ]
        indexes = [models.Index(fields=["name"], name="tags_name")]

    def __str__(self) -> str:
        return self.name


class ChatTag(models.Model):
    """A tag on a chat."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="chat_tags", db_index=False)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="chat_tags")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "chat_tags"
        verbose_name = _("tag on a chat")
        verbose_name_plural = _("tags on chats")
        constraints = [models.UniqueConstraint(fields=["chat", "tag"], name="chat_tags_chat_tag")]

    def __str__(self) -> str:
        return f"{self.chat_id} · {self.tag_id}"


class Archive(models.Model):
    """A named collection of chats, one person's; a chat may lie in several."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=500, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "archive"
        ordering = ["name", "id"]
        verbose_name = _("archive")
        verbose_name_plural = _("archives")

    def __str__(self) -> str:
        return self.name


class ArchiveItem(models.Model):
    """A chat in an archive."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    archive = models.ForeignKey(Archive, models.CASCADE, related_name="items", db_index=False)
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="archive_items")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "archive_item"
        ordering = ["-created_at"]
        verbose_name = _("chat in an archive")
        verbose_name_plural = _("chats in archives")
        constraints = [models.UniqueConstraint(fields=["archive", "chat"], name="archive_item_archive_chat")]

    def __str__(self) -> str:
        return f"{self.archive_id} · {self.chat_id}"
