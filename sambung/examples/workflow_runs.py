"""What the example team's workflow has done: published, started by a form or a schedule, run to every kind of end."""

from datetime import timedelta

from django.utils import timezone

from agents.models import ACTIVE, Run, RunKind, RunStatus
from teams.models import User
from workflows.actions import triggers
from workflows.models import ENDED, Approval, StepStatus, TriggerKind, Workflow, WorkflowRun, WorkflowStep
from workflows.publishing import versions

NOTE = "Sorts mails, and asks somebody before an answer counts."
_DRAFT = (
    "Dear Ratna,\n\nI am sorry: your 40 kg left Takengon only this morning, and will be with you on Thursday.\n\n"
    "Sari, Kopi Nusantara"
)
_LATE = {"from": "Ratna, Warung Kopi Senja", "text": "We ordered 40 kg of Gayo two weeks ago. Where is it?"}
_ASKS = {"from": "Dimas", "text": "Do you roast lighter for filter as well? I would like to try 2 kg."}
_REPLY = "Dear Dimas,\n\nwe do: the Gayo natural is roasted for filter. 2 kg leave tomorrow.\n\nSari, Kopi Nusantara"
_UNFIT = {"problem": "draft: is missing"}
_OTHER, _ASKED = "else", "send"


def seed(workflow: Workflow, by: User) -> None:
    """Publish the new workflow as its first version, and add triggers and runs."""
    version = versions.publish(workflow=workflow, by=by, draft_version=workflow.draft_version, note=NOTE)
    workflow.refresh_from_db()
    _triggers(workflow, by)
    made = _Runs(workflow, version, by)
    made.failed(timezone.now() - timedelta(days=2))
    made.succeeded(timezone.now() - timedelta(hours=20))
    made.waiting(timezone.now() - timedelta(hours=3))


def _triggers(workflow: Workflow, by: User) -> None:
    """A form for members, and a schedule that rests: nothing asks a model unless somebody wants it."""
    triggers.create(by=by, workflow=workflow, kind=TriggerKind.FORM, config={"most": 20, "thanks": "We will answer."})
    config = {"cron": "30 7 * * 1-5", "zone": "Asia/Jakarta", "missed": "once", "overlap": "skip", "input": _ASKS}
    made = triggers.create(by=by, workflow=workflow, kind=TriggerKind.SCHEDULE, config=config)
    triggers.rest(by=by, trigger=made.trigger)


class _Runs:
    """Makes runs of a version as the engine leaves them."""

    def __init__(self, workflow: Workflow, version, by: User) -> None:
        self.workflow, self.version, self.by = workflow, version, by
        self._nodes = {node["data"].get("name"): node for node in version.structure["nodes"]}

    def failed(self, at) -> None:
        run = self._run(RunStatus.FAILED, at, _ASKS, error_code="workflow_answer_unfit", error_params=_UNFIT)
        self._step(run, "Mail", at, output=_ASKS)
        fault = {"error_code": "workflow_answer_unfit", "error_params": _UNFIT}
        self._step(run, "Sort and answer", at, StepStatus.FAILED, input=_ASKS, **fault)

    def succeeded(self, at) -> None:
        run = self._run(RunStatus.SUCCEEDED, at, _LATE, output={"answer": _DRAFT})
        step = self._as_far_as_the_question(run, at, _LATE, _DRAFT, StepStatus.DONE)
        decided = {"decision": _ASKED, "decided_by": self.by, "decided_at": at + timedelta(minutes=9)}
        self._approval(step, _LATE, _DRAFT, **decided)
        self._step(run, "Answer", at, output={"answer": _DRAFT})
        self._step(run, "No answer", at, StepStatus.SKIPPED)

    def waiting(self, at) -> None:
        run = self._run(RunStatus.WAITING, at, _ASKS)
        step = self._as_far_as_the_question(run, at, _ASKS, _REPLY, StepStatus.WAITING_PERSON)
        self._approval(step, _ASKS, _REPLY)

    def _as_far_as_the_question(self, run: WorkflowRun, at, mail: dict, draft: str, status: str) -> WorkflowStep:
        self._step(run, "Mail", at, output=mail)
        answer = {"category": "question" if mail is _ASKS else "complaint", "draft": draft}
        usage = {"inputTokens": 212, "outputTokens": 96}
        self._step(run, "Sort and answer", at, input=mail, output={"answer": answer}, usage=usage)
        self._step(run, "Spam?", at, handle=_OTHER, output={"branch": _OTHER})
        is_done = status == StepStatus.DONE
        told = {"handle": _ASKED, "output": {"button": _ASKED, "values": {"draft": draft}}} if is_done else {}
        return self._step(run, "Look at the answer", at, status, input={"draft": draft}, **told)

    def _run(self, status: str, at, mail: dict, output: dict | None = None, **facts) -> WorkflowRun:
        ended = None if status in ACTIVE else at + timedelta(minutes=9)
        who = {"requested_by": self.by, "team": self.workflow.team}
        run = Run.objects.create(
            kind=RunKind.WORKFLOW, status=status, attempt=1, started_at=at, finished_at=ended, **who, **facts
        )
        told = {"structure": self.version.structure, "version": self.version, "input": mail, "output": output}
        made = WorkflowRun.objects.create(workflow=self.workflow, run=run, **told)
        WorkflowRun.objects.filter(pk=made.pk).update(created_at=at)
        return made

    def _step(self, run: WorkflowRun, name: str, at, status: str = StepStatus.DONE, **facts) -> WorkflowStep:
        node = self._nodes[name]
        told = {"node_id": node["id"], "node_type": node["type"], "path": node["id"], "run_attempt": 1}
        ended = at + timedelta(seconds=2) if status in ENDED else None
        return WorkflowStep.objects.create(
            workflow_run=run, status=status, started_at=at, finished_at=ended, **told, **facts
        )

    def _approval(self, step: WorkflowStep, mail: dict, draft: str, **decided) -> None:
        data = self._nodes["Look at the answer"]["data"]
        asked = {"form": data["form"], "buttons": data["buttons"], "audience": data["audience"]}
        title = f"Answer to {mail['from']}"
        Approval.objects.create(step=step, title=title, text=mail["text"], values={"draft": draft}, **asked, **decided)
