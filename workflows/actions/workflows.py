"""Workflows made, described, opened to others. What is drawn in them is changed by `workflows.editing`."""

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Visibility
from sambung.lib.errors import Refused
from teams import audit
from teams.models import User
from teams.workspace import Workspace
from workflows import policies
from workflows.editing import beginnings, draft
from workflows.models import Workflow


@transaction.atomic
def create(*, by: User, workspace: Workspace, name: str, description: str = "") -> Workflow:
    """Make a workflow that begins with an input and an output."""
    made = Workflow.objects.create(user=by, team=workspace.team, name=name, description=description)
    draft.write(made, beginnings.structure())
    return made


def describe(*, workflow: Workflow, name: str, description: str) -> None:
    """Give a workflow another name and say anew what it is for."""
    workflow.name, workflow.description = name, description
    workflow.save(update_fields=["name", "description", "updated_at"])


@transaction.atomic
def set_visibility(*, by: User, workflow: Workflow, visibility: str) -> None:
    """Say who may run a workflow. Raises Refused."""
    kept = Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)
    if visibility == kept.visibility:
        return
    if visibility != Visibility.PRIVATE and not policies.may_open(by):
        raise Refused(_("Only admins and agent admins may open a workflow to everybody."), field="visibility")
    kept.visibility = visibility
    kept.save(update_fields=["visibility", "updated_at"])
    audit.record("workflow.visibility_changed", by=by, target=kept.pk, team=kept.team, visibility=visibility)
