"""Folders of documents, one in another."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import uuid7
from teams.models import Scoped


class DocumentFolder(Scoped):
    """A folder of a person's, or of a team's. What lies in it is of the same scope."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "document_folder"
        ordering = ["name", "id"]
        verbose_name = _("folder of documents")
        verbose_name_plural = _("folders of documents")
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False, user__isnull=True) | Q(team__isnull=True, user__isnull=False),
                name="document_folder_one_owner",
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="document_folder_not_in_itself"),
        ]

    def __str__(self) -> str:
        return self.name
