"""Approvals: told to whoever is asked, discussed, decided by enough of them or by the deadline.

No process holds one: rows say everything, and each change locks the run, then the approval.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import ACTIVE, Run
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed
from teams import audit
from teams.models import User
from teams.workspace import Workspace
from workflows.engine import deciding, files
from workflows.history import asked, telling
from workflows.models import Approval, StepStatus
from workflows.nodes import schemas

LONGEST_COMMENT = 2000  # characters
MOST_COMMENTS = 200  # of one approval, votes among them
ROWS = Approval.objects.select_related("step__workflow_run__run__requested_by", "step__workflow_run__workflow__team")


# ---- what a run needs -----------------------------------------------------------------------------------
def begin(approval: Approval) -> None:
    """Tell whoever is asked, in the transaction that lets the step wait."""
    telling.tell(ROWS.get(pk=approval.pk))


def drop(run: Run) -> None:
    """Nothing is waited for any more: the bell forgets it."""
    telling.forget(Approval.objects.filter(step__workflow_run__run=run))


def is_open(approval: Approval) -> bool:
    """Whether it still waits for somebody."""
    return not approval.decision and approval.step.status == StepStatus.WAITING_PERSON


def moment(text: str) -> datetime:
    """When something was said."""
    return datetime.fromisoformat(text)


def votes(approval: Approval) -> dict[str, dict]:
    """What each person said last, by their id: who changes their mind has one vote."""
    return {vote["by"]: vote for vote in approval.votes if vote["button"]}


def proposed(approval: Approval) -> dict:
    """What the form holds: what was sent last, else what it was filled with."""
    sent = [vote["values"] for vote in approval.votes if vote["button"]]
    return sent[-1] if sent else approval.values


# ---- what a person does ---------------------------------------------------------------------------------
@transaction.atomic
def decide(*, approval: Approval, by: User, button: str, values: Mapping, comment: str = "") -> Approval:
    """Press a button with these values of the form. Raises Refused.

    It is decided once as many people as are needed have pressed the same button with the same values. Whoever comes
    later is told who was first.
    """
    approval = _open(approval.pk, by)
    if button not in {one["id"] for one in approval.buttons}:
        raise Refused(_("There is no such button any more. Load the page again."), code="gone")
    vote = _said(by, button, comment) | {"values": _fitting(approval, values)}
    approval.votes = [*approval.votes, vote]
    alike = [one for one in votes(approval).values() if one["button"] == button and one["values"] == vote["values"]]
    if len(alike) < approval.needed:
        approval.save(update_fields=["votes"])
        telling.read(approval, by)
        return approval
    return _settle(approval, vote, by)


@transaction.atomic
def comment(*, approval: Approval, by: User, text: str) -> Approval:
    """Say something about it without deciding. Raises Refused."""
    approval = _open(approval.pk, by)
    if not text.strip():
        raise Refused(_("Write what you want to say."), field="comment")
    approval.votes = [*approval.votes, _said(by, "", text)]
    approval.save(update_fields=["votes"])
    return approval


# ---- what time does -------------------------------------------------------------------------------------
def pass_deadlines(now: datetime | None = None) -> int:
    """Decide by the default button what has waited until its deadline. Return how many there were."""
    now = now or timezone.now()
    due = Approval.objects.filter(decision="", deadline_at__lte=now, step__status=StepStatus.WAITING_PERSON)
    return sum(_pass(pk, now) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _pass(pk: UUID, now: datetime) -> bool:
    approval = _locked(pk)
    if not is_open(approval) or approval.deadline_at is None or approval.deadline_at > now:
        return False
    vote = {"by": "", "name": "", "at": now.isoformat(), "button": approval.default_button, "comment": ""}
    _settle(approval, vote | {"values": approval.values}, None)
    return True


def remind(now: datetime | None = None) -> int:
    """Tell those again who are asked and have not said anything yet. Return of how many approvals."""
    now = now or timezone.now()
    due = Approval.objects.filter(decision="", reminder_at__lte=now, step__status=StepStatus.WAITING_PERSON)
    return sum(_remind(pk) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: UUID) -> bool:
    approval = _locked(pk)
    if not is_open(approval) or approval.reminder_at is None:
        return False
    approval.reminder_at = None
    approval.save(update_fields=["reminder_at"])
    telling.remind(approval, said=votes(approval))
    return True


# ---- steps ----------------------------------------------------------------------------------------------
def _locked(pk: UUID) -> Approval:
    """The approval, behind its run: two answers at once come one after the other."""
    run = Approval.objects.filter(pk=pk).values("step__workflow_run__run")
    Run.objects.select_for_update().get(pk__in=run)
    return ROWS.select_for_update(of=("self",)).get(pk=pk)


def _open(pk: UUID, by: User) -> Approval:
    """The approval, locked, if it waits for this person. Raises Refused, which names who was first."""
    approval = _locked(pk)
    if not asked.is_asked(approval, by):
        raise Refused(_("This waits for other people."), code="not_yours")
    if approval.decision:
        raise Refused(_told(approval), code="done_already")
    if approval.deadline_at and approval.deadline_at <= timezone.now():
        raise Refused(_("Its time is over: it is decided without you."), code="too_late")
    if not is_open(approval) or approval.step.workflow_run.run.status not in ACTIVE:
        raise Refused(_("The run goes on no more, so nothing is to be decided."), code="gone")
    if len(approval.votes) >= MOST_COMMENTS:
        raise Refused(_("Enough was said here: decide it, or stop the run."), code="too_many")
    return approval


def _told(approval: Approval) -> str:
    label = label_of(approval, approval.decision)
    if approval.decided_by is None:
        return _("This has been decided already: “%(label)s”.") % {"label": label}
    told = {"name": approval.decided_by, "label": label}
    return _("%(name)s was first, and chose “%(label)s”.") % told


def buttons_of(approval: Approval) -> list[dict]:
    """What can be pressed; the buttons that are ours, before any node, speak the reader's language."""
    is_ours = approval.step.node_type != "approval"
    labels = [one.get("label") or one["id"] for one in approval.buttons]
    told = zip(approval.buttons, labels, strict=True)
    return [one | {"label": _(label) if is_ours else label} for one, label in told]


