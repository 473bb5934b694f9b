"""Agents: a model with instructions and a name, what they were before, and who sees them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents import validators
from sambung.lib.ids import uuid7
from teams.models import Scoped, User


class Visibility(models.TextChoices):
    PRIVATE = "private", _("Private")
    READONLY = "readonly", _("Everyone can use it")
    PUBLIC = "public", _("Everyone can use it, agent admins can edit it")


class Agent(Scoped):
    """A model with instructions, under a name. `chat_model` null leaves the choice of the model to the chat.

    `allowed_mcp_servers` and `allowed_app_default_toolkit`: null = what the workspace allows, empty = none.
    `allowed_workflows`: the ids of those that it has, and no others.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=500, blank=True, default="", db_default="")
    instructions = models.TextField(_("instructions"), blank=True, default="", db_default="")
    icon_id = models.CharField(_("icon"), max_length=50, default="default", db_default="default")
    starters = models.JSONField(
        default=list,
        blank=True,
        validators=[validators.validate_starters],
        db_default=models.Value([], models.JSONField()),
    )
    chat_model = models.JSONField(null=True, blank=True, validators=[validators.validate_chat_model])
    allowed_mcp_servers = models.JSONField(null=True, blank=True, validators=[validators.validate_allowed_mcp_servers])
    allowed_app_default_toolkit = models.JSONField(
        null=True, blank=True, validators=[validators.validate_allowed_toolkits]
    )
    allowed_workflows = models.JSONField(
        default=list,
        blank=True,
        validators=[validators.validate_allowed_workflows],
        db_default=models.Value([], models.JSONField()),
    )
    visibility = models.CharField(
        _("visibility"),
        max_length=20,
        choices=Visibility,
        default=Visibility.PRIVATE,
        db_default=Visibility.PRIVATE,
    )
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    #: What a version keeps, an export holds and a copy takes over.
    CONTENT = (
        "name",
        "description",
        "instructions",
        "icon_id",
        "starters",
        "chat_model",
        "allowed_mcp_servers",
        "allowed_app_default_toolkit",
    )

    class Meta:
        db_table = "agent"
        ordering = ["name", "id"]
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="agent_visibility_known"),
            models.CheckConstraint(condition=Q(team__isnull=False) | Q(user__isnull=False), name="agent_has_owner"),
        ]
        indexes = [
            models.Index(
                fields=["visibility"], condition=~Q(visibility="private") & Q(deleted_at=None), name="agent_shared"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> dict:
        """What makes the agent, by the names of `CONTENT`."""
        return {name: getattr(self, name) for name in self.CONTENT}


class AgentVersion(models.Model):
    """What an agent was before a change: its content, by field."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField()
    content = models.JSONField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "agent_version"
        ordering = ["-number"]
        verbose_name = _("agent version")
        verbose_name_plural = _("agent versions")
        constraints = [models.UniqueConstraint(fields=["agent", "number"], name="agent_version_agent_number")]

    def __str__(self) -> str:
        return f"{self.agent_id} · {self.number}"


class PermissionStatus(models.TextChoices):
    VISIBLE = "visible", _("Visible")
    HIDDEN = "hidden", _("Hidden")


class AgentUserPermission(models.Model):
    """One person's view of one agent: `visible` lets them use it, `hidden` takes it out of their lists."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="permissions", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    status = models.CharField(_("status"), max_length=20, choices=PermissionStatus)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "agent_user_permission"
        ordering = ["created_at", "id"]
        verbose_name = _("agent permission")
        verbose_name_plural = _("agent permissions")
        constraints = [
            models.UniqueConstraint(fields=["agent", "user"], name="agent_user_permission_agent_user"),
            models.CheckConstraint(
                condition=Q(status__in=PermissionStatus.values), name="agent_user_permission_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.agent_id} · {self.status}"


class AgentBookmark(models.Model):
    """An agent that a person keeps at hand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="bookmarks", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "agent_bookmark"
        ordering = ["created_at", "id"]
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [models.UniqueConstraint(fields=["agent", "user"], name="agent_bookmark_agent_user")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.agent_id}"
