"""One step of a run: what it took and gave, and what a person says where nobody knows what became of it."""

import json

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sambung.lib.errors import Refused
from teams import access
from teams.views import answers
from workflows.history import showing, unknown
from workflows.models import StepStatus
from workflows.nodes.kinds import KINDS
from workflows.views import finding
from workflows.views.runs import as_file, page_of

LONGEST = 1_000_000  # characters of a value that a person gives


@never_cache
@require_GET
def workflow_step(request, step_id):
    """One attempt at a node, and the others."""
    found = finding.step(request, step_id)
    run = found.workflow_run
    node = next((one for one in run.structure["nodes"] if one["id"] == found.node_id), None)
    attempts = list(run.steps.filter(path=found.path).order_by("attempt"))
    context = {
        "step": found,
        "run": run,
        "workflow": run.workflow,
        "name": (node and node["data"].get("name")) or KINDS[found.node_type].title,
        "kind": KINDS[found.node_type],
        "look": showing.look(found.status),
        "took": showing.of_step(found, "input"),
        "gave": showing.of_step(found, "output"),
        "attempts": [(one, showing.look(one.status)) for one in attempts] if len(attempts) > 1 else [],
        "children": list(access.rows(request.user, found.children.select_related("run", "workflow"))),
        "is_top": "/" not in found.path,
        "top": found.path.partition("[")[0],
        "can_change": finding.may_change(request, run),
        "sent": showing.unknown(run, found) if found.status == StepStatus.UNKNOWN else None,
    }
    template = "workflows/runs/_step.html" if request.htmx else "workflows/runs/step.html"
    return render(request, template, context)


@never_cache
@require_GET
def workflow_step_value(request, step_id, which):
    """What a step took or gave, whole, as a file."""
    found = finding.step(request, step_id)
    if which not in {"input", "output"}:
        raise Http404("A step has no such value.")
    return as_file(lambda: showing.whole(found, which), f"{KINDS[found.node_type].name} {which}")


@require_POST
def workflow_step_settle(request, step_id):
    """Say what became of a step that was cut off: `done` with a value, `again`, or `fail`."""
    found = finding.step(request, step_id, finding.WRITE)
    match request.POST.get("said", ""):
        case "done":
            unknown.done(step=found, by=request.user, output=_given(request.POST.get("value", "")))
        case "again":
            unknown.again(step=found, by=request.user)
        case "fail":
            unknown.fail(step=found, by=request.user)
        case _other:
            raise Refused(_("Choose what became of it."), status=422)
    return answers.go(request, page_of(request, found.workflow_run))


def _given(text: str) -> object:
    """What a person says that the step gave: JSON. Raises Refused."""
    if not text.strip():
        return None
    try:
        return json.loads(text, parse_constant=_refused) if len(text) <= LONGEST else _refused(text)
    except (ValueError, RecursionError):
        raise Refused(_("This is no JSON. Texts stand in double quotes."), status=422) from None


def _refused(_text: str) -> None:
    raise ValueError("JSON has no such number, or it is too long.")
