"""What templates show of an approval, on its own page and on that of its run."""

from teams import access
from teams.workspace import Workspace
from workflows.forms import inputs
from workflows.history import approvals, asked
from workflows.models import Approval, WorkflowRun


def form_of(approval: Approval, data=None, files=None):
    """The form that an approval asks for, with what was sent last; its names tell it from others on a page."""
    form = inputs.form_for(approval.form, initial=approvals.proposed(approval))
    return form(data, files, prefix=f"a{approval.pk.hex[-12:]}")


def run_url(request, approval: Approval) -> str | None:
    """The page of the approval's run, for whoever may see it."""
    run = access.rows(
        request.user, WorkflowRun.objects.select_related("run__team").filter(pk=approval.step.workflow_run_id)
    ).first()
    return run and Workspace(request.user, run.run.team).url("workflow_run", run.pk)


def shown(request, approval: Approval, form=None) -> dict:
    """What a template shows of an approval. `form` is one that was posted, with its errors."""
    is_mine = asked.is_asked(approval, request.user)
    is_open = approvals.is_open(approval)
    return {
        "approval": approval,
        "run_url": run_url(request, approval),
        "workflow": approval.step.workflow_run.workflow,
        "form": (form or form_of(approval)) if is_open and is_mine else None,
        "is_open": is_open,
        "is_mine": is_mine,
        "people": [] if is_mine or not is_open else list(asked.people(approval)[:6]),
        "said": [_said(approval, one) for one in approval.votes],
        "mine": approvals.votes(approval).get(str(request.user.pk)),
        "chosen": approvals.label_of(approval, approval.decision),
        "values": [] if is_open else _values(approval),
        "buttons": approvals.buttons_of(approval),
        "default_label": approvals.label_of(approval, approval.default_button),
    }


def _said(approval: Approval, vote: dict) -> dict:
    """One vote or comment, with what of the form its author had changed before."""
    label = approvals.label_of(approval, vote["button"]) if vote["button"] else ""
    return vote | {"label": label, "at": approvals.moment(vote["at"])}


def _values(approval: Approval) -> list[tuple[str, object]]:
    """What was decided with, field by field."""
    properties = approval.form.get("properties", {})
    told = ((properties.get(name, {}).get("title") or name, value) for name, value in approval.values.items())
    return list(told)
