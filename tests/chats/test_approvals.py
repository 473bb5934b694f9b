"""A reply that waits for a person: kept across restarts, told by the bell, decided once, by whoever asked."""

import uuid
from dataclasses import replace

import pytest

from agents import engine
from agents.catalog import Model, servers
from agents.generation import approvals
from agents.generation.reply import Reply
from agents.models import Run, RunStatus, ToolAllowance
from agents.runs import lifecycle, log, stored
from agents.tools import Result
from chats.actions import editing, sending
from chats.messages import presenter
from chats.messages.permissions import reader
from chats.models import Message
from sambung.lib.errors import Refused
from teams.models import Notification
from teams.workspace import Workspace
from tests.chats.disk import ERASE, LOOK, again, call, only, play
from tests.chats.steps import send
from tests.factories import begin


@pytest.fixture
def waiting(kind, model, chat, alice) -> Message:
    """A reply of Alice's chat that waits for a word about erasing."""
    model.says = [[engine.Text("First: "), call("erase", 1)]]
    _, reply = send(chat, alice, "Erase it.")
    return play(begin(reply.run_id, "here"))


# ---- waiting ------------------------------------------------------------------------------------------------
def test_what_waits_is_stored_and_told(waiting, kind, alice, sign_in):
    assert (waiting.run.status, waiting.run.finished_at, kind.ran) == ("waiting", None, [])
    assert [part["type"] for part in waiting.parts] == ["text", "tool-call"]
    approval = only(waiting)
    assert (approval.tool, approval.args, approval.digest) == (ERASE.ref, {"n": 1}, ERASE.digest)
    client = sign_in(alice)
    assert f"/app/chats/{waiting.chat_id}/#m-{waiting.pk}" in client.get("/notifications/").text
    shown = client.get(f"/app/messages/{waiting.pk}/waiting/").text
    assert "Run “Erase”?" in shown
    assert f"/app/approvals/{approval.pk}/allow/" in shown


def test_a_restart_leaves_it_waiting(waiting):
    assert lifecycle.rescue(sole_owner="another process") == []
    waiting.run.refresh_from_db()
    assert waiting.run.status == "waiting"


def test_deleting_its_branch_ends_it_and_keeps_what_waits_behind(waiting, chat, alice, sign_in):
    behind, _ = send(chat, alice, "And then?")
    editing.delete_message(message=waiting.parent, by=alice)
    behind.refresh_from_db()
    assert (behind.parent_id, behind.queued_at is None) == (None, False)
    assert Run.objects.get(pk=waiting.run_id).status == "stopped"
    assert list(chat.messages.all()) == [behind]
    assert "Erase" not in sign_in(alice).get("/notifications/").text


def test_the_page_polls_its_way_out_of_running(waiting):
    (frame,) = stored.read(f"chat:{waiting.chat_id}", [str(waiting.run_id)], {})
    assert frame.kind == "end"
    assert '"state":"waiting"' in frame.text
    assert frame.seq == log.last_seq(waiting.run_id), "what comes after the decision is newer"


def test_a_new_message_waits_behind_it(waiting, alice):
    message, reply = send(waiting.chat, alice, "And?")
    assert (message.queued_at is not None, reply) == (True, None)


# ---- deciding -----------------------------------------------------------------------------------------------
def test_allowed_it_runs_once_and_goes_on(waiting, kind, model, alice, sign_in):
    response = sign_in(alice).post(f"/app/approvals/{only(waiting).pk}/allow/")
    assert response.status_code == 302
    model.says = [[engine.Text("Done.")]]

    done = again(waiting)

    assert kind.ran == [("erase", {"n": 1}, "Alice Owner")]
    assert (done.run.status, done.run.attempt, done.content) == ("succeeded", 2, "First: \n\nDone.")
    assert [part["type"] for part in done.parts] == ["text", "tool-call", "tool-result", "text"]
    assert (done.run.usage["input_tokens"], done.metadata["usage"]["output_tokens"]) == (20, 10)
    assert done.metadata["seconds"] == 2.0
    assert not Notification.objects.filter(user=alice, kind="approval").exists()
    told = model.asked[-1].turns[-1]
    assert [part["type"] for part in told.parts] == ["text", "tool-call", "tool-result"]
    replayed = Reply(str(done.pk))
    log.replay(done.run_id, replayed)
    assert replayed.parts == done.parts


