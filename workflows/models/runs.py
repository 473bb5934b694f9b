"""Runs of workflows: what ran, and each step of it as it is known for sure."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents.models import Run
from sambung.lib.failing import Failing
from sambung.lib.ids import uuid7
from workflows import validators
from workflows.models.triggers import WorkflowTrigger
from workflows.models.workflows import Workflow, WorkflowVersion


class Trigger(models.TextChoices):
    """What started a run."""

    HAND = "hand", _("By hand")
    CHAT = "chat", _("Chat")
    SCHEDULE = "schedule", _("Schedule")
    WEBHOOK = "webhook", _("Webhook")
    FORM = "form", _("Form")
    API = "api", _("API")
    TEST = "test", _("Test")
    REPLAY = "replay", _("Replay")
    CHILD = "child", _("Another workflow")


class StepStatus(models.TextChoices):
    """`waiting_*`: no process is at it. `unknown`: it was cut off, and nobody knows whether its effect happened."""

    RUNNING = "running", _("Running")
    WAITING_PERSON = "waiting_person", _("Waits for a person")
    WAITING_TIME = "waiting_time", _("Waits for a time")
    WAITING_CHILD = "waiting_child", _("Waits for another run")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")
    UNKNOWN = "unknown", _("Unknown")
    STOPPED = "stopped", _("Stopped")


WAITING = (StepStatus.WAITING_PERSON, StepStatus.WAITING_TIME, StepStatus.WAITING_CHILD, StepStatus.UNKNOWN)
ENDED = (StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.STOPPED)


class Effect(models.TextChoices):
    """Whether a step may be done again: freely, under the same key, or not without asking."""

    NONE = "none", _("None")
    KEYED = "keyed", _("Under a key")
    UNSAFE = "unsafe", _("Unsafe")


class WorkflowRun(models.Model):
    """One run: `structure` is what ran, whatever becomes of the workflow. Its status is that of `run`.

    `version` null: the draft ran. `key` makes a start harmless to repeat. `seconds`: how long it ran until its
    last pause. `called_by`: the run that called it as a tool. `mocks`: what a test puts in the place of models, tools
    and services. `file_bytes`: of the files that people gave it or that its steps made.
    `is_emptied`: what its steps took and gave is kept no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="runs", db_index=False)
    run = models.OneToOneField(Run, models.CASCADE, related_name="workflow_run")
    version = models.ForeignKey(WorkflowVersion, models.SET_NULL, null=True, blank=True, related_name="runs")
    workflow_trigger = models.ForeignKey(WorkflowTrigger, models.SET_NULL, null=True, blank=True, related_name="runs")
    parent_step = models.ForeignKey("WorkflowStep", models.SET_NULL, null=True, blank=True, related_name="children")
    called_by = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="called")
    replay_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replays")
    trigger = models.CharField(_("started by"), max_length=20, choices=Trigger, default=Trigger.HAND, db_default="hand")
    structure = models.JSONField(validators=[validators.validate_structure])
    input = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    output = models.JSONField(null=True, blank=True)
    mocks = models.JSONField(null=True, blank=True)
    limits = models.JSONField(
        default=dict,
        blank=True,
        validators=[validators.validate_limits],
        db_default=models.Value({}, models.JSONField()),
    )
    depth = models.PositiveSmallIntegerField(default=0, db_default=0)
    key = models.CharField(max_length=200, blank=True, default="", db_default="")
    seconds = models.FloatField(default=0.0, db_default=0.0)
    file_bytes = models.PositiveBigIntegerField(default=0, db_default=0)
    is_emptied = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "workflow_run"
        ordering = ["-created_at", "-id"]
        verbose_name = _("workflow run")
        verbose_name_plural = _("workflow runs")
        constraints = [
            models.CheckConstraint(condition=Q(trigger__in=Trigger.values), name="workflow_run_trigger_known"),
            models.UniqueConstraint(
                fields=["workflow", "workflow_trigger", "key"],
                condition=~Q(key=""),
                nulls_distinct=False,
                name="workflow_run_key",
            ),
        ]
        indexes = [models.Index(fields=["workflow", "-created_at"], name="workflow_run_history")]

    def __str__(self) -> str:
        return f"{self.workflow_id} · {self.created_at:%Y-%m-%d %H:%M}"


class WorkflowStep(Failing):
    """One attempt at one node: `path` names it, `loop[12]/node` inside of a loop.

    `handle`: by which of its handles it went on, where that is not the usual one. `run_attempt`: which attempt of the
    run wrote it. `size`: bytes of its output. What is larger than 64 kB lies in the storage under `input_file` and
    `output_file`, and the column holds a preview. `wake_at`: when a step that waits goes on by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow_run = models.ForeignKey(WorkflowRun, models.CASCADE, related_name="steps", db_index=False)
    node_id = models.CharField(max_length=100)
    node_type = models.CharField(max_length=20)
    path = models.CharField(max_length=400)
    attempt = models.PositiveIntegerField(default=1, db_default=1)
    run_attempt = models.PositiveIntegerField(default=0, db_default=0)
    status = models.CharField(_("status"), max_length=20, choices=StepStatus)
    handle = models.CharField(max_length=100, blank=True, default="", db_default="")
    input = models.JSONField(null=True, blank=True)
    output = models.JSONField(null=True, blank=True)
    input_file = models.CharField(max_length=150, blank=True, default="", db_default="")
    output_file = models.CharField(max_length=150, blank=True, default="", db_default="")
    size = models.PositiveBigIntegerField(default=0, db_default=0)
    usage = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    cost = models.DecimalField(max_digits=18, decimal_places=12, null=True, blank=True)
    effect = models.CharField(max_length=10, choices=Effect, default=Effect.NONE, db_default=Effect.NONE)
    idempotency_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    reused_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    wake_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "workflow_step"
        ordering = ["created_at", "id"]
        verbose_name = _("workflow step")
        verbose_name_plural = _("workflow steps")
        constraints = [
            models.UniqueConstraint(fields=["workflow_run", "path", "attempt"], name="workflow_step_once"),
            models.CheckConstraint(condition=Q(status__in=StepStatus.values), name="workflow_step_status_known"),
            models.CheckConstraint(condition=Q(effect__in=Effect.values), name="workflow_step_effect_known"),
            models.CheckConstraint(
                condition=Q(status__in=ENDED) | Q(finished_at__isnull=True), name="workflow_step_ended_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(effect=Effect.KEYED) | ~Q(idempotency_key=""), name="workflow_step_keyed_has_key"
            ),
        ]
        indexes = [
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="workflow_step_wake"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_run_id} · {self.path} · {self.attempt}"
