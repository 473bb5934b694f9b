"""Replies with tools: what their attempts cost together, and what is told of tools that were not to be had."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from agents import engine
from agents.catalog import servers
from chats.messages import presenter
from chats.messages.permissions import reader
from sambung.lib.failures import Failure
from tests.chats.disk import again, call, only, play
from tests.chats.steps import send
from tests.factories import begin, message
from tests.indonesian import indonesian  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


def test_each_attempt_is_paid(kind, model, chat, alice, sign_in, monkeypatch):
    monkeypatch.setattr(engine, "cost", lambda *asked: Decimal("0.25"))
    model.says = [[call("erase", 1)]]
    _, reply = send(chat, alice)
    held = play(begin(reply.run_id, "here"))
    assert (held.run.cost, "cost" in held.metadata) == (Decimal("0.25"), False)

    sign_in(alice).post(f"/app/approvals/{only(held).pk}/allow/")
    model.says = [[engine.Text("Done.")]]
    done = again(held)

    assert done.run.cost == Decimal(done.metadata["cost"]) == Decimal("0.5")
    assert "cost_is_partial" not in done.metadata


def test_what_an_earlier_attempt_cost_stays_unknown(kind, model, chat, alice, sign_in, monkeypatch):
    prices = iter([None, Decimal("0.25")])
    monkeypatch.setattr(engine, "cost", lambda *asked: next(prices))
    model.says = [[call("erase", 1)]]
    _, reply = send(chat, alice)
    held = play(begin(reply.run_id, "here"))
    sign_in(alice).post(f"/app/approvals/{only(held).pk}/allow/")
    model.says = [[engine.Text("Done.")]]
    assert presenter.usage(again(held))["cost"] == "at least $0.250000"


def test_a_tool_that_is_gone_is_told_to_the_person_and_the_model(kind, model, chat, alice):
    chat.settings = {"tools": ["test:disk:look", "test:disk:burn"]}
    chat.save()
    model.says = [[engine.Text("I cannot burn it.")]]
    _, reply = send(chat, alice, "Burn it.")
    done = play(begin(reply.run_id, "here"))
    assert "Not used: burn. It is not here any more" in " ".join(presenter.view(done, reader(chat, alice)).notices)
    assert "- burn: It is not here any more" in model.asked[0].turns[0].text
    assert done.metadata["tools_missing"] == [{"title": "burn", "code": "tool_gone", "params": {}}]


@pytest.mark.usefixtures("indonesian")
def test_why_a_tool_was_missing_is_told_in_the_readers_language(chat, alice):
    missing = [{"title": "burn", "code": "tool_gone", "params": {}}]
    done = message(chat, "assistant", "Done.", metadata={"model": "m", "tools_missing": missing})
    with translation.override("id"):
        (told,) = presenter.view(done, reader(chat, alice)).notices
        why = Failure("tool_gone").sentence
    assert told.endswith(f"burn. {why}") and why != Failure("tool_gone").english


def test_a_model_without_tools_is_told_and_so_is_the_person(kind, model, chat, alice, monkeypatch):
    blind = replace(servers.models()[0], tools=False)
    monkeypatch.setattr(servers, "models", lambda: [blind])
    model.says = [[engine.Text("I cannot.")]]
    _, reply = send(chat, alice, "@Look at it.")
    done = play(begin(reply.run_id, "here"))
    assert "This model cannot use tools" in " ".join(presenter.view(done, reader(chat, alice)).notices)
    assert "tools that you cannot use here" in model.asked[0].turns[0].text
    assert model.asked[0].tools == ()
