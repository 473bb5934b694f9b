"""Runs: one run is one execution of a model or workflow."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.models.keys import ApiKey
from sambung.lib.failing import Failing
from sambung.lib.ids import uuid7
from teams.models import Team, User


class RunKind(models.TextChoices):
    CHAT = "chat", _("Chat")
    WORKFLOW = "workflow", _("Workflow")


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")
    INTERRUPTED = "interrupted", _("Interrupted")


ACTIVE = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING)


class Run(Failing):
    """One execution. `attempt` is a fencing token: only its present holder may write."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=RunKind)
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=20, choices=RunStatus, default=RunStatus.QUEUED, db_default=RunStatus.QUEUED)
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, blank=True, related_name="+")
    provider = models.CharField(max_length=30, blank=True, default="", db_default="")
    model = models.CharField(max_length=200, blank=True, default="", db_default="")
    usage = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    lock_key = models.CharField(max_length=100, null=True, blank=True)
    attempt = models.IntegerField(default=0, db_default=0)
    owner = models.CharField(max_length=64, blank=True, default="", db_default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "run"
        ordering = ["-created_at", "-id"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [
            models.UniqueConstraint(
                fields=["lock_key"], condition=Q(status__in=ACTIVE), name="run_one_active_per_lock_key"
            ),
            models.CheckConstraint(condition=Q(kind__in=RunKind.values), name="run_kind_known"),
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="run_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=ACTIVE, finished_at=None)
                | (~Q(status__in=ACTIVE) & Q(finished_at__isnull=False)),
                name="run_finished_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(status__in=ACTIVE), name="run_active_lease"),
            models.Index(fields=["finished_at"], name="run_finished_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.model}"

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE


class RunEvent(models.Model):
    """One line of a run's log: what one stream brought in one tick. Append-only; replaying it gives the result."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    run = models.ForeignKey(Run, models.CASCADE, related_name="events", db_index=False)
    seq = models.IntegerField()
    kind = models.CharField(max_length=20)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "run_event"
        verbose_name = _("run event")
        verbose_name_plural = _("run events")
