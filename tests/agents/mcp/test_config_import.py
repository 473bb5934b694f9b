"""Pasted JSON: the usual forms, and what is never run or filled in. C39, class 12."""

import json

import pytest

from agents.mcp.config_import import Unreadable, parsed
from sambung.lib.failures import Failure

ONE = {"url": "https://mcp.example.org/mcp"}


@pytest.mark.parametrize(
    "given",
    [
        {"mcpServers": {"notes": ONE}},
        {"servers": {"notes": ONE}},
        {"mcp": {"servers": {"notes": ONE}}},
        {"notes": ONE},
        {"name": "notes", **ONE},
    ],
)
def test_the_usual_forms(given):
    (found,) = parsed(json.dumps(given))
    assert (found.name, found.transport, found.url, found.problem) == ("notes", "streamable-http", ONE["url"], None)


@pytest.mark.parametrize(
    ("entry", "transport"),
    [
        ({"type": "http"}, "streamable-http"),
        ({"transport": "streamable-http"}, "streamable-http"),
        ({"type": "sse"}, "sse"),
        ({"url": "https://mcp.example.org/sse"}, "sse"),
    ],
)
def test_transports(entry, transport):
    assert parsed(json.dumps({"a": ONE | entry}))[0].transport == transport


@pytest.mark.parametrize(
    "entry",
    [
        {"command": "sh"},
        {"args": ["-c", "id"], **ONE},
        {"env": {"LD_PRELOAD": "x"}, **ONE},
        {"cwd": "/", **ONE},
        {"type": "stdio"},
        {"type": "STDIO", **ONE},
    ],
)
def test_nothing_is_started(entry):
    assert parsed(json.dumps({"mcpServers": {"x": entry}}))[0].problem.code == "mcp_paste_program"


@pytest.mark.parametrize("place", ["${SECRET_KEY}", "{env:SECRET_KEY}", "$SECRET_KEY", "%SECRET_KEY%", "${input:key}"])
def test_nothing_is_filled_in(place, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "ours")
    (found,) = parsed(json.dumps({"x": ONE | {"headers": {"Authorization": f"Bearer {place}"}}}))
    assert found.headers == {"Authorization": f"Bearer {place}"}
    assert found.notice == Failure("mcp_paste_literal", {"place": place})


@pytest.mark.parametrize(
    "entry", [None, [], "x", {}, {"url": 3}, {"url": "u", "type": "carrier-pigeon"}, ONE | {"headers": {"a": 1}}]
)
def test_what_cannot_be_made_says_why(entry):
    assert parsed(json.dumps({"mcpServers": {"x": entry}}))[0].problem


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"mcpServers": {}}', "[" * 5000, " " * 100_001])
def test_what_holds_no_servers(text):
    with pytest.raises(Unreadable):
        parsed(text)


def test_too_many_at_once():
    with pytest.raises(Unreadable):
        parsed(json.dumps({"mcpServers": {f"s{n}": ONE for n in range(51)}}))
