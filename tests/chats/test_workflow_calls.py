"""Replies that call workflows: held by nobody while people are asked, decided in the chat, stopped with it."""

import pytest

from agents import engine
from agents.models import Run, RunStatus, ToolApproval
from agents.runs import lifecycle
from chats.models import Message
from tests import factories
from tests.chats.disk import again, play
from tests.chats.steps import send
from tests.factories import begin
from tests.factories.workflow_runs import approval as approval_of
from tests.factories.workflow_runs import asking
from workflows.actions import calling
from workflows.models import Approval, Workflow, WorkflowRun, WorkflowStep
from workflows.publishing import versions


@pytest.fixture
def workflow(alice) -> Workflow:
    """A published workflow of Alice's, which asks somebody."""
    sketch = asking()
    sketch.edges[-1]["sourceHandle"] = "yes"
    made = factories.workflow(alice, sketch=sketch, name="Refund")
    versions.publish(workflow=made, by=alice, draft_version=made.draft_version)
    made.refresh_from_db()
    return made


@pytest.fixture
def waiting(model, chat, alice, workflow, monkeypatch) -> Message:
    """A reply that has called it, and waits."""
    monkeypatch.setattr("workflows.tools.WITHIN", 0.0)
    model.says = [[engine.ToolCall("x", "refund", {})]]
    _, reply = send(chat, alice, "Refund it.")
    return play(begin(reply.run_id, "here"))


@pytest.fixture
def asked(waiting, workflow, alice) -> Approval:
    """What its run asks: the rows that the engine would make."""
    run = WorkflowRun.objects.get()
    made = approval_of(alice, workflow, title="Refund 20 dollars?")
    WorkflowStep.objects.filter(pk=made.step_id).update(workflow_run=run)
    Run.objects.filter(pk=run.run_id).update(status=RunStatus.WAITING)
    return Approval.objects.get(pk=made.pk)


@pytest.mark.django_db(transaction=True)
def test_the_reply_waits_held_by_nobody(waiting, workflow, alice):
    run = WorkflowRun.objects.get()
    (call,) = ToolApproval.objects.filter(run=waiting.run_id)

    assert (waiting.run.status, call.status) == ("waiting", "pending")
    assert (run.trigger, run.called_by_id, run.run.requested_by) == ("chat", waiting.run_id, alice)
    assert 'data-kind="workflow"' in waiting.html


@pytest.mark.django_db(transaction=True)
def test_the_card_leads_to_the_run(waiting, alice, bob, sign_in):
    (call,) = ToolApproval.objects.filter(run=waiting.run_id)
    path = f"/app/messages/{waiting.pk}/calls/{call.call_id}/"

    assert sign_in(alice).get(path)["Location"] == f"/app/workflows/runs/{WorkflowRun.objects.get().pk}/"
    assert sign_in(alice).get(f"/app/messages/{waiting.pk}/calls/another/").status_code == 404
    assert sign_in(bob).get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_it_asks_is_decided_in_the_chat(waiting, asked, alice, sign_in):
    client = sign_in(alice)
    shown = client.get(f"/app/messages/{waiting.pk}/waiting/").text
    assert "Refund 20 dollars?" in shown
    path = f"/app/messages/{waiting.pk}/asked/{asked.pk}/"
    assert path in shown
    button = asked.buttons[0]["id"]
    form = {f"a{asked.pk.hex[-12:]}-in_0": "Dear all"}

    response = client.post(path, {"button": button} | form)

    assert f"#m-{waiting.pk}" in response["Location"]
    asked.refresh_from_db()
    assert (asked.decision, asked.decided_by) == (button, alice)
    assert client.post(path, {"button": button} | form).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_strangers_decide_nothing(waiting, asked, carol, sign_in):
    path = f"/app/messages/{waiting.pk}/asked/{asked.pk}/"
    assert sign_in(carol).post(path, {"button": asked.buttons[0]["id"]}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_reply_goes_on_with_what_the_run_gave(waiting, model):
    run = WorkflowRun.objects.get()
    WorkflowRun.objects.update(output={"refunded": True})
    Run.objects.filter(pk=run.run_id).update(status="succeeded", finished_at=run.created_at)
    model.says = [[engine.Text("It is refunded.")]]

    assert calling.wake() == 1
    done = again(waiting)

    assert (done.run.status, done.content) == ("succeeded", "It is refunded.")
    (result,) = [part for part in done.parts if part["type"] == "tool-result"]
    assert result["result"] == {"refunded": True}


@pytest.mark.django_db(transaction=True)
def test_stopped_it_stops_the_run_as_well(waiting):
    assert lifecycle.request_stop(waiting.run)

    assert calling.stop_orphans() == 1

    assert WorkflowRun.objects.get().run.status == RunStatus.STOPPED
