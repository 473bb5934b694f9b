"""What a reply stores of its cost is what its entries in the ledger add up to, however it ends."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents import catalog, engine
from agents.generation.reply import Reply
from agents.generation.report import Report
from agents.models import Run, UsageEntry
from agents.runs import lifecycle, log
from agents.runs.registry import Outcome
from agents.usage.meter import Round
from chats.actions import replies
from chats.models import Chat, Message
from tests import factories
from tests.chats.disk import again, call, only, play
from tests.chats.replies.test_kind import BUNDLED, GOOGLE, MILLION, MINI, NINETY, NOWHERE, OPENAI, PRO, UNLISTED
from tests.chats.replies.test_titles import name, titles  # noqa: F401  a fixture
from tests.chats.steps import PLAIN, send
from tests.factories import begin

pytestmark = pytest.mark.django_db

#: Statements that end a reply of one round and of many, its entries' among them.
ENDING = 8


def entries(run: Run | None = None) -> list[UsageEntry]:
    found = UsageEntry.objects.order_by("attempt", "number")
    return list(found.filter(run=run) if run else found)


def agrees(run: Run) -> bool:
    """Whether the run's cost is the sum of what was counted for it."""
    run.refresh_from_db()
    counted = UsageEntry.objects.filter(run=run, is_estimate=False)
    total = counted.aggregate(total=Sum("cost"))["total"]
    return run.cost == (None if total is None else round(total, 8))


def model_of(entry: UsageEntry) -> tuple[str, str]:
    return entry.provider, entry.model


# ---- while its process lives ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "rounds",
    [
        [Round(MINI, OPENAI, MILLION)],
        [Round(PRO, GOOGLE, NINETY)] * 3,
        [Round(PRO, GOOGLE, NINETY), Round(MINI, OPENAI, MILLION)],
        [Round(MINI, OPENAI, MILLION), Round(UNLISTED, NOWHERE, MILLION)],
        [Round(MINI, OPENAI, MILLION), Round(MINI, OPENAI, guess=NINETY)],
        [Round(UNLISTED, NOWHERE, MILLION)],
        [Round(BUNDLED, NOWHERE, MILLION)],
        [Round(replace(UNLISTED, input_price=Decimal(2), output_price=Decimal(3)), NOWHERE, NINETY)],
    ],
    ids=["one", "rounds", "a fallback", "one unknown", "one not counted", "unknown", "free", "the provider's price"],
)
def test_a_reply_costs_what_its_calls_do(chat, alice, answer, rounds):
    _, reply = send(chat, alice)
    answer(reply, usage=MILLION.as_dict(), report=Report(rounds=rounds))
    found = entries(reply.run)
    assert [model_of(entry) for entry in found] == [(one.model.provider, one.model.id) for one in rounds]
    assert [entry.is_estimate for entry in found] == [one.usage is None for one in rounds]
    assert {(entry.kind, entry.user, entry.team) for entry in found} == {("chat", alice, None)}
    assert agrees(reply.run)


def test_an_empty_answer_is_paid_beside_the_reply(chat, alice, answer):
    """The model behind it answered; the message tells what that one cost."""
    _, reply = send(chat, alice)
    rounds = [Round(MINI, OPENAI, MILLION, is_answer=False), Round(PRO, GOOGLE, NINETY)]
    answer(reply, report=Report(rounds=rounds))
    empty, said = entries(reply.run)
    reply.run.refresh_from_db()
    assert reply.run.cost == Decimal(reply.metadata["cost"]) == said.cost
    assert empty.cost == Decimal("0.15")


def test_each_attempt_has_its_calls(kind, model, chat, alice, sign_in, monkeypatch):
    monkeypatch.setattr(engine, "cost", lambda *asked: Decimal("0.25"))
    model.says = [[call("look", 1)], [call("erase", 1)]]
    _, reply = send(chat, alice)
    held = play(begin(reply.run_id, "here"))
    assert agrees(held.run)
    sign_in(alice).post(f"/app/approvals/{only(held).pk}/allow/")
    model.says = [[engine.Text("Done.")]]
    done = again(held)
    assert [(entry.attempt, entry.number) for entry in entries(done.run)] == [(1, 0), (1, 1), (2, 0)]
    assert agrees(done.run)
    assert done.run.cost == Decimal(done.metadata["cost"]) == Decimal("0.75")


def test_the_agent_that_answers_has_it_made(chat, alice, team, answer):
    agent = factories.agent(team=team)
    chat.team, chat.agent = team, agent
    chat.save()
    _, reply = send(chat, alice)
    answer(reply, report=Report(rounds=[Round(MINI, OPENAI, MILLION)]))
    (entry,) = entries(reply.run)
    assert (entry.user, entry.team, entry.agent) == (alice, team, agent)


def test_a_reply_that_was_deleted_meanwhile_was_paid(chat, alice):
    _, reply = send(chat, alice)
    work = begin(reply.run_id, "here")
    Chat.objects.filter(pk=chat.pk).delete()
    outcome = Outcome("stopped", Reply(str(reply.pk)), report=Report(rounds=[Round(MINI, OPENAI, MILLION)]))
    assert lifecycle.finish(work.run_id, work.attempt, outcome) == ""
    assert [entry.cost for entry in entries()] == [Decimal("0.15")]


