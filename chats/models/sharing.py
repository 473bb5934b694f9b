"""Public links: one for a chat, whose token stands on the chat."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from chats.models.chats import Chat, Message
from sambung.lib.ids import uuid7
from teams.models import User


class LinkMode(models.TextChoices):
    SNAPSHOT = "snapshot", _("As it is now")
    LIVE = "live", _("As it goes on")


class PublicLink(models.Model):
    """What is shown to whoever has the link of a chat, and for how long.

    `snapshot` holds what a link of that mode shows, as it was when it was made. A link that ends with a
    message goes with that message: it would show more otherwise.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.OneToOneField(Chat, models.CASCADE, related_name="public_link")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    mode = models.CharField(
        _("what it shows"), max_length=20, choices=LinkMode, default=LinkMode.SNAPSHOT, db_default=LinkMode.SNAPSHOT
    )
    until_message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="+")
    with_attachments = models.BooleanField(_("with attachments"), default=False, db_default=False)
    snapshot = models.JSONField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    password = models.CharField(max_length=128, blank=True, default="", db_default="", editable=False)
    views = models.PositiveIntegerField(_("views"), default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "public_link"
        ordering = ["-created_at"]
        verbose_name = _("public link")
        verbose_name_plural = _("public links")
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=LinkMode.values), name="public_link_mode_known"),
            models.CheckConstraint(
                condition=Q(mode=LinkMode.LIVE) | Q(snapshot__isnull=False), name="public_link_snapshot_is_there"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} · {self.mode}"
