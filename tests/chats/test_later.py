"""A reply whose tool's result comes later, from elsewhere: it waits held by nobody, asks nobody, and is woken once."""

import pytest

from agents import engine, tools
from agents.generation import approvals
from agents.models import Run, RunStatus, ToolApproval
from agents.runs import lifecycle
from chats.models import Message
from sambung.lib.errors import Refused
from teams.models import Notification
from tests.chats.disk import again, call, only, play
from tests.chats.steps import send
from tests.factories import begin


@pytest.fixture
def slow(kind, monkeypatch):
    """The disk, whose looks take until `is_there`."""

    class Slow:
        is_there, callers = False, []

    plain = kind.call

    async def called(tool, args, caller, progress):
        Slow.callers.append(caller)
        if tool.name == "look" and not Slow.is_there:
            raise tools.Later
        return await plain(tool, args, caller, progress)

    monkeypatch.setattr(kind, "call", called)
    Slow.callers = []
    return Slow


def _play(chat, alice, model, *events) -> Message:
    model.says = [[*events]]
    _, reply = send(chat, alice, "Look.")
    return play(begin(reply.run_id, "here"))


def test_it_waits_and_nobody_is_asked(slow, kind, model, chat, alice, sign_in):
    waiting = _play(chat, alice, model, call("look", 1))

    assert (waiting.run.status, only(waiting).status, kind.ran) == ("waiting", "pending", [])
    assert not Notification.objects.filter(user=alice).exists()
    shown = sign_in(alice).get(f"/app/messages/{waiting.pk}/waiting/").text
    assert "Go on?" not in shown
    with pytest.raises(Refused):
        approvals.go_on(run=waiting.run, by=alice)


def test_the_run_makes_the_same_call_again_once_it_has_come(slow, kind, model, chat, alice):
    waiting = _play(chat, alice, model, call("look", 1))
    slow.is_there, model.says = True, [[engine.Text("Seen.")]]

    approvals.came(run_id=waiting.run_id, call_id=only(waiting).call_id)
    done = again(waiting)

    assert (done.run.status, done.content, kind.ran) == ("succeeded", "Seen.", [("look", {"n": 1}, "Alice Owner")])
    assert {(caller.run, caller.call) for caller in slow.callers} == {(waiting.run_id, only(waiting).call_id)}


def test_it_is_woken_once(slow, model, chat, alice):
    waiting = _play(chat, alice, model, call("look", 1))

    for _ in range(2):
        approvals.came(run_id=waiting.run_id, call_id=only(waiting).call_id)

    run = Run.objects.get(pk=waiting.run_id)
    assert (run.status, run.attempt, only(waiting).status) == ("queued", 2, "came")


def test_with_a_question_beside_it_both_are_waited_for(slow, model, chat, alice):
    waiting = _play(chat, alice, model, call("look", 1), call("erase", 2))
    asked = ToolApproval.objects.get(run=waiting.run_id, status="waiting")
    pending = ToolApproval.objects.get(run=waiting.run_id, status="pending")
    assert Notification.objects.get(user=alice).data["tools"] == ["Erase"]

    approvals.came(run_id=waiting.run_id, call_id=pending.call_id)
    assert Run.objects.get(pk=waiting.run_id).status == "waiting"
    approvals.allow(approval=asked, by=alice)
    assert Run.objects.get(pk=waiting.run_id).status == "queued"


def test_an_allowed_call_may_come_later_too(slow, kind, model, chat, alice, monkeypatch):
    monkeypatch.setattr("tests.chats.disk.LOOK", kind.tools[1])
    waiting = _play(chat, alice, model, call("erase", 1), call("look", 2))
    approvals.allow(approval=ToolApproval.objects.get(run=waiting.run_id, status="waiting"), by=alice)
    approvals.came(run_id=waiting.run_id, call_id=ToolApproval.objects.get(status="pending").call_id)

    waiting = again(waiting)  # it is still not there: the run waits again, for the same row

    assert waiting.run.status == "waiting"
    assert sorted(ToolApproval.objects.filter(run=waiting.run_id).values_list("status", flat=True)) == [
        "allowed",
        "pending",
    ]
    assert kind.ran == [("erase", {"n": 1}, "Alice Owner")]


def test_stopped_it_waits_for_nothing(slow, model, chat, alice):
    waiting = _play(chat, alice, model, call("look", 1))

    assert lifecycle.request_stop(waiting.run)

    assert (Run.objects.get(pk=waiting.run_id).status, only(waiting).status) == (RunStatus.STOPPED, "dropped")
    approvals.came(run_id=waiting.run_id, call_id=only(waiting).call_id)
    assert Run.objects.get(pk=waiting.run_id).status == RunStatus.STOPPED
