"""Files that go with messages."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from chats.models.chats import Chat, Message
from sambung.lib.ids import uuid7
from teams.models import Scoped


class Attachment(Scoped):
    """A file that somebody added. Without a chat it waits in a composer, and is its uploader's alone.

    `file` and `thumbnail` are keys of the storage, made by us; `name` is what the person called it, and data.
    `text` is what was read out of it, which is what a model gets of anything but an image.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, models.CASCADE, null=True, blank=True, related_name="attachments")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="attachments")
    file = models.CharField(max_length=100)
    thumbnail = models.CharField(max_length=100, blank=True, default="", db_default="")
    name = models.CharField(_("name"), max_length=255)
    mime_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    text = models.TextField(blank=True, default="", db_default="")
    metadata = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "attachments"
        ordering = ["created_at", "id"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(fields=["file"], name="attachments_file_unique"),
            models.CheckConstraint(
                condition=Q(chat__isnull=False) | Q(user__isnull=False), name="attachments_has_chat_or_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mime_type} · {self.pk}"  # its name is what a person wrote
