"""Documents beside a chat: made or changed in it, or pinned to it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from chats.models.chats import Chat, Message
from documents.models import Document
from sambung.lib.ids import uuid7


class ChatDocument(models.Model):
    """A document that belongs to a chat. `message`: the reply that made or changed it last, None where none has.

    `is_pinned`: with each message the model gets its text. Whoever holds the chat need not hold the document.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="chat_documents", db_index=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    is_pinned = models.BooleanField(_("pinned"), default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "chat_document"
        ordering = ["created_at", "id"]
        verbose_name = _("document of a chat")
        verbose_name_plural = _("documents of chats")
        constraints = [models.UniqueConstraint(fields=["chat", "document"], name="chat_document_chat_document")]

    def __str__(self) -> str:
        return f"{self.chat_id} · {self.document_id}"
