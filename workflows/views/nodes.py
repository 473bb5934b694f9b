"""The form of a node, in the editor's panel or as a page of its own: shown, acted on, saved while somebody types."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sambung.lib.errors import Refused
from teams import access
from workflows.editing import draft
from workflows.forms import sources
from workflows.forms.node import NodeForm, flat
from workflows.forms.saving import Moved, save
from workflows.models import Workflow
from workflows.nodes.checking import faults
from workflows.nodes.kinds import KINDS

TRIES = 5  # times that a save begins anew because the draft has changed under it


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_node(request, workflow_id, node_id):
    """The form of a node. A posted one with `act` comes back with a row more or less; any other is saved.

    What can be read is saved, whatever else cannot; what others have changed in the same field meanwhile is shown
    beside what was typed, and nothing of it is overwritten.
    """
    for _n in range(TRIES):
        found = access.get(request, Workflow.objects.all(), access.WRITE, pk=workflow_id)
        structure = draft.structure_of(found)
        node = next((one for one in structure["nodes"] if one["id"] == str(node_id)), None)
        if node is None:
            raise Http404("There is no such node.")
        if request.method == "GET":
            return _shown(request, found, structure, NodeForm(structure, node, request.workspace))
        form = NodeForm(structure, node, request.workspace, request.POST)
        if act := request.POST.get("act"):
            form.act(act)
            form.read()
            return _shown(request, found, structure, form)
        try:
            return _saved(request, found, structure, form)
        except Moved:
            continue
    raise Refused(_("Others change this workflow all the time. Try again; what you typed stays here."))


def _saved(request, workflow: Workflow, structure: dict, form: NodeForm) -> HttpResponse:
    """Save what the form changes. Raises Moved where the draft has changed under it."""
    changes = form.changes()
    collided = form.collided(changes)
    keys = {key for name in collided for key in form.sheet.keys_of(name)}
    kept = {key: value for key, value in changes.items() if key not in keys}
    version = workflow.draft_version
    if kept:
        version = save(workflow=workflow, node=form.node, changes=kept, by=request.user)
        structure = draft.structure_of(workflow)
    form.saved(kept)
    form.problems = _problems(structure, form.node["id"])
    context = _context(request, workflow, structure, form) | {"is_saved": not (form.faults.at or collided)}
    labels = {one.name: one.label or one.name for one in form.sheet.fields}
    context["collided"] = [{"name": name, "label": labels[name], "theirs": form.theirs(name)} for name in collided]
    status = 200 if context["is_saved"] else 422
    if not request.htmx:
        if context["is_saved"]:
            return redirect(request.path)
        return render(request, "workflows/nodes/node.html", context, status=status)
    controls = (one for field in context["controls"] for one in (field, *flat(field)))
    context["told"] = [one for one in controls if not one["template"].endswith("/hidden.html")]  # nothing is told there
    response = render(request, "workflows/nodes/_saved.html", context, status=status)
    if kept:
        told = {"workflow": str(workflow.pk), "node": form.node["id"], "version": version}
        response["HX-Trigger-After-Swap"] = json.dumps({"workflow-changed": told})
    return response


def _shown(request, workflow: Workflow, structure: dict, form: NodeForm) -> HttpResponse:
    form.problems = _problems(structure, form.node["id"])
    context = _context(request, workflow, structure, form)
    if not request.htmx:
        return render(request, "workflows/nodes/node.html", context)
    response = render(request, "workflows/nodes/_node.html", context)
    if request.method == "POST":
        response["HX-Retarget"], response["HX-Reswap"] = "#node", "outerHTML"
    return response


def _context(request, workflow: Workflow, structure: dict, form: NodeForm) -> dict:
    shown = form.shown
    at = len(shown) - form.n_more
    return {
        "controls": shown,
        "main": shown[:at],
        "extra": shown[at:],
        "is_more_open": any(form.is_filled(one) for one in shown[at:]),
        "workflow": workflow,
        "form": form,
        "node": form.node,
        "kind": KINDS[form.type],
        "sources": sources.before(structure, form.node["id"], form.around.names),
        "url": request.workspace.url("workflow_node", workflow.pk, form.node["id"]),
        "back": request.workspace.url("workflow", workflow.pk),
    }


def _problems(structure: dict, key: str) -> list:
    """What keeps the node, as it is saved, from being published."""
    return [fault for fault in faults(structure) if fault.node == key and not fault.field.startswith("edges.")]
