"""A run again, with the price before; one node alone; two runs side by side."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sambung.lib.errors import Refused
from sambung.lib.ids import as_uuid
from teams.views import answers
from workflows.editing import draft
from workflows.engine import files
from workflows.forms import inputs
from workflows.forms.runs import ReplayForm
from workflows.history import alone, comparing, replay, showing
from workflows.models import Workflow, WorkflowRun
from workflows.nodes.graph import Graph
from workflows.nodes.kinds import KINDS
from workflows.views import finding, runs


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_replay(request, run_id):
    """Run a run again from a node on: what would happen is shown first."""
    found = finding.run(request, run_id)
    asked = request.POST if request.method == "POST" else request.GET
    form = ReplayForm({"graph": "run"} | asked.dict(), has_draft=finding.may_edit(request, found.workflow))
    form.is_valid()
    path, is_draft = form.cleaned_data.get("path", ""), form.is_draft
    structure = replay.structure_of(found, is_draft=is_draft)
    made = inputs.form_for(runs.schema_of(structure), initial=found.input)
    input_form = made(*runs.posted(request))
    if request.method == "POST" and input_form.is_valid():
        with answers.told_by(input_form), files.sent(request.workspace) as keep:
            given = inputs.values(input_form, keep=keep)
            again = replay.replay(run=found, by=request.user, path=path, is_draft=is_draft, input=given)
            return answers.go(request, runs.page_of(request, again))
    graph = Graph(structure)
    context = {
        "run": found,
        "workflow": found.workflow,
        "form": form,
        "input_form": input_form,
        "plan": _plan(found, path, is_draft),
        "path": path,
        "nodes": [(key, graph.name(key)) for key in graph.body("") if graph.nodes[key]["type"] != "input"],
        "is_draft": is_draft,
    }
    return render(request, "workflows/runs/replay.html", context, status=422 if input_form.errors else 200)


def _plan(run: WorkflowRun, path: str, is_draft: bool) -> replay.Plan:
    """What would happen; from the start where the node is not in the graph that would run."""
    try:
        return replay.plan(run, path, is_draft=is_draft)
    except Refused:
        return replay.plan(run, "", is_draft=is_draft)


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_node_alone(request, workflow_id, node_id):
    """Run one node of the draft with what it refers to, filled in as it was last."""
    found = finding.usable(request, workflow_id, finding.WRITE)
    structure, key = draft.structure_of(found), str(node_id)
    graph = Graph(structure)
    if key not in graph.nodes or graph.nodes[key]["type"] in {"input", "output", "todo"}:
        raise Http404("There is no such node to run.")
    last = _last(request, found)
    wanted = alone.wanted(structure, key, last)
    form = _wanted_form(wanted)(*runs.posted(request))
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            given = inputs.values(form)
            made = alone.run(workflow=found, structure=structure, key=key, by=request.user, given=given)
            return answers.go(request, runs.page_of(request, made))
    kind = KINDS[graph.nodes[key]["type"]]
    context = {
        "workflow": found,
        "name": graph.name(key),
        "kind": kind,
        "form": form,
        "run": last,
        "back": runs.page_of(request, last) if last else request.workspace.url("workflow", found.pk),
        "reaches_out": kind.effect(graph.nodes[key]["data"]) != "none",
    }
    return render(request, "workflows/runs/alone.html", context, status=422 if form.errors else 200)


def _last(request, workflow: Workflow) -> WorkflowRun | None:
    """The run that the address names, else the newest of the workflow here."""
    held = finding.runs(request).filter(workflow=workflow)
    asked = as_uuid((request.POST or request.GET).get("run", ""))
    return held.filter(pk=asked).first() if asked else held.order_by("-created_at", "-id").first()


def _wanted_form(wanted: list[alone.Wanted]):
    """A form with a field for each value: a text where it was one, else JSON."""
    properties = {one.name: {"title": one.label, **_typed(one.value)} for one in wanted}
    schema = {"type": "object", "properties": properties, "order": list(properties)}
    return inputs.form_for(schema, initial={one.name: one.value for one in wanted})


def _typed(value: object) -> dict:
    match value:
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return {"type": "number"}
        case str():
            return {"type": "string", "format": "multiline"}
    return {}


@never_cache
@require_GET
def workflow_compare(request, workflow_id):
    """Two runs of a workflow side by side: `run` is given twice, the older one stands first."""
    found = finding.usable(request, workflow_id)
    ids = [pk for text in request.GET.getlist("run")[:10] if (pk := as_uuid(text))]
    if len(set(ids)) != 2:
        raise Refused(_("Choose two runs."), status=422)
    rows = list(finding.runs(request).filter(workflow=found, pk__in=ids).order_by("created_at", "id"))
    if len(rows) != 2:
        raise Http404("No such run.")
    old, new = rows
    compared = comparing.compare(old, new)
    totals = {old: compared.old, new: compared.new}
    context = {
        "workflow": found,
        "sides": [(run, showing.look(run.run.status), showing.version_of(run), totals[run]) for run in rows],
        "compared": compared,
        "pairs": [(pair, _look(pair.old), _look(pair.new)) for pair in compared.pairs],
    }
    return render(request, "workflows/runs/compare.html", context)


def _look(row) -> showing.Look | None:
    return row and showing.look(row.status)
