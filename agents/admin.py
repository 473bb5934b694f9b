"""Admin pages of keys and runs: to look at. What is secret is not among their fields. A run's events have no page:
admin refuses composite keys, and they hold text."""

from django.contrib import admin

from agents.models import (
    Agent,
    AgentBookmark,
    AgentDraft,
    AgentUserPermission,
    AgentVersion,
    ApiKey,
    McpOAuthSession,
    McpServer,
    McpServerCustomInstructions,
    McpServerToolCustomInstructions,
    Run,
    ToolAllowance,
    ToolApproval,
    ToolKey,
    ToolPreset,
    UsageEntry,
)
from teams.admin import ReadOnlyAdmin


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys: whose, for what, whether used. Never the key, in no form."""

    fields = (
        "label",
        "provider",
        "base_url",
        "key_last4",
        "user",
        "team",
        "is_active",
        "last_used_at",
        ("last_success_at", "last_error_at"),
        ("last_error_code", "last_problem"),
        "limits",
        "added_models",
        "learned",
        "listed_at",
        "created_at",
        "updated_at",
    )
    list_display = ("label", "provider", "key_last4", "user", "team", "is_active", "last_used_at")
    list_filter = ("provider", "is_active", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("label", "base_url", "user__name", "user__email", "team__name", "team__slug")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Agent)
class AgentAdmin(ReadOnlyAdmin):
    """Agents: whose, for whom. What they are told stays theirs."""

    fields = (
        "name",
        "icon_id",
        ("user", "team"),
        ("visibility", "is_active"),
        ("created_at", "updated_at", "deleted_at"),
    )
    list_display = ("name", "visibility", "is_active", "user", "team", "updated_at")
    list_filter = ("visibility", "is_active", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("name", "user__name", "user__email", "team__name", "team__slug")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(AgentVersion)
class AgentVersionAdmin(ReadOnlyAdmin):
    """That an agent was changed, by whom and when; not what it was."""

    fields = ("agent", "number", "created_by", "created_at")
    list_display = ("agent", "number", "created_by", "created_at")
    list_select_related = ("agent", "created_by")
    list_filter = ("created_at",)
    search_fields = ("agent__name", "created_by__name", "created_by__email")
    show_full_result_count = False


@admin.register(AgentUserPermission)
class AgentUserPermissionAdmin(ReadOnlyAdmin):
    """Who was given an agent, and who does not want to see one."""

    fields = ("agent", "user", "status", "created_at")
    list_display = ("agent", "user", "status", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("agent", "user")
    search_fields = ("agent__name", "user__name", "user__email")
    show_full_result_count = False


@admin.register(AgentBookmark)
class AgentBookmarkAdmin(ReadOnlyAdmin):
    """Who keeps which agent at hand."""

    fields = ("agent", "user", "created_at")
    list_display = ("agent", "user", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("agent", "user")
    search_fields = ("agent__name", "user__name", "user__email")
    show_full_result_count = False


@admin.register(AgentDraft)
class AgentDraftAdmin(ReadOnlyAdmin):
    """That somebody asked for an agent; not with which words."""

    fields = ("user", "team", "agent", ("error_code", "problem"), "created_at")
    list_display = ("user", "team", "agent", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user", "team", "agent")
    search_fields = ("user__name", "user__email", "team__name")
    show_full_result_count = False


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Runs: who asked what model, how it went, what it took."""

    fields = (
        ("kind", "status"),
        ("provider", "model", "api_key"),
        ("requested_by", "team"),
        ("usage", "cost"),
        ("error_code", "problem"),
        ("lock_key", "attempt", "owner"),
        ("lease_until", "heartbeat_at", "stop_requested_at"),
        ("created_at", "started_at", "finished_at"),
    )
    list_display = ("id", "kind", "status", "provider", "model", "requested_by", "team", "cost", "created_at")
    list_filter = ("status", "kind", "provider", "created_at")
    list_select_related = ("requested_by", "team")
    search_fields = ("id", "model", "requested_by__name", "requested_by__email", "team__name", "team__slug")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("requested_by", "team", "api_key")


