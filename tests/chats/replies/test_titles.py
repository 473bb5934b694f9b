"""Titles that models give: asked for after the first exchange, kept unless a person has given one."""

import contextlib
from dataclasses import replace
from types import SimpleNamespace

import pytest

from agents import catalog, engine
from agents.catalog import servers
from agents.models import UsageEntry, UsageKind
from chats.actions import housekeeping
from chats.models import Chat
from chats.replies import titles as naming
from chats.replies.titles import name_chat
from tests.factories import exchange, message, run

pytestmark = pytest.mark.django_db

MODEL = catalog.Model("openai_compatible", "fake-plain", "Fake", 8192, has_tokenizer=False, can_continue=False)
DEMO = catalog.Model("bundled", "smollm2", "SmolLM2", 2048, has_tokenizer=True, can_continue=True)


@pytest.fixture
def titles(monkeypatch):
    """What the model answers when it is asked for a title; gives the requests. Database work stays in this thread."""
    found = SimpleNamespace(answer=' "A walk in Bogor" ', asked=[], events=[])

    async def complete(ask, limits, sink):
        found.asked.append(ask)
        for event in found.events:
            sink(event)
        return found.answer

    async def here(function, *args):
        return function(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr("chats.replies.titles.in_thread", here)
    monkeypatch.setattr("agents.usage.meter.in_thread", here)
    monkeypatch.setattr(engine, "complete", complete)
    monkeypatch.setattr(servers, "models", lambda: [MODEL, DEMO])
    monkeypatch.setattr(servers, "endpoint", lambda provider: engine.Endpoint("openai", "http://127.0.0.1:1/v1"))
    return found


def name(chat) -> str:
    """Run the job; give the title."""
    coroutine = name_chat.func(str(chat.pk))
    with contextlib.suppress(StopIteration):
        coroutine.send(None)
    chat.refresh_from_db()
    return chat.title


def test_the_model_names_the_chat_from_the_first_exchange(chat, titles):
    exchange(chat, "Where shall we walk?", "In Bogor.")
    assert name(chat) == "A walk in Bogor"
    assert chat.metadata["title_by"] == "model"
    assert [turn.parts[0]["text"] for turn in titles.asked[0].turns][1] == "Where shall we walk?\n\nIn Bogor."


@pytest.mark.parametrize(
    ("thinks", "window", "asked"),
    [
        (False, 100_000, (naming.TITLE_TOKENS, None)),
        (None, 100_000, (naming.WITH_THOUGHT, "off")),
        (True, 100_000, (naming.WITH_THOUGHT, "off")),
        (True, 4096, (1024, "off")),
    ],
)
def test_a_model_is_asked_not_to_think_and_has_room_where_it_does(chat, titles, monkeypatch, thinks, window, asked):
    monkeypatch.setattr(servers, "models", lambda: [replace(MODEL, reasoning=thinks, context_window=window), DEMO])
    exchange(chat, "Where shall we walk?", "In Bogor.")

    name(chat)

    assert [(ask.max_tokens, ask.reasoning) for ask in titles.asked] == [asked]


def test_a_title_of_a_model_has_no_marks(chat, titles):
    exchange(chat)
    titles.answer = "**Title:** A walk in *Bogor*.\n\nIt fits."
    assert name(chat) == "A walk in Bogor"


def test_what_a_title_took_is_in_the_ledger_of_whoever_asked(chat, titles):
    exchange(chat)
    titles.events = [engine.Text("A walk"), engine.Usage(40, 6)]
    name(chat)
    entry = UsageEntry.objects.get(kind=UsageKind.TITLE)
    assert (entry.user, entry.input_tokens, entry.output_tokens) == (chat.user, 40, 6)


def fail(monkeypatch, error) -> list:
    """A model that fails each time; gives the requests."""
    asked = []

    async def failing(ask, _limits, _sink):
        asked.append(ask)
        raise error

    monkeypatch.setattr(engine, "complete", failing)
    return asked


@pytest.mark.parametrize("error", [engine.NothingWithinLength, engine.ThoughtOnly])
def test_a_model_that_gives_no_title_is_not_asked_again(chat, titles, monkeypatch, error):
    asked = fail(monkeypatch, error())
    exchange(chat)
    title = chat.title
    assert [name(chat), name(chat)] == [title, title]
    assert (chat.metadata["title_by"], len(asked)) == ("first_words", 1)


def test_a_model_that_refuses_is_asked_after_some_replies_more(chat, titles, monkeypatch):
    asked = fail(monkeypatch, engine.RateLimited("fake"))
    exchange(chat)
    for _reply in range(naming.TRIES + 2):
        name(chat)
    assert (chat.metadata["title_by"], len(asked)) == ("first_words", naming.TRIES)


def test_a_title_comes_after_a_refusal(chat, titles, monkeypatch):
    exchange(chat)
    with monkeypatch.context() as refused:
        fail(refused, engine.RateLimited("fake"))
        name(chat)
    assert name(chat) == "A walk in Bogor"


def test_a_temporary_chat_is_not_named(chat, titles):
    Chat.objects.filter(pk=chat.pk).update(is_temporary=True)
    exchange(chat)
    name(chat)
    assert titles.asked == []


def test_naming_is_no_activity(chat, titles):
    exchange(chat)
    chat.refresh_from_db()
    before = chat.updated_at
    name(chat)
    assert chat.updated_at == before


def test_a_title_of_a_person_is_not_replaced(chat, titles):
    housekeeping.rename(chat=chat, title="Mine")
    assert name(chat) == "Mine"
    assert titles.asked == []


def test_a_title_given_while_the_model_was_asked_wins(chat, titles, monkeypatch):
    async def complete(ask, limits, sink):
        housekeeping.rename(chat=Chat.objects.get(pk=chat.pk), title="Mine")
        return "Its own"

    monkeypatch.setattr(engine, "complete", complete)
    exchange(chat)
    assert name(chat) == "Mine"


def test_the_bundled_model_is_not_asked(chat, titles):
    Chat.objects.filter(pk=chat.pk).update(provider="bundled", model="smollm2", title="First words")
    assert name(chat) == "First words"
    assert titles.asked == []


@pytest.mark.parametrize("answer", ["", " \n ", '""'])
def test_an_empty_answer_leaves_the_first_words(chat, titles, answer):
    titles.answer = answer
    before = chat.title
    assert name(chat) == before
    assert chat.metadata["title_by"] == "first_words"


@pytest.mark.parametrize(
    ("about", "jobs_asked"),
    [
        ({"provider": "openai_compatible"}, 1),
        ({"provider": "bundled"}, 0),
        ({"provider": "openai_compatible", "is_temporary": True}, 0),
    ],
)
def test_a_title_is_asked_for_after_the_first_exchange(
    chat, alice, answer, monkeypatch, django_capture_on_commit_callbacks, about, jobs_asked
):
    deferred = []
    monkeypatch.setattr(name_chat, "defer", lambda **given: deferred.append(given))
    Chat.objects.filter(pk=chat.pk).update(**about)
    chat.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        asked = message(chat)
        answer(message(chat, "assistant", "", parent=asked, run=run(chat, lock_key="x")))
    assert deferred == [{"chat": str(chat.pk)}] * jobs_asked


def test_no_title_is_asked_for_after_a_failure(chat, answer, monkeypatch, django_capture_on_commit_callbacks):
    deferred = []
    monkeypatch.setattr(name_chat, "defer", lambda **given: deferred.append(given))
    with django_capture_on_commit_callbacks(execute=True):
        asked = message(chat)
        answer(message(chat, "assistant", "", parent=asked, run=run(chat, lock_key="x")), "", "failed")
    assert deferred == []
