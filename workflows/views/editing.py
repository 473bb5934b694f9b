"""What the editor of a workflow asks for while it is open, as JSON: what is new, what it has changed, what is wrong."""

import json
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from agents.models import ACTIVE
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from sambung.lib.ids import as_uuid
from teams import access
from workflows.editing import draft, operations, presence
from workflows.models import Workflow, WorkflowRun
from workflows.nodes import checking
from workflows.publishing import known
from workflows.views import finding

TAB = 64  # characters of a page's own id


def drafted(request, found: Workflow) -> dict:
    """The draft with its version, and what is wrong with it."""
    structure = draft.structure_of(found)
    return {"version": found.draft_version, "structure": structure, "faults": _faults(request, structure)}


@never_cache
@require_GET
def workflow_draft(request, workflow_id):
    """What is new since version `base`, and who else is here: {version, structure, faults, here}.

    `tab` is the page that asks, `node` the node that somebody is at. Nothing new: structure and faults are null.
    Where a `run` is followed, also {run}: its status, and its steps by node.
    """
    found = finding.own(request, workflow_id)
    told = {"version": found.draft_version, "structure": None, "faults": None}
    if request.GET.get("base") != str(found.draft_version):
        told = drafted(request, found)
    tab, node = request.GET.get("tab", "")[:TAB], request.GET.get("node", "")[:TAB]
    told |= {"here": presence.here(found.pk, person=request.user, tab=tab, node=node)}
    if run_id := as_uuid(request.GET.get("run", "")):
        told["run"] = followed(request, found, run_id)
    return JsonResponse(told)


def followed(request, found: Workflow, run_id: UUID) -> dict:
    """How a run of the workflow is by now: {status, isOver, steps: {node: {status, handle}}}. Raises Http404.

    Of a node that ran several times, in a loop or again after it failed, the last time counts.
    """
    rows = WorkflowRun.objects.select_related("run").filter(workflow=found)
    one = access.get(request, rows, access.READ, pk=run_id)
    steps = one.steps.order_by("id").values_list("node_id", "status", "handle")
    told = {node: {"status": status, "handle": handle or None} for node, status, handle in steps}
    return {"status": one.run.status, "isOver": one.run.status not in ACTIVE, "steps": told}


@require_POST
def workflow_operations(request, workflow_id):
    """Change the draft: {base, operations} gives {version, results, structure, faults}.

    409: not all was done. `structure` is null where `base` with the operations is all that there is; `faults` where
    only places changed.
    """
    found = finding.own(request, workflow_id)
    base, asked = _read(request)
    applied = operations.apply(by=request.user, workflow=found, operations=asked)
    told = {"version": applied.version, "results": [result.told for result in applied.results]}
    is_known = applied.is_done and applied.before == base
    is_moved = all(operation["op"] == "move" for operation in asked)
    structure = None if is_known and is_moved else draft.structure_of(found)
    faults = None if is_known and is_moved else _faults(request, structure)
    told |= {"structure": None if is_known else structure, "faults": faults}
    return JsonResponse(told, status=200 if applied.is_done else 409)


@never_cache
@require_GET
def workflow_check(request, workflow_id):
    """What is wrong with the draft: {version, faults}."""
    found = finding.own(request, workflow_id)
    return JsonResponse({"version": found.draft_version, "faults": _faults(request, draft.structure_of(found))})


def _faults(request: HttpRequest, structure: dict) -> list[dict]:
    """What is wrong, ids among it that whoever looks may not use here."""
    return [
        {"node": fault.node, "field": fault.field, "code": fault.code, "level": fault.level, "text": fault.sentence}
        for fault in checking.faults(structure, known(request.workspace))
    ]


def _read(request: HttpRequest) -> tuple[int, list[dict]]:
    """The version that a page knows, and its operations. Raises Refused."""
    try:
        sent = json.loads(request.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refused(Failure("workflow_operations"), status=422) from None
    if not isinstance(sent, dict) or not isinstance(base := sent.get("base"), int):
        raise Refused(Failure("workflow_operations"), status=422)
    return base, operations.checked(sent.get("operations"))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON.")