def label_of(approval: Approval, button: str) -> str:
    """What the button says."""
    return next((one["label"] for one in buttons_of(approval) if one["id"] == button), button)


def _fitting(approval: Approval, values: Mapping) -> dict:
    """What was sent, if it fits the form. Raises Refused."""
    try:
        fitting = schemas.taken(approval.form, values)
    except Failed as error:
        raise Refused(error.failure, status=422) from None
    run = approval.step.workflow_run
    return files.taken(fitting, run, Workspace(run.run.requested_by, run.run.team))


def _said(by: User, button: str, text: str) -> dict:
    at = timezone.now().isoformat()
    return {"by": str(by.pk), "name": str(by), "at": at, "button": button, "comment": text.strip()[:LONGEST_COMMENT]}


def _settle(approval: Approval, vote: Mapping, by: User | None) -> Approval:
    """It is decided: the step goes on by the button, with what was sent."""
    approval.decision, approval.decided_by = vote["button"], by
    approval.decided_at, approval.values = timezone.now(), vote["values"]
    approval.comment = vote["comment"]
    approval.save(update_fields=["votes", "decision", "decided_by", "decided_at", "values", "comment"])
    telling.forget(Approval.objects.filter(pk=approval.pk))
    output = {
        "button": approval.decision,
        "values": approval.values,
        "decidedBy": vote["name"],
        "decidedAt": approval.decided_at.isoformat(),
        "comment": approval.comment,
    }
    workflow = approval.step.workflow_run.workflow
    told = {"decision": approval.decision, "run": str(approval.step.workflow_run_id)}
    audit.record("approval.decided", by=by, target=workflow.name, team=workflow.team, **told)
    deciding.answer_step(approval.step, output=output, handle=approval.decision)
    return approval