def test_a_thought_that_lost_its_opening_tag_on_both_sides_of_the_wait(kind, model, chat, alice, sign_in):
    """What was said before the closing tag turns into a thought where it stands, and stays one in what is asked."""
    thinks = [engine.Text("I must erase.\n"), engine.Reconsidered()]
    model.says = [
        [*thinks, call("erase", 1)],
        [engine.Text("It is gone.\n"), engine.Reconsidered(), engine.Text("Done.")],
    ]
    _, reply = send(chat, alice, "Erase it.")
    waiting = play(begin(reply.run_id, "here"))
    sign_in(alice).post(f"/app/approvals/{only(waiting).pk}/allow/")

    done = again(waiting)

    assert [part["type"] for part in done.parts] == ["reasoning", "tool-call", "tool-result", "reasoning", "text"]
    assert (done.content, done.parts[0]["text"], done.parts[3]["text"]) == ("Done.", "I must erase.\n", "It is gone.\n")
    assert [part["type"] for part in model.asked[1].turns[-1].parts] == ["reasoning", "tool-call", "tool-result"]


def test_with_other_arguments_those_run(waiting, kind, model, alice, sign_in):
    sign_in(alice).post(f"/app/approvals/{only(waiting).pk}/allow/", {"args": '{"n": 7}'})
    model.says = [[]]
    done = again(waiting)
    assert kind.ran == [("erase", {"n": 7}, "Alice Owner")]
    assert [part["args"] for part in done.parts if part["type"] == "tool-call"] == [{"n": 7}]


@pytest.mark.parametrize("args", ['{"n": "x"}', "[1]", "{", '{"n": 1, "m": 2}', "[" * 10_000])
def test_arguments_that_do_not_fit_are_refused_in_words(waiting, alice, sign_in, args):
    response = sign_in(alice).post(f"/app/approvals/{only(waiting).pk}/allow/", {"args": args})
    assert response.status_code == 409
    assert only(waiting).status == "waiting"


def test_refused_the_model_reads_why(waiting, kind, model, alice, sign_in):
    sign_in(alice).post(f"/app/approvals/{only(waiting).pk}/refuse/", {"words": "Not the disk!"})
    model.says = [[engine.Text("Very well.")]]
    done = again(waiting)
    assert kind.ran == []
    assert "Not the disk!" in model.asked[-1].turns[-1].parts[-1]["result"]
    assert done.content.endswith("Very well.")


def test_the_second_answer_changes_nothing(waiting, kind, model, alice, sign_in):
    client, approval = sign_in(alice), only(waiting)
    client.post(f"/app/approvals/{approval.pk}/refuse/")
    assert client.post(f"/app/approvals/{approval.pk}/allow/").status_code == 409
    assert only(waiting).status == "refused"


def test_nobody_else_decides(waiting, bob, carol, sign_in):
    for person in (bob, carol):
        client = sign_in(person)
        assert client.post(f"/app/approvals/{only(waiting).pk}/allow/").status_code == 404
        assert client.get(f"/app/messages/{waiting.pk}/waiting/").status_code == 404
    assert only(waiting).status == "waiting"


def test_in_a_team_whoever_asked_decides(kind, model, chat, team, alice, bob, sign_in):
    chat.team = team
    chat.save()
    model.says = [[call("erase", 1)]]
    _, reply = send(chat, alice, "Erase it.")
    message = play(begin(reply.run_id, "here"))
    client = sign_in(bob)
    shown = client.get(f"/team/{team.slug}/messages/{message.pk}/waiting/").text
    assert "Alice Owner decides" in shown
    assert "/allow/" not in shown
    assert client.post(f"/team/{team.slug}/approvals/{only(message).pk}/allow/").status_code == 409


