"""What is kept beside a reply when its run has ended."""

from dataclasses import replace
from decimal import Decimal

import pytest

from agents import catalog, engine
from agents.catalog import servers
from chats import actions
from chats.models import Chat
from tests.chats.test_actions import PLAIN, send

pytestmark = pytest.mark.django_db

USAGE = {"input_tokens": 1_000_000, "output_tokens": 0, "cached_tokens": 0, "reasoning_tokens": 0}


@pytest.fixture
def cost_of(chat, alice, answer, monkeypatch):
    """Answer with some usage over an endpoint; give (cost of the run, cost beside the message)."""

    def play(base_url: str, model: str, usage: dict = USAGE, provider: str = "openai"):
        monkeypatch.setattr(servers, "endpoint", lambda name: engine.Endpoint("openai", base_url))
        Chat.objects.filter(pk=chat.pk).update(provider=provider, model=model)
        _, reply = send(chat, alice)
        answer(reply, usage=usage)
        reply.run.refresh_from_db()
        return reply.run.cost, reply.metadata.get("cost")

    return play


def test_cost_by_the_price_list(cost_of):
    stored, shown = cost_of("https://api.openai.com/v1", "gpt-4o-mini")
    assert stored == Decimal(shown) == Decimal("0.15")


def test_cost_of_a_server_that_nobody_lists_is_not_known(cost_of):
    assert cost_of("http://127.0.0.1:9/v1", "fake-plain", provider="openai_compatible") == (None, None)


def test_cost_without_usage_is_not_known(cost_of):
    assert cost_of("https://api.openai.com/v1", "gpt-4o-mini", usage={}) == (None, None)


def test_the_bundled_model_costs_nothing(cost_of):
    stored, shown = cost_of("http://127.0.0.1:9/v1", "smollm2", provider="bundled")
    assert (stored, Decimal(shown)) == (0, 0)


def test_what_is_kept_of_a_reply(chat, alice, answer):
    _, reply = send(chat, alice)
    notes = {"left_out": 2, "first_token_seconds": 0.2}
    answer(reply, usage=USAGE, finish_reason="length", seconds=1.5, notes=notes)
    assert reply.metadata | notes == reply.metadata
    assert (reply.metadata["finish_reason"], reply.metadata["seconds"]) == ("length", 1.5)
    assert reply.metadata["usage"] == USAGE
    assert reply.run.usage == USAGE


def test_a_continued_reply_took_both_stretches(chat, alice, answer, monkeypatch):
    monkeypatch.setattr(catalog, "find", lambda reference, workspace: replace(PLAIN, can_continue=True))
    usage = {"input_tokens": 10, "output_tokens": 3, "cached_tokens": 0, "reasoning_tokens": 0}
    _, reply = send(chat, alice)
    answer(reply, "one ", "interrupted", usage=usage, seconds=1.5, notes={"first_token_seconds": 0.2})
    actions.continue_reply(message=reply, by=alice)
    answer(reply, "two", usage=usage, seconds=2.0, notes={"first_token_seconds": 0.9})
    assert reply.content == "one two"
    assert reply.metadata["usage"] == {name: 2 * count for name, count in usage.items()}
    assert (reply.metadata["seconds"], reply.metadata["first_token_seconds"]) == (3.5, 0.2)
