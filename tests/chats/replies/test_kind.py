"""What is kept beside a reply when its run has ended."""

from dataclasses import replace
from decimal import Decimal

import pytest

from agents import catalog, engine
from agents.catalog import Model
from agents.generation.report import Report
from agents.usage.meter import Round
from chats.actions import replies
from chats.messages import presenter
from tests.chats.steps import PLAIN, send

pytestmark = pytest.mark.django_db

USAGE = {"input_tokens": 1_000_000, "output_tokens": 0, "cached_tokens": 0, "reasoning_tokens": 0}
OPENAI, NOWHERE = "https://api.openai.com/v1", "http://127.0.0.1:9/v1"
GOOGLE = "https://generativelanguage.googleapis.com"
MINI, UNLISTED = Model("openai", "gpt-4o-mini", "Mini", 8192), Model("openai_compatible", "fake-plain", "Fake", 8192)
PRO, BUNDLED = Model("google", "gemini-2.5-pro", "Pro", 1_000_000), Model("bundled", "smollm2", "Smol", 8192)
MILLION, NINETY = engine.Usage(1_000_000, 0), engine.Usage(90_000, 1_000)


@pytest.fixture
def cost_of(chat, alice, answer):
    """End a reply of some rounds; give (cost of the run, what is told of it)."""

    def play(*rounds: Round) -> tuple:
        _, reply = send(chat, alice)
        answer(reply, usage=USAGE, report=Report(rounds=list(rounds)))
        reply.run.refresh_from_db()
        return reply.run.cost, presenter.usage(reply)["cost"]

    return play


def test_cost_by_the_price_list(cost_of):
    assert cost_of(Round(MINI, OPENAI, MILLION)) == (Decimal("0.15"), "$0.150000")


def test_each_round_is_priced_as_the_request_that_it_was(cost_of):
    """A longer one has another price: added up before, these three would cost $0.72."""
    assert cost_of(*[Round(PRO, GOOGLE, NINETY)] * 3) == (Decimal("0.3675"), "$0.367500")


def test_each_part_is_priced_by_the_model_that_said_it(cost_of):
    stored, _ = cost_of(Round(PRO, GOOGLE, NINETY), Round(MINI, OPENAI, MILLION), Round(BUNDLED, NOWHERE, MILLION))
    assert stored == Decimal("0.1225") + Decimal("0.15")


def test_a_price_that_the_server_told_counts_where_nobody_lists_it(cost_of):
    told = replace(UNLISTED, input_price=Decimal(2), output_price=Decimal(3))
    assert cost_of(Round(told, NOWHERE, NINETY))[0] == Decimal("0.183")


@pytest.mark.parametrize(
    "rounds",
    [
        [Round(UNLISTED, NOWHERE, MILLION)],
        [Round(MINI, OPENAI)],
        [Round(MINI, OPENAI, engine.Usage.of(10, 5, 60))],
        [Round(replace(UNLISTED, input_price=Decimal(10**9), output_price=Decimal(0)), NOWHERE, MILLION)],
        [Round(BUNDLED, NOWHERE, MILLION), Round(UNLISTED, NOWHERE, MILLION)],
        [],
    ],
    ids=["nobody lists it", "nobody counted", "it does not add up", "no such price", "at least nothing", "not asked"],
)
def test_cost_that_is_not_known(cost_of, rounds):
    assert cost_of(*rounds) == (None, None)


@pytest.mark.parametrize("other", [Round(UNLISTED, NOWHERE, MILLION), Round(MINI, OPENAI)])
def test_a_part_of_the_cost_does_not_look_whole(cost_of, other):
    assert cost_of(Round(MINI, OPENAI, MILLION), other) == (Decimal("0.15"), "at least $0.150000")


def test_the_bundled_model_costs_nothing(cost_of):
    assert cost_of(Round(BUNDLED, NOWHERE)) == (0, "free")


def test_a_sum_that_no_row_can_hold_is_not_known(cost_of):
    dear = replace(UNLISTED, input_price=Decimal(9_999), output_price=Decimal(0))
    assert cost_of(*[Round(dear, NOWHERE, MILLION)] * 101) == (None, None)


def test_both_stretches_of_a_continued_reply_are_paid(chat, alice, answer, monkeypatch):
    monkeypatch.setattr(catalog, "find", lambda reference, workspace: replace(PLAIN, can_continue=True))
    _, reply = send(chat, alice)
    told = []
    for text, status, rounds in (
        ("one ", "interrupted", [Round(MINI, OPENAI, MILLION)]),
        ("two ", "interrupted", [Round(MINI, OPENAI, MILLION)]),
        ("three ", "interrupted", [Round(UNLISTED, NOWHERE, MILLION)]),
        ("four", "succeeded", [Round(MINI, OPENAI, MILLION)]),
    ):
        if told:
            replies.continue_reply(message=reply, by=alice)
        answer(reply, text, status, usage=USAGE, report=Report(rounds=rounds))
        told.append(presenter.usage(reply)["cost"])
    assert told == ["$0.150000", "$0.300000", "at least $0.300000", "at least $0.450000"]


def test_a_reply_whose_process_died_costs_at_least_what_is_known(chat, alice, answer, monkeypatch):
    monkeypatch.setattr(catalog, "find", lambda reference, workspace: replace(PLAIN, can_continue=True))
    _, reply = send(chat, alice)
    answer(reply, "one ", "interrupted", usage=USAGE, report=Report(rounds=[Round(MINI, OPENAI, MILLION)]))
    replies.continue_reply(message=reply, by=alice)
    answer(reply, "two", "interrupted")
    assert presenter.usage(reply)["cost"] == "at least $0.150000"


def test_what_is_kept_of_a_reply(chat, alice, answer):
    _, reply = send(chat, alice)
    answer(reply, usage=USAGE, finish_reason="length", seconds=1.5, first_token_seconds=0.2, report=Report(left_out=2))
    assert reply.metadata | {"left_out": 2, "first_token_seconds": 0.2} == reply.metadata
    assert (reply.metadata["finish_reason"], reply.metadata["seconds"]) == ("length", 1.5)
    assert reply.metadata["usage"] == USAGE
    assert reply.run.usage == USAGE


def test_a_continued_reply_took_both_stretches(chat, alice, answer, monkeypatch):
    monkeypatch.setattr(catalog, "find", lambda reference, workspace: replace(PLAIN, can_continue=True))
    usage = {"input_tokens": 10, "output_tokens": 3, "cached_tokens": 0, "reasoning_tokens": 0}
    _, reply = send(chat, alice)
    answer(reply, "one ", "interrupted", usage=usage, seconds=1.5, first_token_seconds=0.2)
    replies.continue_reply(message=reply, by=alice)
    answer(reply, "two", usage=usage, seconds=2.0, first_token_seconds=0.9)
    assert reply.content == "one two"
    assert reply.metadata["usage"] == {name: 2 * count for name, count in usage.items()}
    assert (reply.metadata["seconds"], reply.metadata["first_token_seconds"]) == (3.5, 0.2)
