"""Counting tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import engine
from tests.agents.engine.conftest import Wire


async def test_the_servers_tokenizer(wire: Wire):
    assert await engine.count_tokens(wire.endpoint, "m", ["one two", "", "one two", "é!"]) == [3, 0, 3, 2]


async def test_counts_are_kept_per_model(wire: Wire, monkeypatch):
    await engine.count_tokens(wire.endpoint, "kept", ["a b c"])

    async def nothing(*_):
        raise engine.ConnectFailed

    monkeypatch.setattr("agents.engine.tokens.request", nothing)

    assert await engine.count_tokens(wire.endpoint, "kept", ["a b c"]) == [5]
    with pytest.raises(engine.ConnectFailed):
        await engine.count_tokens(wire.endpoint, "another", ["a b c"])


async def test_a_server_without_one(wire: Wire):
    with pytest.raises(engine.EngineError):
        await engine.count_tokens(engine.Endpoint("openai", f"{wire.url}/x/v1", "", True), "m", ["new text"])


@given(st.text())
def test_the_bound_is_the_bytes(text):
    assert engine.upper_bound(text) == len(text.encode("utf-8", "replace")) + 1


def test_the_bound_of_a_broken_character():
    assert engine.upper_bound("\ud800") == 2
