"""Tools in use: keys of the services behind them, chosen sets, and what people allowed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents import validators
from agents.models.runs import Run
from sambung.lib.ids import uuid7
from teams.models import Scoped, User


class SearchService(models.TextChoices):
    SEARXNG = "searxng", "SearXNG"
    BRAVE = "brave", "Brave"
    EXA = "exa", "Exa"
    TAVILY = "tavily", "Tavily"


class ToolKey(Scoped):
    """A key or address of a service behind a toolkit: of a person, of a team, or (both null) of the instance."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.CharField(_("service"), max_length=30, choices=SearchService)
    base_url = models.URLField(_("address"), max_length=500)
    encrypted_key = models.BinaryField(null=True, editable=False)
    key_last4 = models.CharField(_("last four"), max_length=4, blank=True, default="", db_default="", editable=False)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "tool_key"
        ordering = ["service", "id"]
        verbose_name = _("tool key")
        verbose_name_plural = _("tool keys")
        constraints = [
            models.CheckConstraint(condition=Q(service__in=SearchService.values), name="tool_key_service_known"),
            models.UniqueConstraint(
                fields=["user", "service"], condition=Q(team=None), nulls_distinct=False, name="tool_key_user_service"
            ),
            models.UniqueConstraint(fields=["team", "service"], condition=~Q(team=None), name="tool_key_team_service"),
        ]

    def __str__(self) -> str:
        return self.get_service_display()


class ToolChoice(models.TextChoices):
    AUTO = "auto", _("Automatic")
    MANUAL = "manual", _("Ask before each call")
    NONE = "none", _("No tools")


class ToolPreset(models.Model):
    """Tools that a person binds together, under a name. `tools` are references, or null for all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=60)
    tool_choice = models.CharField(max_length=20, choices=ToolChoice, default=ToolChoice.AUTO, db_default="auto")
    tools = models.JSONField(null=True, blank=True, validators=[validators.validate_tools])
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "tool_preset"
        ordering = ["name", "id"]
        verbose_name = _("tool preset")
        verbose_name_plural = _("tool presets")
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="tool_preset_user_name"),
            models.CheckConstraint(condition=Q(tool_choice__in=ToolChoice.values), name="tool_preset_choice_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ApprovalStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ALLOWED = "allowed", _("Allowed")
    REFUSED = "refused", _("Refused")
    DROPPED = "dropped", _("Dropped")
    PENDING = "pending", _("Its result is still to come")
    CAME = "came", _("Its result has come")

    @classmethod
    def open(cls) -> tuple["ApprovalStatus", ...]:
        """What a run waits for."""
        return cls.WAITING, cls.PENDING

    @classmethod
    def begun(cls) -> tuple["ApprovalStatus", ...]:
        """What has begun elsewhere, and is not begun again."""
        return cls.PENDING, cls.CAME


class ToolApproval(models.Model):
    """A call that waits for a person, and their answer, or for its result. What runs is `args` of the tool with this
    `digest`, once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="approvals", db_index=False)
    call_id = models.CharField(max_length=200)
    tool = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    args = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    status = models.CharField(
        max_length=20, choices=ApprovalStatus, default=ApprovalStatus.WAITING, db_default=ApprovalStatus.WAITING
    )
    words = models.TextField(blank=True, default="", db_default="")
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "tool_approval"
        ordering = ["created_at", "id"]
        verbose_name = _("tool approval")
        verbose_name_plural = _("tool approvals")
        constraints = [
            models.UniqueConstraint(fields=["run", "call_id"], name="tool_approval_run_call"),
            models.CheckConstraint(condition=Q(status__in=ApprovalStatus.values), name="tool_approval_status_known"),
        ]
        indexes = [
            models.Index(fields=["run"], condition=Q(status="waiting"), name="tool_approval_waiting"),
            models.Index(fields=["run"], condition=Q(status="pending"), name="tool_approval_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.status}"


class ToolAllowance(models.Model):
    """“Always”: a tool that runs without asking this person, in one chat (`topic`) or ("") everywhere.

    It holds for the tool as it was then: another `digest` asks again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=100, blank=True, default="", db_default="")
    tool = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "tool_allowance"
        ordering = ["tool", "id"]
        verbose_name = _("tool allowance")
        verbose_name_plural = _("tool allowances")
        constraints = [models.UniqueConstraint(fields=["user", "topic", "tool"], name="tool_allowance_once")]

    def __str__(self) -> str:
        return self.tool
