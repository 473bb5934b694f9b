"""The draft is run as far as one node, and watched where it is drawn."""

from django.http import Http404
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from teams.views import answers
from workflows.editing import draft
from workflows.engine import files, starting
from workflows.forms import inputs
from workflows.nodes.upto import upto
from workflows.views import finding


@never_cache
@require_http_methods(["GET", "POST"])
def workflow_run_to(request, workflow_id, node_id):
    """Run what leads to a node, and the node: the form is made of what the workflow takes."""
    found = finding.own(request, workflow_id)
    part = _part(draft.structure_of(found), str(node_id))
    begins = next((node for node in part["nodes"] if node["type"] == "input"), {"data": {}})
    form_class = inputs.form_for(begins["data"].get("schema") or {})
    form = form_class(request.POST, request.FILES) if request.method == "POST" else form_class()
    back = request.workspace.url("workflow", found.pk)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form), files.sent(request.workspace) as keep:
            taken, team = inputs.values(form, keep=keep), request.workspace.team
            made = starting.start(workflow=found, structure=part, input=taken, by=request.user, team=team)
            return answers.go(request, f"{back}?{urlencode({'run': made.pk})}")
    named = next(node for node in part["nodes"] if node["id"] == str(node_id))["data"].get("name", "")
    context = {"workflow": found, "form": form, "node_name": named, "back": back}
    return render(request, "workflows/run_to.html", context, status=422 if form.errors else 200)


def _part(structure: dict, key: str) -> dict:
    """What leads to a node. Raises Http404."""
    try:
        return upto(structure, key)
    except KeyError:
        raise Http404("There is no such step.") from None