def test_a_tool_that_has_changed_cannot_be_allowed(waiting, kind, alice):
    kind.tools = (replace(ERASE, description="Erases, and tells everybody."),)
    with pytest.raises(Refused):
        approvals.allow(approval=only(waiting), by=alice)


def test_a_tool_that_changes_after_the_answer_does_not_run(waiting, kind, model, alice):
    approvals.allow(approval=only(waiting), by=alice)
    kind.tools = (replace(ERASE, description="Erases, and tells everybody."),)
    model.says = [[]]
    done = again(waiting)
    assert kind.ran == []
    assert done.parts[-1]["isError"]


@pytest.mark.parametrize(("always", "elsewhere"), [("chat", "waiting"), ("me", "succeeded")])
def test_always_asks_no_more(waiting, kind, model, chat, alice, sign_in, always, elsewhere):
    sign_in(alice).post(f"/app/approvals/{only(waiting).pk}/allow/", {"always": always})
    model.says = [[call("erase", 2)], [engine.Text("Twice.")]]
    assert again(waiting).run.status == "succeeded"
    assert [args["n"] for _, args, _ in kind.ran] == [1, 2]
    other = sending.start_chat(
        by=alice, workspace=Workspace(alice), model=servers.models()[0], text="Erase.", client_id=uuid.uuid4()
    )
    model.says = [[call("erase", 3)], []]
    reply = other.messages.get(role="assistant")
    assert play(begin(reply.run_id, "here")).run.status == elsewhere


def test_what_is_always_allowed_can_be_taken_back(waiting, alice, bob, sign_in):
    approvals.allow(approval=only(waiting), by=alice, always="")
    allowance = ToolAllowance.objects.get(user=alice)
    assert "Erase" in sign_in(alice).get("/app/tools/allowed/").text
    assert sign_in(bob).post(f"/app/tools/allowed/{allowance.pk}/forget/").status_code == 404
    sign_in(alice).post(f"/app/tools/allowed/{allowance.pk}/forget/")
    assert not ToolAllowance.objects.filter(user=alice).exists()


def test_two_calls_wait_for_two_answers(kind, model, chat, alice):
    model.says = [[call("erase", 1), call("look", 5), call("erase", 2)]]
    _, reply = send(chat, alice, "Erase both.")
    message = play(begin(reply.run_id, "here"))
    assert [name for name, _, _ in kind.ran] == ["look"], "what need not wait has run"
    first, second = approvals.waiting(message.run)
    approvals.allow(approval=first, by=alice)
    message.run.refresh_from_db()
    assert message.run.status == "waiting"
    approvals.refuse(approval=second, by=alice)
    model.says = [[]]
    again(message)
    assert [(name, args["n"]) for name, args, _ in kind.ran] == [("look", 5), ("erase", 1)]


# ---- stopping and going on -----------------------------------------------------------------------------------
def test_stop_ends_what_waits(waiting, kind, alice, sign_in):
    assert sign_in(alice).post(f"/app/messages/{waiting.pk}/stop/").status_code == 302
    waiting.refresh_from_db()
    assert (waiting.run.status, waiting.content, kind.ran) == ("stopped", "First: ", [])
    assert only(waiting).status == "dropped"
    assert not Notification.objects.filter(user=alice, kind="approval").exists()


def test_after_many_steps_a_person_is_asked(kind, model, chat, alice, sign_in, settings):
    settings.TOOL_STEPS = 2
    model.says = [[call("look", 1)], [call("look", 2)]]
    _, reply = send(chat, alice, "Look around.")
    message = play(begin(reply.run_id, "here"))
    assert (message.run.status, len(kind.ran)) == ("waiting", 2)
    client = sign_in(alice)
    assert "Go on?" in client.get(f"/app/messages/{message.pk}/waiting/").text
    client.post(f"/app/messages/{message.pk}/go-on/")
    model.says = [[engine.Text("Seen.")]]
    assert again(message).content == "Seen."


def test_going_on_does_not_pass_a_call_that_waits(waiting, alice, sign_in):
    assert sign_in(alice).post(f"/app/messages/{waiting.pk}/go-on/").status_code == 409


