"""The meter: which calls of a model are one, what is noted of them, and how they are stored."""

import asyncio
import contextlib
from dataclasses import replace
from decimal import Decimal

import pytest

from agents import catalog, engine
from agents.catalog import Model, Reached
from agents.models import ApiKey, UsageEntry, UsageKind
from agents.usage import meter
from agents.usage.meter import Charge, Payer, Round
from agents.usage.prices import PROVIDER, Price
from tests import factories

OPENAI = engine.Endpoint("openai", "https://api.openai.com/v1", provider="openai")
MINI = Model("openai", "gpt-4o-mini", "Mini", 8192)
ASK = engine.Ask(OPENAI, "gpt-4o-mini", (engine.Turn.of("user", "Hello there, how are you?"),))
COUNTED = engine.Usage(1000, 50, cached_tokens=200, reasoning_tokens=10)
READ = engine.estimate("Hello there, how are you?")


def refused(error: engine.EngineError) -> engine.EngineError:
    error.refusal = engine.errors.Refusal(None, "No.")
    return error


def empty(usage: engine.Usage | None) -> engine.EngineError:
    error = engine.EmptyReply()
    error.usage = usage
    return error


def played(monkeypatch, *events) -> tuple[list[Round], list]:
    """Ask a model that hands over these events, or fails with them; give the rounds, and what was handed on."""

    async def reply(ask, sink, limits, pace):
        for event in events:
            if isinstance(event, BaseException):
                raise event
            sink(event)

    monkeypatch.setattr(engine, "reply", reply)
    rounds, heard = [], []
    with contextlib.suppress(engine.EngineError, asyncio.CancelledError):
        asyncio.run(meter.reply(rounds, MINI, ASK, heard.append, engine.Limits(), engine.Pace()))
    return rounds, heard


# ---- what is a call ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "events",
    [
        [engine.ConnectFailed()],
        [refused(engine.RateLimited())],
        [engine.Accepted(), refused(engine.UpstreamError())],
        [engine.Learned("tools", engine.Manners()), engine.ConnectFailed()],
    ],
    ids=["not reached", "refused", "refused inside a 200", "not reached at last"],
)
def test_what_was_refused_or_not_reached_is_none(monkeypatch, events):
    assert played(monkeypatch, *events)[0] == []


def test_a_call_that_was_counted(monkeypatch):
    events = [engine.Text("Well."), COUNTED, engine.Finish("stop")]
    rounds, heard = played(monkeypatch, engine.Accepted(), *events)
    assert [(one.model, one.base_url, one.usage, one.is_answer) for one in rounds] == [
        (MINI, OPENAI.base_url, COUNTED, True)
    ]
    assert heard == events


@pytest.mark.parametrize(
    ("events", "output", "is_answer"),
    [
        ([engine.Accepted(), engine.TimedOut("first token")], 0, False),
        ([engine.Accepted(), asyncio.CancelledError()], 0, False),
        ([engine.Accepted(), empty(None)], 0, False),
        ([engine.Accepted(), engine.Text("w" * 30), engine.CutOff()], 10, True),
        ([engine.Reasoning("é" * 30), asyncio.CancelledError()], 20, True),
        ([engine.Text("w" * 30), refused(engine.UpstreamError())], 10, True),
        ([engine.ToolCall("1", "add", {"a": 1}), engine.Finish("tool_calls")], 4, True),
    ],
    ids=["silent", "stopped", "empty", "cut off", "stopped half-way", "failed half-way", "not counted"],
)
def test_what_was_taken_and_not_counted_is_an_estimate(monkeypatch, events, output, is_answer):
    (one,) = played(monkeypatch, *events)[0]
    assert (one.usage, one.guess, one.is_answer) == (None, engine.Usage(READ, output), is_answer)
    assert meter.charges([one])[0].is_estimate


def test_an_empty_answer_that_was_counted_is_paid_and_part_of_no_reply(monkeypatch):
    (one,) = played(monkeypatch, engine.Accepted(), empty(COUNTED))[0]
    assert (one.usage, one.is_answer) == (COUNTED, False)
    made = meter.charges([one])
    assert made[0].price.amount > 0
    assert meter.cost(made).known is None


def test_tools_that_go_along_are_read(monkeypatch):
    tool = engine.Tool("add", "Adds. " * 50, {"type": "object"})
    monkeypatch.setattr("tests.agents.usage.test_meter.ASK", replace(ASK, tools=(tool,)))
    (one,) = played(monkeypatch, engine.Accepted(), asyncio.CancelledError())[0]
    assert one.guess.input_tokens > READ + 100


# ---- stored --------------------------------------------------------------------------------------------------
@pytest.fixture
def run(chat):
    return factories.run(chat, attempt=1)


def charge(amount: str | None = "0.25", **fields) -> Charge:
    price = Price() if amount is None else Price(Decimal(amount), PROVIDER)
    return Charge(Round(replace(MINI, **fields), OPENAI.base_url, COUNTED), price)


