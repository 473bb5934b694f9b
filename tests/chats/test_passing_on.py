"""When a model cannot answer the next one does, and the message says who did and why."""

import asyncio
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from agents import catalog, engine, errors
from agents.catalog import servers
from agents.errors import Unavailable
from agents.generation import generate
from agents.generation.reply import Reply
from agents.generation.report import Report
from agents.models import Run
from agents.runs.registry import Outcome
from chats.messages import presenter
from chats.messages.permissions import reader
from chats.models import Message
from chats.replies import kind as replying
from teams import profile
from tests.chats.steps import send
from tests.factories import api_key, begin
from tests.live import sign_in_on

FIRST, SECOND, THIRD = (catalog.Model("openai_compatible", f"fake-{n}", f"Fake {n}", 8192) for n in (1, 2, 3))
BUSY = "The model's service is receiving too many requests at the moment. Try again shortly."


@pytest.fixture
def models(monkeypatch):
    """Three models; `fails` says what asking each one raises, `asked` who was asked how."""
    found = SimpleNamespace(fails={}, asked=[], says={})

    async def reply(ask, sink, limits=None, pace=None):
        found.asked.append((ask.model, limits.retries, len(ask.turns)))
        for word in found.says.get(ask.model, ()):
            sink(engine.Text(word))
        if failure := found.fails.get(ask.model):
            raise failure.pop(0) if isinstance(failure, list) else failure
        sink(engine.Text("Well."))

    monkeypatch.setattr(engine, "reply", reply)
    monkeypatch.setattr(servers, "models", lambda: [FIRST, SECOND, THIRD])
    monkeypatch.setattr(servers, "endpoint", lambda provider: engine.Endpoint("openai", "http://127.0.0.1:1/v1"))
    return found


@pytest.fixture
def question(db, chat, alice):
    """Work for a reply of the first model, with the two others behind it."""
    chat.model = "fake-1"
    chat.save()
    profile.set_preferences(alice, models={"fallbacks": [SECOND.value, THIRD.value]})
    _, reply = send(chat, alice)
    return begin(reply.run_id, "here")


def ask(work) -> tuple[list[str], dict]:
    """Run it; give what was said and the report."""
    said, report = [], Report()
    asyncio.run(replying.ChatRuns().execute(work, lambda event: said.append(event.text), report, engine.Pace()))
    return said, report


