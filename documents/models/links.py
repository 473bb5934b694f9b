"""Public links of documents."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document, DocumentVersion
from teams.models import Link, LinkMode, mode_known


class DocumentLink(Link):
    """The link of a document, with its token.

    `until_version` is what a snapshot shows; it stays as long as the link does. A live link shows the present text.
    """

    document = models.OneToOneField(Document, models.CASCADE, related_name="link")
    token = models.CharField(max_length=64, editable=False)
    until_version = models.ForeignKey(DocumentVersion, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta(Link.Meta):
        db_table = "document_link"
        verbose_name = _("public link of a document")
        verbose_name_plural = _("public links of documents")
        constraints = [
            mode_known(db_table),
            models.UniqueConstraint(fields=["token"], name="document_link_token_unique"),
            models.CheckConstraint(
                condition=Q(mode=LinkMode.LIVE, until_version=None)
                | Q(mode=LinkMode.SNAPSHOT, until_version__isnull=False),
                name="document_link_snapshot_of_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} · {self.mode}"