def test_each_call_is_a_row(run, alice, team):
    agent, key = factories.agent(team=team), factories.api_key(alice)
    calls = [charge(api_key=key.pk), charge(None, provider="groq", id="llama")]
    meter.record(calls, UsageKind.CHAT, Payer(alice.pk, team.pk, agent.pk), run)
    first, second = UsageEntry.objects.order_by("number")
    assert (first.run, first.attempt, first.kind, first.user, first.team, first.agent) == (
        *(run, 1, "chat"),
        *(alice, team, agent),
    )
    assert (first.api_key, first.provider, first.model) == (key, "openai", "gpt-4o-mini")
    assert (first.input_tokens, first.cached_tokens, first.cache_write_tokens) == (1000, 200, 0)
    assert (first.output_tokens, first.reasoning_tokens, first.is_estimate) == (50, 10, False)
    assert (first.cost, first.price_source) == (Decimal("0.25"), "provider")
    assert (second.number, second.api_key, second.provider, second.model) == (1, None, "groq", "llama")
    assert (second.cost, second.price_source) == (None, "unknown")


def test_an_attempt_is_stored_once(run, alice):
    for _ in range(2):
        meter.record([charge(), charge()], UsageKind.CHAT, Payer(alice.pk), run)
    assert UsageEntry.objects.count() == 2
    run.attempt = 2
    meter.record([charge()], UsageKind.CHAT, Payer(alice.pk), run)
    assert UsageEntry.objects.count() == 3


def test_any_number_of_calls_is_one_statement(run, django_assert_num_queries):
    with django_assert_num_queries(1):
        meter.record([charge()] * 20, UsageKind.CHAT, Payer(), run)
    with django_assert_num_queries(0):
        meter.record([], UsageKind.CHAT, Payer(), run)
    assert UsageEntry.objects.count() == 20


def test_what_was_deleted_meanwhile_is_null(run, alice):
    key, agent = factories.api_key(alice), factories.agent(alice)
    gone = Payer(alice.pk, None, agent.pk)
    used = charge(api_key=key.pk)
    ApiKey.objects.all().delete()
    agent.delete()
    meter.record([used], UsageKind.CHAT, gone, run)
    entry = UsageEntry.objects.get()
    assert (entry.user, entry.agent, entry.api_key) == (alice, None, None)


# ---- outside of runs ------------------------------------------------------------------------------------------
def completed(monkeypatch, *events) -> str:
    """Ask for one text, with database work in this thread."""

    async def reply(ask, sink, limits=None, pace=None):
        for event in events:
            if isinstance(event, BaseException):
                raise event
            sink(event)

    async def here(function, *args):
        return function(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr("agents.engine.asking.reply", reply)
    monkeypatch.setattr(meter, "in_thread", here)
    monkeypatch.setattr(catalog, "in_thread", here)
    asked = meter.complete(Reached(MINI, OPENAI), ASK, UsageKind.TITLE, Payer())
    try:
        asked.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")


@pytest.mark.django_db
def test_a_text_that_is_asked_for_is_paid(monkeypatch):
    assert completed(monkeypatch, engine.Text("A walk"), COUNTED, engine.Finish("stop")) == "A walk"
    entry = UsageEntry.objects.get()
    assert (entry.run, entry.kind, entry.input_tokens, entry.is_estimate) == (None, "title", 1000, False)
    assert entry.price_source.startswith("genai-prices ")
    assert 0 < entry.cost < 1


@pytest.mark.django_db
def test_one_that_fails_half_way_is_paid_too(monkeypatch):
    with pytest.raises(engine.CutOff):
        completed(monkeypatch, engine.Text("w" * 30), engine.CutOff())
    entry = UsageEntry.objects.get()
    assert (entry.input_tokens, entry.output_tokens, entry.is_estimate) == (READ, 10, True)


@pytest.mark.django_db
def test_one_that_was_refused_has_no_row(monkeypatch):
    with pytest.raises(engine.RateLimited):
        completed(monkeypatch, refused(engine.RateLimited()))
    assert not UsageEntry.objects.exists()


def test_what_a_model_does_not_take_is_remembered(monkeypatch):
    kept = []
    monkeypatch.setattr("agents.learned.keep", lambda *given: kept.append(given))
    lesson = engine.Learned("max_tokens", engine.Manners())
    with pytest.raises(engine.ConnectFailed):
        completed(monkeypatch, lesson, engine.ConnectFailed())
    assert kept == [(None, "openai", "gpt-4o-mini", [lesson])]


# ---- vectors --------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("usage", [engine.Usage(70, 0), None])
def test_vectors_are_paid_batch_by_batch(monkeypatch, alice, usage):
    batches = []

    async def embed(endpoint, model, texts, *, is_query):
        batches.append(len(texts))
        return engine.Embedded([[1.0]] * len(texts), usage)

    async def here(function, *args):
        return function(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(engine, "embed", embed)
    monkeypatch.setattr(meter, "in_thread", here)
    asked = meter.embed(Reached(MINI, OPENAI), ["text"] * (engine.BATCH + 6), Payer(alice.pk))
    with pytest.raises(StopIteration) as done:
        asked.send(None)
    assert len(done.value.value) == sum(batches) == engine.BATCH + 6
    entries = UsageEntry.objects.order_by("number")
    assert [(one.kind, one.user, one.is_estimate) for one in entries] == [("embedding", alice, usage is None)] * 2
    read = [70, 70] if usage else [engine.estimate("text") * n for n in batches]
    assert [one.input_tokens for one in entries] == read
