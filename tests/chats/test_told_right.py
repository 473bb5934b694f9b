"""Of the models that were asked, the right one is named, blamed, paid and continued."""

import asyncio

import pytest

from agents import catalog, engine, errors, keys
from agents.catalog import Model, servers
from agents.definitions import agents
from agents.generation import context, generate
from agents.generation.reply import Reply
from agents.generation.report import Report
from agents.models import Agent, ApiKey, Run
from agents.runs import lifecycle
from agents.runs.registry import Outcome
from chats.actions import replies
from chats.messages import presenter
from chats.messages.permissions import reader
from chats.models import Chat, Message
from chats.replies import kind as replying
from chats.replies import mentions, preview, responder
from sambung.lib.ids import uuid7
from teams import profile
from teams.workspace import Workspace
from tests.chats.replies.test_responder import agent, key
from tests.chats.steps import PLAIN, send
from tests.factories import begin

pytestmark = pytest.mark.django_db

BUSY = engine.RateLimited()


@pytest.fixture(autouse=True)
def server(monkeypatch):
    monkeypatch.setattr(servers, "models", lambda: [PLAIN])
    monkeypatch.setattr(servers, "endpoint", lambda provider: engine.Endpoint("openai", "http://127.0.0.1:1/v1"))


@pytest.fixture
def keyed(chat, alice, workspace):
    """Alice's chat answers with o3 of her key."""
    made = key(user=alice)
    responder.set_model(chat=chat, model=catalog.parse(f"{made.pk}:o3", workspace))
    return made


def finish(work, status="succeeded", error=None, parts=("Well.",), report=None) -> Message:
    reply = Reply(work.subject_id, usage={"input_tokens": 1, "output_tokens": 1}, finish_reason="stop")
    reply.apply([{"type": "text", "text": text} for text in parts])
    lifecycle.finish(work.run_id, work.attempt, Outcome(status, reply, error, report=report))
    return Message.objects.select_related("run", "chat", "user").get(pk=work.subject_id)


def ask(work, monkeypatch, answers):
    """Ask by the order, each model answering as `answers` says: an error, or events; give the report, the failure."""

    async def reply(ask, sink, limits=None, pace=None):
        found = answers.pop(0)
        for event in found if isinstance(found, list) else ():
            if isinstance(event, Exception):
                raise event
            sink(event)
        if isinstance(found, Exception):
            raise found

    async def directly(*args, **named):
        return None

    async def reach(reference, workspace):
        if reference.model == "gone":
            raise catalog.Unavailable("provider_gone")
        named = {"api_key": reference.api_key, "key_label": "Key"}
        model = Model("openai", reference.model, reference.model.upper(), 8192, **named)
        return catalog.Reached(model, engine.Endpoint("openai", "http://127.0.0.1:1/v1"))

    monkeypatch.setattr(engine, "reply", reply)
    monkeypatch.setattr(catalog, "reach", reach)
    monkeypatch.setattr(generate, "in_thread", directly)
    report, failure = Report(), None
    try:
        asyncio.run(replying.ChatRuns().execute(work, lambda event: None, report, engine.Pace()))
    except engine.EngineError as error:
        failure = error
    return report, failure


def test_a_model_is_not_its_own_fallback(keyed, chat, alice):
    profile.set_preferences(alice, models={"fallbacks": [f"{keyed.pk}:o3"]})
    _, reply = send(chat, alice)
    assert len(begin(reply.run_id, "here").context.order) == 1


def test_what_cannot_be_reached_is_no_fault_of_the_key_before_it(keyed, chat, alice, monkeypatch):
    profile.set_preferences(alice, models={"fallbacks": [f"{uuid7()}:gone"]})
    _, reply = send(chat, alice)
    work = begin(reply.run_id, "here")
    report, failure = ask(work, monkeypatch, [BUSY])
    assert failure is BUSY, "what went wrong with a model that was asked says more"
    message = finish(work, "failed", errors.failure(failure), (), report)
    keyed.refresh_from_db()
    assert keyed.last_error_code == "", "noted when it was passed by, which this test leaves out"
    assert presenter.view(message, reader(chat, alice)).notices == (), "nobody answered in its place"


def test_limits_belong_to_the_key_that_told_them(keyed, chat, alice, monkeypatch):
    other = key("Other", user=alice)
    profile.set_preferences(alice, models={"fallbacks": [f"{other.pk}:o3"]})
    _, reply = send(chat, alice)
    work = begin(reply.run_id, "here")
    report, _ = ask(work, monkeypatch, [[engine.Allowance(0, 10, 0, 10), BUSY], [engine.Text("Yes.")]])
    message = finish(work, report=report)
    other.refresh_from_db()
    assert (other.limits, message.run.api_key) == ({}, other)
    (notice,) = presenter.view(message, reader(chat, alice)).notices
    assert notice.startswith("O3 answers in place of O3 (Key)."), "of two keys with one model the name tells which"


