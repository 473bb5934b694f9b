"""What a run waits for: a person's word about a call, a tool or whether it goes on, and results from elsewhere."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agents import tools
from agents.generation.loop import Decision, Gate, Waiting
from agents.models import ApprovalStatus, Run, RunStatus, ToolAllowance, ToolApproval
from agents.runs import lifecycle, registry, runtime
from agents.tools import Tool
from sambung.lib.errors import Refused
from teams.models import User
from teams.workspace import Workspace

#: What a person has allowed for always: every message asks for it, so in plain SQL.
_ALLOWED = "SELECT tool, digest FROM tool_allowance WHERE user_id = %s AND topic IN ('', %s)"
WORDS_LENGTH = 2000  # characters that go to the model with a refusal


# ---- what a run needs -----------------------------------------------------------------------------------
def ask(run: Run, waiting: Iterable[Waiting]) -> None:
    """Keep the calls that wait, in the transaction that lets the run wait."""
    rows = [
        ToolApproval(
            run=run,
            call_id=one.call_id,
            tool=one.tool.ref,
            digest=one.tool.digest,
            args=dict(one.args),
            status=ApprovalStatus.PENDING if one.is_later else ApprovalStatus.WAITING,
        )
        for one in waiting
    ]
    known = {"unique_fields": ["run", "call_id"], "update_fields": ["status"]}  # one that was allowed before it began
    ToolApproval.objects.bulk_create(rows, update_conflicts=True, **known)


def gate(user: User, run: Run, topic: str, *, is_manual: bool, said: str) -> Gate:
    """Return what decides about the calls of a run; one that has just begun has no decisions yet."""
    with connection.cursor() as cursor:
        cursor.execute(_ALLOWED, [user.pk, topic])
        allowed = frozenset(cursor.fetchall())
    decided = ToolApproval.objects.filter(run=run).exclude(status=ApprovalStatus.WAITING)
    rows = decided if run.attempt > 1 else ()
    decisions = {row.call_id: Decision(row.status, row.digest, row.args, row.words) for row in rows}
    return Gate(is_manual, allowed, decisions, said)


def drop(run: Run) -> None:
    """Nothing is waited for any more."""
    _open(run).update(status=ApprovalStatus.DROPPED, decided_at=timezone.now())


@transaction.atomic
def came(*, run_id: uuid.UUID, call_id: str) -> None:
    """The result of a call that a run waits for has come; with the last one the run makes its calls again."""
    run = Run.objects.select_for_update(of=("self",)).select_related("team").filter(pk=run_id).first()
    pending = ToolApproval.objects.filter(run=run_id, call_id=call_id, status=ApprovalStatus.PENDING)
    told = pending.update(status=ApprovalStatus.CAME, decided_at=timezone.now())
    if told and run.status == RunStatus.WAITING and not _open(run).exists():
        _resume(run)


# ---- what a person does ---------------------------------------------------------------------------------
def waiting(run: Run) -> list[ToolApproval]:
    """The calls of a run that nobody has decided about yet."""
    return list(ToolApproval.objects.filter(run=run, status=ApprovalStatus.WAITING))


def pending(run: Run) -> list[ToolApproval]:
    """The calls of a run whose results are still to come from elsewhere."""
    return list(ToolApproval.objects.filter(run=run, status=ApprovalStatus.PENDING))


@transaction.atomic
def allow(*, approval: ToolApproval, by: User, args: Mapping | None = None, always: str | None = None) -> Run:
    """Let a call run, with other arguments if they are given. Raises Refused.

    `always`: from now on the tool does not ask `by` in this topic, or ("") anywhere.
    """
    run, approval = _held(approval, by)
    tool = find(approval.tool, Workspace(by, run.team))
    if tool is None or tool.digest != approval.digest:
        raise Refused(
            _("The tool is gone or has changed since it asked. Refuse the call; the model can ask again."), code="gone"
        )
    if args is not None:
        approval.args = tools.meant(tool, args)
        if fault := tools.misfit(tool, approval.args):
            raise Refused(fault)
    if always is not None:
        ToolAllowance.objects.update_or_create(
            user=by, topic=always, tool=approval.tool, defaults={"digest": approval.digest}
        )
    return _decide(run, approval, by, ApprovalStatus.ALLOWED)


@transaction.atomic
def refuse(*, approval: ToolApproval, by: User, said: str = "") -> Run:
    """Do not let a call run; the model is told so, with the person's words. Raises Refused."""
    run, approval = _held(approval, by)
    approval.words = said.strip()[:WORDS_LENGTH]
    return _decide(run, approval, by, ApprovalStatus.REFUSED)


@transaction.atomic
def go_on(*, run: Run, by: User) -> Run:
    """Let a run go on that has used tools for many steps. Raises Refused where something else is waited for."""
    run = _held_run(run.pk, by)
    if _open(run).exists():
        raise Refused(_("A call waits for a decision first."))
    _resume(run)
    return run


def forget(*, allowance: ToolAllowance) -> None:
    """From now on the tool asks again."""
    allowance.delete()


def find(ref: str, workspace: Workspace) -> Tool | None:
    """The tool of this reference, while it can be used."""
    return next((tool for source in tools.sources(workspace) for tool in source.tools if tool.ref == ref), None)


# ---- steps ----------------------------------------------------------------------------------------------
def _held_run(run_id: uuid.UUID, by: User) -> Run:
    """Lock a waiting run: two answers at once come one after the other. It waits for whoever asked, nobody else."""
    run = Run.objects.select_for_update(of=("self",)).select_related("team").get(pk=run_id)
    if run.requested_by_id != by.pk:
        raise Refused(_("This waits for the person who asked."), code="not_yours")
    if run.status != RunStatus.WAITING:
        raise Refused(_("This has been decided already."), code="done_already")
    return run


def _held(approval: ToolApproval, by: User) -> tuple[Run, ToolApproval]:
    run = _held_run(approval.run_id, by)
    approval = ToolApproval.objects.get(pk=approval.pk)
    if approval.status != ApprovalStatus.WAITING:
        raise Refused(_("This has been decided already."), code="done_already")
    return run, approval


def _decide(run: Run, approval: ToolApproval, by: User, status: ApprovalStatus) -> Run:
    """Keep the decision; with the last one the run goes on."""
    approval.status, approval.decided_by, approval.decided_at = status, by, timezone.now()
    approval.save(update_fields=["status", "args", "words", "decided_by", "decided_at"])
    if not _open(run).exists():
        _resume(run)
    return run


def _open(run: Run) -> QuerySet[ToolApproval]:
    """What a run still waits for."""
    return ToolApproval.objects.filter(run=run, status__in=ApprovalStatus.open())


def _resume(run: Run) -> None:
    lifecycle.resume(run, runtime.owner())
    kind = registry.kind(run.kind)
    if (work := kind.load(run)) is None:
        raise Refused(_("The message has been deleted."), code="gone")
    kind.resumed(run)
    if runtime.owner():
        runtime.start_on_commit(work)