@admin.register(UsageEntry)
class UsageEntryAdmin(ReadOnlyAdmin):
    """Calls of models: for whom, what they took, what they cost by whose price."""

    fields = (
        ("kind", "run", "attempt", "number"),
        ("user", "team", "agent"),
        ("provider", "model", "api_key"),
        ("input_tokens", "cached_tokens", "cache_write_tokens"),
        ("output_tokens", "reasoning_tokens", "is_estimate"),
        ("cost", "price_source"),
        "created_at",
    )
    list_display = ("id", "kind", "model", "user", "team", "input_tokens", "output_tokens", "cost", "created_at")
    list_filter = ("kind", "provider", "is_estimate", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("id", "model", "user__name", "user__email", "team__name", "team__slug")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(ToolKey)
class ToolKeyAdmin(ReadOnlyAdmin):
    """Services behind toolkits: whose, where. Never the key, in no form."""

    fields = ("service", "base_url", "key_last4", ("user", "team"), "is_active", ("created_at", "updated_at"))
    list_display = ("service", "base_url", "key_last4", "user", "team", "is_active")
    list_filter = ("service", "is_active", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("base_url", "user__name", "user__email", "team__name", "team__slug")
    show_full_result_count = False


@admin.register(ToolPreset)
class ToolPresetAdmin(ReadOnlyAdmin):
    """Tools that people bind together."""

    fields = ("name", "user", "tool_choice", "tools", ("created_at", "updated_at"))
    list_display = ("name", "user", "tool_choice", "updated_at")
    list_filter = ("tool_choice", "created_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__name", "user__email")
    show_full_result_count = False


@admin.register(ToolApproval)
class ToolApprovalAdmin(ReadOnlyAdmin):
    """Which calls waited for whom, and what was decided; not what they were about."""

    fields = ("run", "tool", "digest", "status", ("decided_by", "decided_at"), "created_at")
    list_display = ("tool", "status", "decided_by", "decided_at", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("decided_by",)
    search_fields = ("tool", "decided_by__name", "decided_by__email")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(ToolAllowance)
class ToolAllowanceAdmin(ReadOnlyAdmin):
    """What people let run without asking."""

    fields = ("user", "tool", "digest", "topic", "created_at")
    list_display = ("tool", "user", "topic", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = ("tool", "user__name", "user__email")
    show_full_result_count = False


@admin.register(McpServer)
class McpServerAdmin(ReadOnlyAdmin):
    """MCP servers: whose, where, whether they answer. Names of headers, never their values."""

    fields = (
        "name",
        "description",
        "config",
        ("user", "team"),
        ("visibility", "is_active"),
        ("last_status", "checked_at"),
        ("last_error_code", "problem"),
        ("created_at", "updated_at"),
    )
    list_display = ("name", "visibility", "is_active", "last_status", "user", "team", "updated_at")
    list_filter = ("visibility", "is_active", "last_status", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("name", "user__name", "user__email", "team__name", "team__slug")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(McpServerCustomInstructions)
class McpServerCustomInstructionsAdmin(ReadOnlyAdmin):
    """That somebody instructs models about a server; not what they say."""

    fields = ("mcp_server", "user", ("created_at", "updated_at"))
    list_display = ("mcp_server", "user", "updated_at")
    list_select_related = ("mcp_server", "user")
    search_fields = ("mcp_server__name", "user__name", "user__email")
    show_full_result_count = False


@admin.register(McpServerToolCustomInstructions)
class McpServerToolCustomInstructionsAdmin(McpServerCustomInstructionsAdmin):
    """The same for a tool."""

    fields = ("mcp_server", "tool_name", "user", ("created_at", "updated_at"))
    list_display = ("mcp_server", "tool_name", "user", "updated_at")


@admin.register(McpOAuthSession)
class McpOAuthSessionAdmin(ReadOnlyAdmin):
    """Who is signed in where, and until when. Never a token."""

    fields = ("mcp_server", "user", ("pending_until", "expires_at"), ("created_at", "updated_at"))
    list_display = ("mcp_server", "user", "expires_at", "updated_at")
    list_select_related = ("mcp_server", "user")
    search_fields = ("mcp_server__name", "user__name", "user__email")
    show_full_result_count = False
