"""MCP servers: where they are, what they offered when somebody last looked, and what a person says to them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agents import validators
from agents.models.agents import Visibility
from sambung.lib.failures import Failure
from sambung.lib.ids import uuid7
from teams.models import Scoped, User

SERVER_INSTRUCTIONS, TOOL_INSTRUCTIONS = 3000, 1000  # characters


class McpServer(Scoped):
    """A server of tools: of a person, of a team, or (both null) of the instance.

    `config` is {transport, url} or {transport: "stdio", command: its name in the operator's file}; values of its
    headers are sealed in `encrypted_headers`, their names stand in `config`; `encrypted_client` is as whom Sambung is
    known where one signs in, if somebody entered that (`agents/mcp/clients.py`). `tool_cache` lists the tools:
    {name, title, description, inputSchema, annotations, digest, approved, is_enabled, problem}; a tool whose `digest`
    is not the `approved` one does not run until somebody has seen it, one with a `problem` ({code, params}) never.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("description"), max_length=500, blank=True, default="", db_default="")
    config = models.JSONField(validators=[validators.validate_mcp_config])
    encrypted_headers = models.BinaryField(null=True, editable=False)
    encrypted_client = models.BinaryField(null=True, editable=False)
    visibility = models.CharField(
        _("visibility"),
        max_length=20,
        choices=Visibility,
        default=Visibility.PRIVATE,
        db_default=Visibility.PRIVATE,
    )
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    last_status = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    last_error_code = models.CharField(max_length=50, blank=True, default="", db_default="", editable=False)
    last_error_params = models.JSONField(default=dict, editable=False, db_default=models.Value({}, models.JSONField()))
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    instructions = models.TextField(blank=True, default="", db_default="", editable=False)
    tool_cache = models.JSONField(default=list, editable=False, db_default=models.Value([], models.JSONField()))
    resource_cache = models.JSONField(default=list, editable=False, db_default=models.Value([], models.JSONField()))
    prompt_cache = models.JSONField(default=list, editable=False, db_default=models.Value([], models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "mcp_server"
        ordering = ["name", "id"]
        verbose_name = _("MCP server")
        verbose_name_plural = _("MCP servers")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=Q(team=None), nulls_distinct=False, name="mcp_server_user_name"
            ),
            models.UniqueConstraint(fields=["team", "name"], condition=~Q(team=None), name="mcp_server_team_name"),
            models.CheckConstraint(condition=Q(name__regex=r"^[A-Za-z0-9-]+$"), name="mcp_server_name_form"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="mcp_server_visibility_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def problem(self) -> Failure | None:
        """What went wrong when it was asked last."""
        return Failure(self.last_error_code, self.last_error_params) if self.last_error_code else None


class McpServerCustomInstructions(models.Model):
    """What a person wants a model to be told when it has this server's tools."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mcp_server = models.ForeignKey(McpServer, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    instructions = models.TextField(max_length=SERVER_INSTRUCTIONS)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "mcp_server_custom_instructions"
        ordering = ["created_at", "id"]
        verbose_name = _("instructions for a server")
        verbose_name_plural = _("instructions for servers")
        constraints = [
            models.UniqueConstraint(fields=["mcp_server", "user"], name="mcp_server_custom_instructions_key")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.mcp_server_id}"


class McpServerToolCustomInstructions(models.Model):
    """The same for one tool."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mcp_server = models.ForeignKey(McpServer, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    tool_name = models.CharField(max_length=200)
    instructions = models.TextField(max_length=TOOL_INSTRUCTIONS)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "mcp_server_tool_custom_instructions"
        ordering = ["created_at", "id"]
        verbose_name = _("instructions for a server's tool")
        verbose_name_plural = _("instructions for servers' tools")
        constraints = [
            models.UniqueConstraint(
                fields=["mcp_server", "user", "tool_name"], name="mcp_server_tool_custom_instructions_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.mcp_server_id} · {self.tool_name}"


class McpOAuthSession(models.Model):
    """A person's sign-in at a server. `state` is the hash of the one that is under way, "" when there is none.

    `pending` (what is needed when they come back), `client` (as which we are known) and `tokens` are sealed.
    `wanted_scope`: rights, with spaces between them, that the server has asked for since then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mcp_server = models.ForeignKey(McpServer, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    state = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    pending = models.BinaryField(null=True, editable=False)
    pending_until = models.DateTimeField(null=True, blank=True, editable=False)
    client = models.BinaryField(null=True, editable=False)
    tokens = models.BinaryField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    wanted_scope = models.CharField(max_length=1000, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "mcp_oauth_session"
        ordering = ["created_at", "id"]
        verbose_name = _("sign-in at an MCP server")
        verbose_name_plural = _("sign-ins at MCP servers")
        constraints = [
            models.UniqueConstraint(fields=["mcp_server", "user"], name="mcp_oauth_session_key"),
            models.UniqueConstraint(fields=["state"], condition=~Q(state=""), name="mcp_oauth_session_state"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.mcp_server_id}"