def test_what_died_while_it_ran_is_not_run_again(waiting, kind, alice):
    approvals.allow(approval=only(waiting), by=alice)
    Run.objects.filter(pk=waiting.run_id).update(status=RunStatus.RUNNING)
    assert lifecycle.rescue(sole_owner="another process") == [waiting.run_id]
    waiting.refresh_from_db()
    assert (waiting.run.status, kind.ran) == ("interrupted", [])
    assert [part["type"] for part in waiting.parts] == ["text", "tool-call"]


# ---- what the model is given ----------------------------------------------------------------------------------
def asked(kind, model, chat, alice, **settings):
    chat.settings = settings
    chat.save()
    model.says = [[]]
    _, reply = send(chat, alice, "Hello")
    play(begin(reply.run_id, "here"))
    return model.asked[-1]


def test_tools_and_what_is_said_of_them_are_sent(kind, model, chat, alice):
    ask = asked(kind, model, chat, alice)
    assert [tool.name for tool in ask.tools] == ["erase", "look"]
    assert "Mind the disk." in ask.turns[0].text


@pytest.mark.parametrize("settings", [{"tool_choice": "none"}, {"tools": []}, {"tools": ["test:other"]}])
def test_without_tools_nothing_is_said_of_them(kind, model, chat, alice, settings):
    ask = asked(kind, model, chat, alice, **settings)
    assert ask.tools == ()
    assert "disk" not in ask.turns[0].text


def test_chosen_tools_alone_are_sent(kind, model, chat, alice):
    assert [t.name for t in asked(kind, model, chat, alice, tools=[LOOK.ref]).tools] == ["look"]


def test_by_hand_everything_asks(kind, model, chat, alice):
    chat.settings = {"tool_choice": "manual"}
    chat.save()
    model.says = [[call("look", 1)]]
    _, reply = send(chat, alice, "Look.")
    assert play(begin(reply.run_id, "here")).run.status == "waiting"


def test_a_model_that_cannot_use_tools_is_told_of_calls_in_words(kind, model, chat, alice, monkeypatch):
    model.says = [[call("look", 1)], [engine.Text("Seen.")]]
    _, reply = send(chat, alice, "Look.")
    play(begin(reply.run_id, "here"))
    plain = Model("openai_compatible", "fake-plain", "Fake", 8192, tools=False)
    monkeypatch.setattr(servers, "models", lambda: [plain])
    model.says = [[]]
    _, reply = send(chat, alice, "And now?")
    play(begin(reply.run_id, "here"))
    ask = model.asked[-1]
    assert ask.tools == ()
    assert {part["type"] for turn in ask.turns for part in turn.parts} == {"text"}
    assert "look 1" in ask.turns[2].text


def test_a_huge_result_fits_the_window(kind, model, chat, alice, monkeypatch):
    async def much(tool, args, caller, progress):
        return Result("x" * 90_000)

    monkeypatch.setattr(kind, "call", much)
    model.says = [[call("look", 1), call("look", 2)], [engine.Text("Seen.")]]
    _, reply = send(chat, alice, "Look.")
    message = play(begin(reply.run_id, "here"))
    assert message.content == "Seen."
    results = [part["result"] for part in model.asked[-1].turns[-1].parts if part["type"] == "tool-result"]
    assert all("more characters were left out" in text and len(text) < 4000 for text in results)
    assert len(message.parts[2]["result"]) == 90_000, "what is stored is whole"


def test_tools_that_fill_the_window_are_left_out_and_told(kind, model, chat, alice):
    kind.tools = (replace(LOOK, description="x" * 9000),)
    ask = asked(kind, model, chat, alice, tools=[LOOK.ref])
    assert ask.tools == ()
    assert "disk" not in ask.turns[0].text
    message = Message.objects.select_related("run", "chat", "user").get(chat=chat, role="assistant")
    (notice,) = presenter.view(message, reader(chat, alice)).notices
    assert "too much of this model's window" in notice
