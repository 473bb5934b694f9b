"""Folders: where chats lie, one in another."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from chats.validators import validate_folder_settings
from sambung.lib.ids import uuid7
from teams.models import Scoped


class Folder(Scoped):
    """A folder of a person's, or of a team's. What it holds begins with its system prompt and its model.

    `settings` is {system_prompt, model: {api_key, provider, model}}, each as it is needed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    settings = models.JSONField(
        default=dict,
        blank=True,
        validators=[validate_folder_settings],
        db_default=models.Value({}, models.JSONField()),
    )
    retention_days = models.PositiveIntegerField(_("days that chats are kept"), null=True, blank=True)
    #: What lay in it when it was deleted without that: {to, folders, chats} by id; taking it back fetches them.
    held = models.JSONField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "folders"
        ordering = ["name", "id"]
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False, user__isnull=True) | Q(team__isnull=True, user__isnull=False),
                name="folders_one_owner",
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="folders_not_in_itself"),
            models.CheckConstraint(
                condition=Q(retention_days__isnull=True) | Q(retention_days__gte=1), name="folders_retention_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def takes(self) -> Q:
        """The chats that may lie in it: those of its workspace."""
        return Q(team=self.team_id) if self.team_id else Q(team=None, user=self.user_id)
