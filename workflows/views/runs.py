"""Runs: started by hand, listed and found, watched step by step, stopped, let go on, taken along, deleted."""

from collections.abc import Callable
from hashlib import sha256
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sambung.lib.errors import Refused
from sambung.lib.files import store
from teams.views import answers
from teams.views.dialogs import ask
from workflows.editing import draft
from workflows.engine import files, starting, stopping
from workflows.forms import inputs
from workflows.forms.runs import FindForm, KeepForm, MoreForm
from workflows.history import approvals, changing, listing, showing, steps
from workflows.history import files as run_files
from workflows.models import StepStatus, WorkflowRun
from workflows.views import asking, finding

PAGE = 50


def page_of(request, run: WorkflowRun) -> str:
    """Where a run is watched."""
    return request.workspace.url("workflow_run", run.pk)


def posted(request) -> tuple:
    """What a form takes: what was posted, were it nothing, and its files."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def schema_of(structure: dict) -> dict:
    """What a graph takes: the schema of its input."""
    return next((node["data"].get("schema") or {} for node in structure["nodes"] if node["type"] == "input"), {})


# ---- started --------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def workflow_run_new(request, workflow_id):
    """Start a run by hand: the form is made of what the workflow takes. `draft` names the present draft."""
    found = finding.usable(request, workflow_id)
    may_edit = finding.may_edit(request, found)
    asked = (request.POST or request.GET).get("draft", "0" if found.published else "1")
    is_draft = may_edit and asked == "1"
    if not (is_draft or found.published):
        raise Http404("It was not published.")
    version = None if is_draft else found.versions.first()
    structure = draft.structure_of(found) if is_draft else found.structure
    form = inputs.form_for(schema_of(structure))(*posted(request))
    if request.method == "POST" and form.is_valid():
        given, team = {"workflow": found, "structure": structure, "version": version}, request.workspace.team
        with answers.told_by(form), files.sent(request.workspace) as keep:
            made = starting.start(**given, input=inputs.values(form, keep=keep), by=request.user, team=team)
            return answers.go(request, page_of(request, made))
    context = {"workflow": found, "form": form, "is_draft": is_draft, "version": version, "can_edit": may_edit}
    return render(request, "workflows/runs/new.html", context, status=422 if form.errors else 200)


# ---- listed ---------------------------------------------------------------------------------------------
@never_cache
@require_GET
def workflow_runs(request, workflow_id=None):
    """The runs of a workflow, or of all in this workspace, newest first."""
    workflow = finding.usable(request, workflow_id) if workflow_id else None
    among = finding.runs(request).filter(workflow=workflow) if workflow else finding.runs(request)
    form = FindForm(request.GET, workspace=request.workspace, workflow=workflow)
    asked_for = form.asked()
    page = Paginator(listing.found(among, asked_for), PAGE).get_page(request.GET.get("page"))
    context = {
        "workflow": workflow,
        "form": form,
        "can_edit": workflow and finding.may_edit(request, workflow),
        "is_narrow": asked_for.is_narrow,
        "page": page,
        "rows": [(run, showing.look(run.run.status), showing.version_of(run)) for run in page],
    }
    is_fragment = request.htmx and request.htmx.target == "runs-found"
    return render(request, "workflows/runs/_rows.html" if is_fragment else "workflows/runs/runs.html", context)


# ---- watched --------------------------------------------------------------------------------------------
@never_cache
@require_GET
def workflow_run(request, run_id):
    """One run, as it is now; its page follows it."""
    found = finding.run(request, run_id)
    return render(request, "workflows/runs/run.html", _context(request, found))


@never_cache
@require_GET
def workflow_run_state(request, run_id):
    """The same for a page that has been read: nothing as long as all is as `mark` says."""
    found = finding.run(request, run_id)
    context = _context(request, found)
    if request.GET.get("mark") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "workflows/runs/_state.html", context)


def _context(request, run: WorkflowRun) -> dict:
    chosen = _chosen(request)
    found = steps.Steps(run, chosen)
    waiting = steps.asking(run)
    unknown = [showing.unknown(run, step) for step in waiting if step.status == StepStatus.UNKNOWN]
    asks = approvals.ROWS.filter(step__in=[step.pk for step in waiting], decision="").order_by("created_at", "id")
    context = {
        "run": run,
        "workflow": run.workflow,
        "look": showing.look(run.run.status),
        "version": showing.version_of(run),
        "totals": found.totals,
        "seconds": changing.seconds(run),
        "rows": [(row, showing.look(row.status)) for row in found.rows()],
        "asks": [asking.shown(request, one) for one in asks],
        "unknown": unknown,
        "limit": changing.limit_reached(run),
        "outputs": [] if run.run.is_active else showing.outputs(run),
        "input": showing.shown(run.input),
        "can_change": finding.may_change(request, run),
        "is_drawn_here": finding.is_drawn_here(request, run.workflow),
        "at": urlencode([("at", f"{path}[{index}]") for path, index in chosen.items()]),
    }
    asks_mark = [f"{one['approval'].pk}:{len(one['approval'].votes)}" for one in context["asks"]]
    asks_mark += [str(one.id) for one in unknown]
    return context | {"asks_mark": " ".join(asks_mark), "mark": _mark(context, asks_mark)}


def _mark(context: dict, asks: list[str]) -> str:
    """What the page shows, in short."""
    run = context["run"].run
    told = [run.status, run.error_code, context["at"], *(f"{row.key}={row.mark}" for row, _look in context["rows"])]
    return sha256("\n".join([*told, *asks]).encode()).hexdigest()[:16]


def _chosen(request) -> dict[str, int]:
    """The items of loops that the address names: `at` is the path of one."""
    found = {}
    for at in request.GET.getlist("at")[:20]:
        path, _bracket, index = at[:400].rstrip("]").rpartition("[")
        if path and index.isdecimal() and len(index) < 7:
            found[path] = int(index)
    return found


# ---- changed --------------------------------------------------------------------------------------------
@require_POST
def workflow_run_stop(request, run_id):
    """Stop a run; what it has done stays."""
    found = finding.run(request, run_id, finding.WRITE)
    stopping.stop(found)
    approvals.drop(found.run)
    return answers.go(request, page_of(request, found))


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_run_more(request, run_id):
    """Let a run that has reached a limit go on with more."""
    found = finding.run(request, run_id, finding.WRITE)
    limit = changing.limit_reached(found)
    if limit is None:
        raise Refused(_("This run has reached no limit."))
    form = MoreForm(request.POST or None, limit=limit.name, had=limit.most)
    to, back = request.workspace.url("workflow_run_more", found.pk), page_of(request, found)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            changing.go_on(run=found, by=request.user, most=form.limits())
            return answers.go(request, back)
    return ask(request, _("Go on with more"), to=to, submit=_("Go on"), back=back, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_run_delete(request, run_id):
    """Remove a run that has ended, with all that its steps took and gave."""
    found = finding.run(request, run_id, finding.WRITE)
    to, back = request.workspace.url("workflow_run_delete", found.pk), page_of(request, found)
    if request.method == "POST":
        changing.delete(run=found, by=request.user)
        return answers.done(
            request, _("The run is deleted."), request.workspace.url("workflow_runs", found.workflow_id)
        )
    text = _("What its steps took and gave goes with it. This cannot be undone.")
    return ask(request, _("Delete this run?"), to=to, submit=_("Delete"), back=back, text=text, is_danger=True)


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_values(request, workflow_id):
    """Say whether the runs of a workflow keep what their steps took and gave."""
    found = finding.usable(request, workflow_id, finding.WRITE)
    form = KeepForm(request.POST or None, initial={"keeps_values": found.keeps_values})
    to, back = (request.workspace.url(name, found.pk) for name in ("workflow_values", "workflow_runs"))
    if request.method == "POST" and form.is_valid():
        changing.keep_values(workflow=found, by=request.user, keeps=form.cleaned_data["keeps_values"])
        return answers.done(request, _("Saved."), back)
    return ask(request, _("What is kept of runs"), to=to, submit=_("Save"), back=back, form=form)


# ---- values ---------------------------------------------------------------------------------------------
@never_cache
@require_GET
def workflow_run_value(request, run_id, which):
    """What a run took or gave, whole, as a file."""
    found = finding.run(request, run_id)
    if which not in {"input", "output"}:
        raise Http404("A run has no such value.")
    return as_file(lambda: getattr(found, which), f"{found.workflow.name} {which}")


@never_cache
@require_GET
def workflow_run_file(request, run_id, digest):
    """A file of a run, to be saved under the name that the address gives it."""
    found = finding.run(request, run_id)
    name = store.plain_name(request.GET.get("name", "").replace("\x00", ""))
    try:
        data = run_files.content(found, digest)
    except FileNotFoundError:
        raise Http404("The run has no such file.") from None
    return _saved(data, name)


def as_file(read: Callable[[], object], name: str) -> HttpResponse:
    """A value as a file that the browser saves. Raises Refused where it is lost."""
    try:
        data, ending = showing.as_file(read())
    except FileNotFoundError:
        raise Refused(_("This value is lost on the server."), code="gone") from None
    return _saved(data, f"{slugify(name) or 'value'}.{ending}")


def _saved(data: bytes, name: str) -> HttpResponse:
    """Bytes that the browser saves, whatever they are."""
    named = content_disposition_header(True, name)
    return HttpResponse(data, content_type="application/octet-stream", headers={"Content-Disposition": named})