def test_an_end_that_another_holder_wrote_adds_nothing(chat, alice, answer):
    _, reply = send(chat, alice)
    outcome = Outcome("succeeded", Reply(str(reply.pk)), report=Report(rounds=[Round(MINI, OPENAI, MILLION)]))
    answer(reply, report=Report(rounds=[Round(MINI, OPENAI, MILLION)]))
    with pytest.raises(lifecycle.Fenced):
        lifecycle.finish(reply.run_id, 1, outcome)
    assert len(entries()) == 1


@pytest.mark.parametrize("many", [1, 12])
def test_an_ending_takes_as_many_statements_for_any_number_of_calls(chat, alice, many):
    Chat.objects.filter(pk=chat.pk).update(metadata={"title_by": "model"})
    _, reply = send(chat, alice)
    work = begin(reply.run_id, "here")
    outcome = Outcome("succeeded", Reply(str(reply.pk)), report=Report(rounds=[Round(MINI, OPENAI, MILLION)] * many))
    with CaptureQueriesContext(connection) as seen:
        lifecycle.finish(work.run_id, work.attempt, outcome, [log.Entry(work.run_id, 1, 1, "end", {})])
    assert len(seen) == ENDING, [query["sql"][:60] for query in seen]


# ---- titles --------------------------------------------------------------------------------------------------
def test_a_title_is_paid_by_whoever_began_the_chat(chat, alice, team, titles):  # noqa: F811
    Chat.objects.filter(pk=chat.pk).update(team=team)
    factories.exchange(chat)
    titles.events = [engine.Text("A walk"), MILLION]
    assert name(chat) == "A walk in Bogor"
    (entry,) = entries()
    assert (entry.kind, entry.run, entry.user, entry.team, entry.agent) == ("title", None, alice, team, None)
    assert (entry.input_tokens, model_of(entry)) == (1_000_000, ("openai_compatible", "fake-plain"))


# ---- when it is gone -----------------------------------------------------------------------------------------
def dies(message: Message, *texts: str) -> None:
    """Let the run of a reply say this, and its process die; then end what is dead, twice."""
    work = begin(message.run_id, "there")
    for n, text in enumerate(texts, 1):
        said = [*(work.base if n == 1 else ()), {"type": "text", "text": text}]
        log.append([log.Entry(work.run_id, 1, n, "start" if n == 1 else "delta", {"deltas": said})])
    Run.objects.filter(pk=message.run_id).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert lifecycle.rescue() == [message.run_id]
    assert lifecycle.rescue() == []
    message.refresh_from_db()


def test_a_reply_whose_process_died_is_settled_by_its_log(chat, alice):
    _, reply = send(chat, alice, "How are you?")
    dies(reply, "w" * 30, "w" * 60)
    (entry,) = entries(reply.run)
    assert model_of(entry) == (chat.provider, chat.model)
    assert (entry.input_tokens, entry.output_tokens) == (engine.estimate("How are you?"), 30)
    assert (entry.is_estimate, entry.cost, entry.price_source) == (True, None, "unknown")
    assert agrees(reply.run)


def test_one_that_died_before_it_said_anything_is_not_known_to_have_asked(chat, alice):
    _, reply = send(chat, alice)
    dies(reply)
    assert entries() == []


def test_only_what_was_added_by_the_dead_process_is_settled(chat, alice, answer, monkeypatch):
    monkeypatch.setattr(catalog, "find", lambda reference, workspace: replace(PLAIN, can_continue=True))
    _, reply = send(chat, alice, "How are you?")
    answer(reply, "w" * 30, "interrupted", report=Report(rounds=[Round(MINI, OPENAI, MILLION)]))
    replies.continue_reply(message=reply, by=alice)
    dies(reply, "w" * 60)
    first, second = UsageEntry.objects.order_by("created_at", "id")
    assert (first.run == second.run, first.is_estimate, second.is_estimate) == (False, False, True)
    assert second.output_tokens == 20
    assert second.input_tokens == engine.estimate("How are you?") + 10


def test_a_key_s_model_is_priced_by_the_key_s_address(chat, alice):
    key = factories.api_key(alice)
    Chat.objects.filter(pk=chat.pk).update(provider="openai", model="gpt-4o-mini", api_key=key)
    chat.refresh_from_db()
    _, reply = send(chat, alice)
    Run.objects.filter(pk=reply.run_id).update(api_key=key, provider="openai", model="gpt-4o-mini")
    dies(reply, "w" * 30)
    (entry,) = entries()
    assert (entry.api_key, entry.is_estimate) == (key, True)
    assert entry.cost > 0
    reply.run.refresh_from_db()
    assert reply.run.cost is None, "an estimate is no figure for people"


def test_one_that_waits_and_is_stopped_asks_nothing_more(kind, model, chat, alice):
    model.says = [[engine.Text("First: "), call("erase", 1)]]
    _, reply = send(chat, alice)
    held = play(begin(reply.run_id, "here"))
    before = entries()
    assert lifecycle.request_stop(held.run)
    assert entries() == before
    assert len(before) == 1