def test_our_own_refusal_says_nothing_of_a_key(keyed, chat, alice, monkeypatch):
    _, reply = send(chat, alice, "word " * 30_000)
    work = begin(reply.run_id, "here")
    report, failure = ask(work, monkeypatch, [])
    assert isinstance(failure, context.TooLong)
    finish(work, "failed", errors.failure(failure), (), report)
    keyed.refresh_from_db()
    assert (keyed.last_error_code, keyed.last_success_at) == ("", None)


def test_a_stop_before_any_answer_is_no_success_of_a_key(keyed, chat, alice):
    _, reply = send(chat, alice)
    finish(begin(reply.run_id, "here"), "stopped", parts=())
    keyed.refresh_from_db()
    assert keyed.last_success_at is None


def test_a_key_that_goes_while_its_reply_streams_costs_nothing_of_it(keyed, chat, alice):
    _, reply = send(chat, alice)
    work = begin(reply.run_id, "here")
    answered = Model("openai", "o3", "O3", 8192, api_key=keyed.pk)
    keys.delete(by=alice, key=ApiKey.objects.get(pk=keyed.pk))
    message = finish(work, report=Report(answered=answered))
    assert (message.run.status, message.content, message.run.api_key) == ("succeeded", "Well.", None)


def test_a_chat_whose_key_goes_has_no_model_of_another(keyed, chat, alice, workspace, monkeypatch):
    monkeypatch.setattr(servers, "models", lambda: [Model("openai", "o3", "O3", 8192)])
    keys.delete(by=alice, key=keyed)
    found = Chat.objects.get(pk=chat.pk)
    assert (found.api_key, found.provider, found.model) == (None, "", "")


def test_a_text_is_continued_by_the_model_that_began_it(chat, alice, workspace, monkeypatch):
    monkeypatch.setattr(servers, "models", lambda: [Model("openai_compatible", "fake-plain", "P", 8192, False, True)])
    made = key(user=alice)
    agent(alice, chat_model={"api_key": str(made.pk), "provider": "openai", "model": "o3"})
    _, reply = send(chat, alice, "@Pirate hello")
    assert reply.run.model == "o3"
    half = finish(begin(reply.run_id, "here"), "stopped", parts=("Half of",))
    continued = replies.continue_reply(message=half, by=alice)
    assert (continued.pk, continued.run.model, continued.run.api_key) == (half.pk, "o3", made)


def test_an_agent_that_is_no_longer_shared_does_not_answer(chat, alice, bob):
    shared = agent(bob, visibility="readonly")
    responder.set_agent(chat=chat, agent=shared, by=alice)
    _, reply = send(chat, alice)
    Agent.objects.update(visibility="private")
    run = Run.objects.get(pk=reply.run_id)
    assert replying.work(run, Message.objects.get(pk=reply.pk)).context.agent is None


def test_the_gauge_counts_by_the_agents_settings(chat, alice, workspace):
    model = Model("openai_compatible", "fake-plain", "Plain", 100_000)
    chosen = {"provider": "openai_compatible", "model": "fake-plain", "settings": {"max_tokens": 20_000}}
    found = agent(alice, chat_model=chosen)
    assert preview.gauge(model, chat, found, workspace).answer == 20_000


def test_rows_of_one_who_goes_become_nobody_elses(alice, bob, team):
    own, shared = key("Own", user=alice), key("Shared", user=alice, team=team)
    alice.delete()
    assert not ApiKey.objects.filter(pk=own.pk).exists(), "without an owner it would be the instance's"
    assert ApiKey.objects.get(pk=shared.pk).user is None


# ---- whom a message names ----------------------------------------------------------------------------------
def test_an_agent_that_was_taken_out_of_the_lists_is_not_called(alice, bob, workspace):
    found = agent(bob, name="Bot", visibility="readonly")
    assert mentions.agent("ask @bot please", workspace) == found
    agents.hide(by=alice, agent=found)
    assert mentions.agent("ask @bot please", workspace) is None


def test_of_two_with_one_name_the_nearest_answers(alice, bob, team):
    shared, own = agent(bob, name="Bot", visibility="readonly"), agent(alice, name="Bot")
    of_team = agent(None, team=team, name="Bot")
    newer = agent(bob, name="Bot", visibility="readonly")
    assert mentions.agent("@Bot", Workspace(alice, team)) == of_team
    assert mentions.agent("@Bot", Workspace(alice)) == own
    assert shared != newer


def test_an_address_calls_nobody_and_asks_nothing(workspace, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert mentions.agent("write to me@example.org", workspace) is None
