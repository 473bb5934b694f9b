"""Exports and imports that take a while."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sambung.lib.failing import Failing
from sambung.lib.ids import uuid7
from teams.models import Team, User


class TransferKind(models.TextChoices):
    EXPORT = "export", _("Export")
    IMPORT = "import", _("Import")


class TransferStatus(models.TextChoices):
    READY = "ready", _("Ready to begin")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")


class Transfer(Failing):
    """An export or an import of one person, into or out of one workspace. `file` is a key of the storage."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=TransferKind)
    status = models.CharField(
        max_length=20, choices=TransferStatus, default=TransferStatus.READY, db_default=TransferStatus.READY
    )
    options = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    report = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    file = models.CharField(max_length=100, blank=True, default="", db_default="")
    done = models.PositiveIntegerField(default=0, db_default=0)
    total = models.PositiveIntegerField(default=0, db_default=0)
    #: When the job last said that it goes on; one that is silent for minutes is gone.
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "transfer"
        ordering = ["-created_at"]
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TransferKind.values), name="transfer_kind_known"),
            models.CheckConstraint(condition=Q(status__in=TransferStatus.values), name="transfer_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"
