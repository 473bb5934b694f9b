"""Steps that were cut off: a person says what became of them, once."""

import pytest

from sambung.lib.errors import Refused
from teams.models import AuditEntry
from tests import factories
from tests.factories.workflow_runs import unknown as cut_off
from workflows.engine import deciding
from workflows.history import unknown
from workflows.models import StepStatus, WorkflowStep

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(alice) -> WorkflowStep:
    sketch = factories.line(("http", {"method": "POST", "url": [{"text": "https://crm.example.org/leads"}]}))
    return cut_off(alice, factories.published(alice, sketch=sketch))


@pytest.fixture
def told(monkeypatch) -> list[tuple]:
    """What the engine was told."""
    found = []
    monkeypatch.setattr(deciding, "answer_step", lambda step, *, output, handle=None: found.append(("answer", output)))
    monkeypatch.setattr(deciding, "repeat_step", lambda step: found.append(("repeat",)))
    monkeypatch.setattr(deciding, "fail_step", lambda step, failure: found.append(("fail", failure.code)))
    return found


def test_it_happened(step, alice, told):
    unknown.done(step=step, by=alice, output={"status": 201})
    assert told == [("answer", {"status": 201})]
    entry = AuditEntry.objects.get(action="workflow_step.settled")
    assert (entry.actor, entry.data["said"], entry.data["path"]) == (alice, "done", step.path)


def test_it_is_done_again_or_given_up(step, alice, told):
    unknown.again(step=step, by=alice)
    unknown.fail(step=step, by=alice)
    assert told == [("repeat",), ("fail", "workflow_given_up")]


def test_the_first_answer_counts(step, alice, told):
    WorkflowStep.objects.filter(pk=step.pk).update(status=StepStatus.RUNNING)
    for act in (unknown.again, unknown.fail):
        with pytest.raises(Refused) as refused:
            act(step=step, by=alice)
        assert refused.value.code == "done_already"
    assert not told
    assert not AuditEntry.objects.exists()
