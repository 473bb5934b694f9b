"""What a trigger starts: the published version, as the person whose rights it has, within its limits."""

from collections.abc import Mapping

from sambung.lib.errors import Refused
from sambung.lib.failures import Failed, Failure
from teams.models import User
from teams.workspace import Workspace
from workflows.editing import draft
from workflows.engine import starting
from workflows.models import Trigger, WorkflowRun, WorkflowTrigger, WorkflowVersion


def start(trigger: WorkflowTrigger, given: Mapping, *, key: str, workspace: Workspace | None = None) -> WorkflowRun:
    """Start a run of what is published, in the present transaction; the same key gives the run that there is.

    `workspace`: who began it and where, if that is not whoever the trigger runs as, such as a member who filled in its
    form. Raises Failed for what does not fit the input.
    """
    version = published(trigger.workflow)
    about = {"trigger": Trigger(trigger.kind), "workflow_trigger": trigger, "key": key}
    about |= {"team": workspace.team} if workspace else {}
    by = workspace.user if workspace else trigger.runs_as
    return _start(trigger, version.structure, given, by, version=version, **about)


def try_out(trigger: WorkflowTrigger, given: Mapping, *, by: User) -> WorkflowRun:
    """Start a run of the draft with what the trigger would bring, as whoever tries it. Raises Failed."""
    return _start(trigger, draft.structure_of(trigger.workflow), given, by, trigger=Trigger.TEST)


def _start(fired: WorkflowTrigger, structure: Mapping, given: Mapping, by: User, **about) -> WorkflowRun:
    """Start a run within the trigger's limits. Raises Failed."""
    told = {"workflow": fired.workflow, "structure": structure, "input": given, "by": by, "limits": fired.limits}
    try:
        return starting.start(**told, **about)
    except Refused as refused:
        raise Failed(Failure(refused.code, refused.params)) from None


def published(workflow) -> WorkflowVersion:
    """The version that runs for everybody."""
    return workflow.versions.order_by("-number").first()
