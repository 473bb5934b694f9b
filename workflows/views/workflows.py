"""Workflows: listed, made, drawn, described, opened to others, deleted."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sambung.lib.ids import as_uuid
from teams import access
from teams.views import answers
from teams.views.dialogs import ask
from workflows.actions import deleting, workflows
from workflows.editing import beginnings
from workflows.forms.workflows import VisibilityForm, WorkflowForm
from workflows.models import Workflow
from workflows.views import finding
from workflows.views.editing import drafted
from workflows.views.words import words

PAGE = 50


@never_cache
@require_GET
def workflow_list(request):
    """The workflows of the workspace; where words are asked for, those that have them."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = access.rows(request, Workflow.objects.defer("structure", "tool_config"))
    for word in asked.split():
        rows = rows.filter(Q(name__icontains=word) | Q(description__icontains=word))
    rows = rows.annotate(steps=Count("nodes", filter=~Q(nodes__type__in=["note", "group"])))
    page = Paginator(rows.order_by("-updated_at", "-id"), PAGE).get_page(request.GET.get("page"))
    is_search = request.htmx and request.htmx.target == "workflows-found"
    return render(
        request, "workflows/_rows.html" if is_search else "workflows/workflows.html", {"page": page, "q": asked}
    )


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_new(request):
    """Make a workflow; what is drawn in it begins with an input and an output."""
    form = WorkflowForm(request.POST or None)
    to, back = request.workspace.url("workflow_new"), request.workspace.url("workflow_list")
    if request.method == "POST" and form.is_valid():
        made = workflows.create(by=request.user, workspace=request.workspace, **form.cleaned_data)
        return answers.go(request, request.workspace.url("workflow", made.pk))
    return ask(request, _("New workflow"), to=to, submit=_("Create"), back=back, form=form)


@never_cache
@require_GET
def workflow(request, workflow_id, view=""):
    """The page on which a workflow is drawn."""
    found = finding.own(request, workflow_id)
    follows = _followed(request, found)
    context = {
        "workflow": found,
        "follows": follows,
        "follows_url": request.workspace.url("workflow_run", follows) if follows else "",
        "view": view,
        "kinds": beginnings.kinds(),
        "words": words(),
        "draft": drafted(request, found),
        "nobody": UUID(int=0),  # stands for a node in an address that the page fills in
    }
    return render(request, "workflows/workflow.html", context)


def _followed(request, found: Workflow) -> UUID | None:
    """The run of the workflow that the address names, to be shown on the canvas."""
    asked = as_uuid(request.GET.get("run", ""))
    runs = finding.runs(request).filter(workflow=found, pk=asked) if asked else finding.runs(request).none()
    return runs.values_list("pk", flat=True).first()


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_rename(request, workflow_id):
    found = finding.own(request, workflow_id)
    form = WorkflowForm(request.POST or None, instance=found)
    to, back = request.workspace.url("workflow_rename", found.pk), _page(request, found)
    if request.method == "POST" and form.is_valid():
        workflows.describe(workflow=found, **form.cleaned_data)
        return answers.done(request, _("The workflow is changed."), back)
    return ask(request, _("Rename workflow"), to=to, submit=_("Save"), back=back, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_visibility(request, workflow_id):
    """Say who may run a workflow."""
    found = finding.own(request, workflow_id)
    form = VisibilityForm(request.POST or None, workflow=found, person=request.user)
    to, back = request.workspace.url("workflow_visibility", found.pk), _page(request, found)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            workflows.set_visibility(by=request.user, workflow=found, visibility=form.cleaned_data["visibility"])
            return answers.done(request, _("The workflow is changed."), back)
    return ask(request, _("Who may run this workflow"), to=to, submit=_("Save"), back=back, form=form)


@require_POST
def workflow_delete(request, workflow_id):
    """Put a workflow away; the notice takes it back."""
    found = finding.own(request, workflow_id)
    deleting.delete(by=request.user, workflow=found)
    undo_url = request.workspace.url("workflow_restore", found.pk)
    said = _("“%(name)s” has been deleted.") % {"name": found}
    return answers.done(request, said, request.workspace.url("workflow_list"), undo_url=undo_url)


@require_POST
def workflow_restore(request, workflow_id):
    """Take a deleted workflow back."""
    found = access.get_deleted(request, Workflow.objects.all(), access.WRITE, pk=workflow_id)
    deleting.restore(access.deleted_rows(request, Workflow.objects.filter(pk=found.pk)))
    return answers.go(request, _page(request, found))


def _page(request, found: Workflow) -> str:
    return request.workspace.url("workflow", found.pk)
