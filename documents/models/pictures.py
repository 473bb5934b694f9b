"""Pictures in texts."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document
from sambung.lib.ids import uuid7
from teams.models import User


class DocumentPicture(models.Model):
    """A picture that a text shows where it stands as `picture:<id>`. `file` is a key of the storage, made by us.

    `is_kept`: some version has named it. One that none does goes after a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="pictures")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    file = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=255)
    mime_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    is_kept = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "document_picture"
        ordering = ["created_at", "id"]
        verbose_name = _("picture of a document")
        verbose_name_plural = _("pictures of documents")
        constraints = [models.UniqueConstraint(fields=["file"], name="document_picture_file_unique")]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(is_kept=False), name="document_picture_not_kept")
        ]

    def __str__(self) -> str:
        return f"{self.mime_type} · {self.pk}"
