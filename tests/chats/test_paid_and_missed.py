"""Replies with tools: what their attempts cost together, and what is told of tools that were not to be had."""

from dataclasses import replace
from decimal import Decimal

import pytest

from agents import engine
from agents.catalog import servers
from chats import present
from chats.rights import reader
from tests.chats.test_actions import send
from tests.chats.test_waiting import again, call, kind, model, only, play  # noqa: F401  two fixtures
from tests.factories import begin

pytestmark = pytest.mark.django_db


def test_each_attempt_is_paid(kind, model, chat, alice, sign_in, monkeypatch):  # noqa: F811
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


def test_what_an_earlier_attempt_cost_stays_unknown(kind, model, chat, alice, sign_in, monkeypatch):  # noqa: F811
    prices = iter([None, Decimal("0.25")])
    monkeypatch.setattr(engine, "cost", lambda *asked: next(prices))
    model.says = [[call("erase", 1)]]
    _, reply = send(chat, alice)
    held = play(begin(reply.run_id, "here"))
    sign_in(alice).post(f"/app/approvals/{only(held).pk}/allow/")
    model.says = [[engine.Text("Done.")]]
    assert present.usage(again(held))["cost"] == "at least $0.250000"


def test_a_tool_that_is_gone_is_told_to_the_person_and_the_model(kind, model, chat, alice):  # noqa: F811
    chat.settings = {"tools": ["test:disk:look", "test:disk:burn"]}
    chat.save()
    model.says = [[engine.Text("I cannot burn it.")]]
    _, reply = send(chat, alice, "Burn it.")
    done = play(begin(reply.run_id, "here"))
    assert "Not used: burn. It is not here any more" in " ".join(present.view(done, reader(chat, alice)).notices)
    assert "- burn: It is not here any more" in model.asked[0].turns[0].text


def test_a_model_without_tools_is_told_and_so_is_the_person(kind, model, chat, alice, monkeypatch):  # noqa: F811
    blind = replace(servers.models()[0], tools=False)
    monkeypatch.setattr(servers, "models", lambda: [blind])
    model.says = [[engine.Text("I cannot.")]]
    _, reply = send(chat, alice, "@Look at it.")
    done = play(begin(reply.run_id, "here"))
    assert "This model cannot use tools" in " ".join(present.view(done, reader(chat, alice)).notices)
    assert "tools that you cannot use here" in model.asked[0].turns[0].text
    assert model.asked[0].tools == ()
