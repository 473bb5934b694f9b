"""Admin pages of workflows: whose they are and how they do, never what is drawn in them, went in or came out."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from teams import audit
from teams.admin import ReadOnlyAdmin
from workflows.actions import deleting, triggers
from workflows.models import (
    Approval,
    Workflow,
    WorkflowChange,
    WorkflowEdge,
    WorkflowLink,
    WorkflowNode,
    WorkflowRun,
    WorkflowStep,
    WorkflowTest,
    WorkflowTrigger,
    WorkflowVersion,
)

_OWNER = ("user__name", "user__email", "team__name", "team__slug")


class Quiet(ReadOnlyAdmin):
    """Rows without their words: `held` are the columns that are not even read."""

    held: tuple[str, ...] = ()
    show_full_result_count = False
    date_hierarchy = "created_at"

    def get_queryset(self, request):
        return super().get_queryset(request).defer(*self.held)


@admin.register(Workflow)
class WorkflowAdmin(Quiet):
    """Workflows: whose, published or not. Deleting puts them away as their owner would."""

    held = ("description", "structure", "tool_config", "extra")
    fields = (
        "id",
        "name",
        ("published", "visibility", "draft_version", "keeps_values"),
        ("user", "team"),
        ("created_at", "updated_at", "deleted_at"),
    )
    list_display = ("name", "published", "visibility", "user", "team", "deleted_at", "updated_at")
    list_filter = ("published", "visibility", "updated_at")
    list_select_related = ("user", "team")
    search_fields = ("id", "name", *_OWNER)
    actions = ("put_away", "take_back")

    @admin.action(description=_("Put the selected workflows away"))
    def put_away(self, request, queryset):
        """Delete as people do: it can be taken back for 30 days."""
        found = list(queryset.filter(deleted_at=None))
        for workflow in found:
            deleting.delete(by=request.user, workflow=workflow)
        n = len(found)
        said = ngettext("%(n)s workflow has been put away.", "%(n)s workflows have been put away.", n) % {"n": n}
        self.message_user(request, said)

    @admin.action(description=_("Take the selected workflows back"))
    def take_back(self, request, queryset):
        found = list(queryset.exclude(deleted_at=None))
        n = deleting.restore(Workflow.objects.filter(pk__in=[workflow.pk for workflow in found]))
        for workflow in found:
            audit.record("workflow.restored", by=request.user, target=workflow.pk, team=workflow.team)
        said = ngettext("%(n)s workflow has been taken back.", "%(n)s workflows have been taken back.", n) % {"n": n}
        self.message_user(request, said)


@admin.register(WorkflowNode)
class WorkflowNodeAdmin(Quiet):
    """That a draft has a node, and of which kind."""

    held = ("data", "extra")
    fields = list_display = ("id", "workflow_id", "type", "created_at", "updated_at")
    list_filter = ("type", "created_at")
    search_fields = ("id", "workflow__id")


@admin.register(WorkflowEdge)
class WorkflowEdgeAdmin(Quiet):
    """That a draft has an edge."""

    held = ("extra",)
    fields = list_display = ("id", "workflow_id", "source_id", "target_id", "source_handle", "created_at")
    search_fields = ("id", "workflow__id")


@admin.register(WorkflowChange)
class WorkflowChangeAdmin(Quiet):
    """That a draft was changed, by whom and when."""

    fields = list_display = ("workflow_id", "number", "act", "node", "user", "created_at")
    list_filter = ("act", "created_at")
    list_select_related = ("user",)
    search_fields = ("workflow__id", "node", "user__name", "user__email")


@admin.register(WorkflowVersion)
class WorkflowVersionAdmin(Quiet):
    """That a workflow was published, by whom and when."""

    held = ("structure", "tool_config", "note")
    fields = list_display = ("workflow_id", "number", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("workflow__id", "created_by__name", "created_by__email")


@admin.register(WorkflowTest)
class WorkflowTestAdmin(Quiet):
    """That a workflow has a test."""

    held = ("name", "input", "mocks", "expected")
    fields = list_display = ("id", "workflow_id", "created_at", "updated_at")
    search_fields = ("workflow__id",)


@admin.register(WorkflowTrigger)
class WorkflowTriggerAdmin(Quiet):
    """What starts workflows, as whom, and how it went. One that does harm can be put to rest."""

    held = ("config", "token_digest", "secret", "former_secret", "sample")
    fields = (
        "id",
        "workflow_id",
        ("kind", "is_active", "runs_as"),
        ("next_at", "last_at"),
        ("failures", "why_not"),
        ("created_at", "updated_at"),
    )
    readonly_fields = ("why_not",)
    list_display = ("workflow_id", "kind", "is_active", "runs_as", "next_at", "last_at", "failures", "why_not")
    list_filter = ("kind", "is_active")
    list_select_related = ("runs_as",)
    search_fields = ("workflow__id", "runs_as__name", "runs_as__email")
    actions = ("rest",)

    @admin.display(description=_("why its last run failed"))
    def why_not(self, trigger) -> str:
        """The sentence for what went wrong."""
        return trigger.failure.sentence if trigger.failure else ""

    @admin.action(description=_("Put the selected triggers to rest"))
    def rest(self, request, queryset):
        for trigger in queryset.filter(is_active=True).select_related("workflow__team"):
            triggers.rest(by=request.user, trigger=trigger)


@admin.register(WorkflowLink)
class WorkflowLinkAdmin(Quiet):
    """Public links of forms: of which workflow, how long, how often seen. Not the link itself, which would open it."""

    held = ("token", "password")
    fields = ("workflow_id", "expires_at", "views", "created_by", ("created_at", "updated_at"))
    list_display = ("workflow_id", "expires_at", "views", "created_by", "created_at")
    list_select_related = ("created_by",)


@admin.register(WorkflowRun)
class WorkflowRunAdmin(Quiet):
    """That a workflow ran: what started it, how it ended; not what went in or came out."""

    held = ("structure", "input", "output", "mocks")
    fields = list_display = ("id", "workflow_id", "trigger", "status", "depth", "seconds", "created_at")
    list_filter = ("trigger", "run__status", "created_at")
    list_select_related = ("run",)
    search_fields = ("id", "workflow__id", "run__requested_by__name", "run__requested_by__email")

    @admin.display(description=_("status"))
    def status(self, row: WorkflowRun) -> str:
        return row.run.get_status_display()


@admin.register(WorkflowStep)
class WorkflowStepAdmin(Quiet):
    """That a step was taken, how often and how it ended; not what it took and gave."""

    held = ("input", "output", "error_params")
    fields = list_display = (
        "workflow_run_id",
        "path",
        "attempt",
        "node_type",
        "status",
        "effect",
        "error_code",
        "size",
        "cost",
        "started_at",
        "finished_at",
    )
    list_filter = ("status", "node_type", "effect", "created_at")
    search_fields = ("workflow_run__id", "path")


@admin.register(Approval)
class ApprovalAdmin(Quiet):
    """That people were asked, and who decided when; not what."""

    held = ("title", "text", "form", "buttons", "audience", "votes", "values", "comment")
    fields = list_display = ("id", "step_id", "needed", "deadline_at", "decided_by", "decided_at", "created_at")
    list_select_related = ("decided_by",)
    search_fields = ("id", "step__workflow_run__id", "decided_by__name", "decided_by__email")
