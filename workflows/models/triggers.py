"""What starts a workflow without anybody there: a schedule, a webhook, a form's link, a chat."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sambung.lib.failures import Failure
from sambung.lib.ids import uuid7
from teams.models import User
from workflows import validators
from workflows.models.workflows import Workflow


class TriggerKind(models.TextChoices):
    SCHEDULE = "schedule", _("Schedule")
    WEBHOOK = "webhook", _("Webhook")
    FORM = "form", _("Form")
    CHAT = "chat", _("Chat")


class WorkflowTrigger(models.Model):
    """Starts the published version as `runs_as`, whose rights count: it rests once they have gone.

    `token_digest` is the SHA-256 of the token in its address, "" where it has none; the secrets of webhooks are sealed,
    and the former one holds until `former_ends_at`. `failures`: how many runs failed in a row. `limits`: what each of
    its runs may take. `held_at`: since when a schedule's time waits for the run before. `sample`: what a webhook
    brought last, to try the draft with.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="triggers")
    kind = models.CharField(_("kind"), max_length=20, choices=TriggerKind)
    config = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    limits = models.JSONField(
        default=dict,
        blank=True,
        validators=[validators.validate_limits],
        db_default=models.Value({}, models.JSONField()),
    )
    runs_as = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    token_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    secret = models.BinaryField(null=True, editable=False)
    former_secret = models.BinaryField(null=True, editable=False)
    former_ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    sample = models.JSONField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, db_default=0)
    last_error_code = models.CharField(max_length=50, blank=True, default="", db_default="")
    last_error_params = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "workflow_trigger"
        ordering = ["created_at", "id"]
        verbose_name = _("workflow trigger")
        verbose_name_plural = _("workflow triggers")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TriggerKind.values), name="workflow_trigger_kind_known"),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(runs_as__isnull=False), name="workflow_trigger_active_has_person"
            ),
            models.CheckConstraint(
                condition=Q(former_secret=None) | Q(former_ends_at__isnull=False), name="workflow_trigger_former_ends"
            ),
            models.UniqueConstraint(fields=["workflow"], condition=Q(kind="form"), name="workflow_trigger_one_form"),
            models.UniqueConstraint(
                fields=["token_digest"], condition=~Q(token_digest=""), name="workflow_trigger_token"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(is_active=True), name="workflow_trigger_due"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} · {self.kind}"

    @property
    def failure(self) -> Failure | None:
        """Why its last run failed."""
        return Failure(self.last_error_code, self.last_error_params) if self.last_error_code else None