@pytest.mark.parametrize(
    "failure",
    [
        engine.RateLimited(),
        engine.Overloaded(),
        engine.ServerFailed(),
        engine.UpstreamError(),
        engine.TimedOut("first token"),
        engine.ConnectFailed(),
        engine.QuotaExceeded(),
        engine.EmptyReply(),
        engine.Filtered(),
        engine.BrokenCall(),
        engine.NothingWithinLength(),
        engine.TooLarge(),
        engine.PlaceRefused(),
        engine.AuthFailed(),
        engine.NotAllowed(),
        engine.ModelGone(),
        engine.NotFound(),
        engine.NoTools(),
        engine.AddressRefused(),
        engine.Garbled(),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_the_next_one_answers(models, question, failure):
    models.fails = {"fake-1": failure}
    said, report = ask(question)
    assert said == ["Well."]
    assert [(name, retries) for name, retries, _turns in models.asked] == [("fake-1", 0), ("fake-2", 0)]
    assert report.answered == SECOND
    why = {"code": failure.code, "params": {}}
    assert report.passed_on == [{"model": "fake-1", **why, "label": "Fake 1", "key": ""}]


def test_the_last_one_is_tried_again_and_its_failure_is_told(models, question):
    models.fails = dict.fromkeys(("fake-1", "fake-2", "fake-3"), engine.ServerFailed())
    with pytest.raises(engine.ServerFailed):
        ask(question)
    assert [retries for _name, retries, _turns in models.asked] == [0, 0, engine.Limits().retries]


@pytest.mark.parametrize("failure", [engine.BadRequest("flagged"), engine.CutOff()])
def test_other_failures_are_told_at_once(models, question, failure):
    models.fails = {"fake-1": failure}
    with pytest.raises(type(failure)):
        ask(question)
    assert len(models.asked) == 1


def test_a_key_that_is_refused_is_marked_though_another_model_answers(models, chat, alice, monkeypatch):
    made = api_key(alice, models=("fake-1",), provider="openai_compatible", label="Old")
    noted = []

    async def reach(reference, workspace):
        model = replace(FIRST if reference.model == "fake-1" else SECOND, api_key=reference.api_key)
        return catalog.Reached(model, servers.endpoint(reference.provider))

    async def afterwards(function, *args, **named):
        noted.append(partial(function, *args, **named))

    monkeypatch.setattr(catalog, "reach", reach)
    monkeypatch.setattr(generate, "in_thread", afterwards)
    chat.model, chat.api_key = "fake-1", made
    chat.save()
    profile.set_preferences(alice, models={"fallbacks": [SECOND.value]})
    _, reply = send(chat, alice)
    models.fails = {"fake-1": engine.AuthFailed()}

    said, report = ask(begin(reply.run_id, "here"))
    for note in noted:
        note()

    assert (said, report.answered) == (["Well."], SECOND)
    made.refresh_from_db()
    assert made.is_failing
    assert made.last_problem == "The model's service did not accept the key. Check it in the settings."


def test_after_the_first_token_nobody_else_is_asked(models, question):
    models.says, models.fails = {"fake-1": ["Half "]}, {"fake-1": engine.ServerFailed()}
    with pytest.raises(engine.ServerFailed):
        ask(question)
    assert len(models.asked) == 1


def test_one_that_is_not_offered_any_more_is_passed_by(models, question, monkeypatch):
    monkeypatch.setattr(servers, "models", lambda: [SECOND])
    monkeypatch.setattr(servers, "_listing", None)
    monkeypatch.setattr(servers.settings, "MODEL_SERVERS", {})
    said, report = ask(question)
    assert said == ["Well."]
    assert report.passed_on[0]["code"] == "model_not_offered"


def test_when_none_can_be_reached_that_is_told(models, question, monkeypatch):
    monkeypatch.setattr(servers, "models", list)
    monkeypatch.setattr(servers, "_listing", None)
    monkeypatch.setattr(servers.settings, "MODEL_SERVERS", {})
    report = Report()
    with pytest.raises(Unavailable) as caught:
        asyncio.run(replying.ChatRuns().execute(question, lambda event: None, report, engine.Pace()))
    run = Run.objects.get(pk=question.run_id)
    reply = Reply(str(Message.objects.get(run=run).pk))
    replying.ChatRuns().finish(run, Outcome("failed", reply, errors.failure(caught.value), report=report))
    assert "passed_on" not in Message.objects.get(run=run).metadata


def test_the_message_says_who_answered_and_why(models, question, alice):
    models.fails = {"fake-1": engine.RateLimited()}
    _said, report = ask(question)
    message = Message.objects.get(run=question.run_id)
    reply = Reply(str(message.pk), finish_reason="stop")
    reply.apply([{"type": "text", "text": "Well."}])
    run = Run.objects.get(pk=question.run_id)
    replying.ChatRuns().finish(run, Outcome("succeeded", reply, report=report))
    run.refresh_from_db()
    assert run.model == "fake-2"
    message.refresh_from_db()
    shown = presenter.view(message, reader(message.chat, alice))
    assert shown.model_label == "Fake 2"
    assert shown.notices == (f"Fake 2 answers in place of Fake 1. {BUSY}",)


# ---- too long for the model -----------------------------------------------------------------------------
def test_a_conversation_that_is_too_long_all_the_same_is_sent_in_part(models, question, chat, alice, answer):
    """Nobody knows the window better than the provider: whole turns go until it takes the rest."""
    reply = Message.objects.get(run=question.run_id)
    for n in range(6):
        answer(reply, f"answer {n} " * 200)
        _, reply = send(chat, alice, f"question {n} " * 100)
    work = begin(reply.run_id, "here")
    models.fails = {"fake-1": [engine.ContextTooLong(), engine.ContextTooLong()]}
    said, report = ask(work)
    assert said == ["Well."]
    turns = [turns for _name, _retries, turns in models.asked]
    assert turns == sorted(turns, reverse=True)
    assert len(set(turns)) == 3
    assert report.left_out == 13 - (turns[-1] - 1)


def test_a_message_that_is_too_long_alone_is_told_after_one_try(models, question):
    models.fails = {"fake-1": engine.ContextTooLong()}
    with pytest.raises(engine.ContextTooLong):
        ask(question)
    assert len(models.asked) == 1


# ---- over the wire --------------------------------------------------------------------------------------
async def test_a_busy_model_is_followed_by_another(stage, live):
    """429 of the first; the page of the second's answer names both."""
    preferences = {"models": {"fallbacks": ["openai_compatible:fake-plain"]}}
    other = type(stage)(live, stage.model, sign_in_on(live, preferences=preferences))
    async with other.tab() as tab:
        chat = await tab.begin("Hello", "fake-e429")
        ((status, error, text),) = await other.settled(chat)
        assert (status, error) == ("succeeded", "")
        assert text
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            assert f"fake-plain answers in place of fake-e429. {BUSY}".replace("'", "&#x27;") in await response.text()


async def test_a_model_that_says_nothing_is_followed_by_another(stage, live):
    preferences = {"models": {"fallbacks": ["openai_compatible:fake-plain"]}}
    other = type(stage)(live, stage.model, sign_in_on(live, preferences=preferences))
    async with other.tab() as tab:
        chat = await tab.begin("Hello", "fake-n0-finish_content_filter")
        ((status, error, text),) = await other.settled(chat)
        assert (status, error, bool(text)) == ("succeeded", "", True)
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            assert "fake-plain answers in place of fake-n0-finish_content_filter." in await response.text()
