"""What a chat searches."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from chats.models.chats import Chat
from documents.models import Collection
from sambung.lib.ids import uuid7


class ChatCollection(models.Model):
    """A collection that a chat searches, with the rights of whoever asks in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="+", db_index=False)
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "chat_collection"
        verbose_name = _("collection of a chat")
        verbose_name_plural = _("collections of chats")
        constraints = [models.UniqueConstraint(fields=["chat", "collection"], name="chat_collection_chat_collection")]

    def __str__(self) -> str:
        return str(self.pk)
