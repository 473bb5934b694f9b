"""What a trigger starts: the published version, as the person whose rights it has, within its limits."""

from collections.abc import Mapping

from teams.models import User
from workflows.editing import draft
from workflows.engine import starting
from workflows.models import Trigger, WorkflowRun, WorkflowTrigger, WorkflowVersion


def start(trigger: WorkflowTrigger, given: Mapping, *, key: str, by: User | None = None) -> WorkflowRun:
    """Start a run of what is published, in the present transaction; the same key gives the run that there is.

    `by`: who began it, where that is not whoever the trigger runs as, such as a member who filled in its form. Raises
    Failed for what does not fit the input.
    """
    workflow = trigger.workflow
    version = published(workflow)
    return starting.start(
        workflow=workflow,
        structure=version.structure,
        version=version,
        input=given,
        by=by or trigger.runs_as,
        trigger=Trigger(trigger.kind),
        workflow_trigger=trigger,
        limits=trigger.limits,
        key=key,
    )


def try_out(trigger: WorkflowTrigger, given: Mapping, *, by: User) -> WorkflowRun:
    """Start a run of the draft with what the trigger would bring, as whoever tries it. Raises Failed."""
    workflow = trigger.workflow
    structure = draft.structure_of(workflow)
    about = {"trigger": Trigger.TEST, "limits": trigger.limits}
    return starting.start(workflow=workflow, structure=structure, input=given, by=by, **about)


def published(workflow) -> WorkflowVersion:
    """The version that runs for everybody."""
    return workflow.versions.order_by("-number").first()
