"""Admin pages of keys and runs: to look at. What is secret is not among their fields. A run's events have no page:
admin refuses composite keys, and they hold text."""

from django.contrib import admin

from agents.models import ApiKey, Run
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
        "created_at",
        "updated_at",
    )
    list_display = ("label", "provider", "key_last4", "user", "team", "is_active", "last_used_at")
    list_filter = ("provider", "is_active", "created_at")
    list_select_related = ("user", "team")
    search_fields = ("label", "base_url", "user__name", "user__email", "team__name", "team__slug")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Runs: who asked what model, how it went, what it took."""

    fields = (
        ("kind", "status"),
        ("provider", "model", "api_key"),
        ("requested_by", "team"),
        ("usage", "cost"),
        "error",
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
