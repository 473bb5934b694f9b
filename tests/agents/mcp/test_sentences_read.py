"""Sentences of MCP servers and tools, as they were kept before codes, are read once."""

from importlib import import_module

import pytest

from agents.migrations import _tool_sentences
from agents.models import McpServer
from sambung.lib import failures

PARAMS = {"detail": "50% done: no", "status": 502, "seconds": 7, "place": "https://a", "reference": "#/a b"}
#: Said in other words since.
REWORDED = {"mcp_no_registration"}
MOVED = import_module("agents.migrations.0009_servers_fail_with_codes")


@pytest.mark.parametrize("code", _tool_sentences.SENTENCES)
def test_a_sentence_is_read_and_comes_back(code):
    old = _tool_sentences.SENTENCES[code] % PARAMS
    found = _tool_sentences.read(old)
    assert found["code"] == code
    assert _tool_sentences.written(found) == old
    assert (failures.read(found).english == old) is (code not in REWORDED)


@pytest.mark.parametrize("code", _tool_sentences.IN_INDONESIAN)
def test_what_was_kept_in_indonesian_is_read(code):
    assert _tool_sentences.read(_tool_sentences.IN_INDONESIAN[code]) == {"code": code, "params": {}}


@pytest.mark.parametrize(
    ("old", "code"),
    [
        ("Something that nobody knows, 50%.", "other"),
        ("This is no address. It reads like https://api.example.org/v1.", "no_address"),
    ],
)
def test_what_else_was_kept_stays(old, code):
    found = _tool_sentences.read(old)
    assert (found["code"], failures.read(found).english, _tool_sentences.written(found)) == (code, old, old)


@pytest.mark.django_db
def test_problems_in_lists_are_read_once_and_come_back(alice):
    config = {"transport": "sse", "url": "https://a.example.org/"}
    old = [{"name": "a", "problem": "It has no name."}, {"name": "b", "problem": ""}, {"name": "c"}]
    server = McpServer.objects.create(user=alice, name="x", config=config, tool_cache=old, prompt_cache=old[:1])
    new = [
        {"name": "a", "problem": {"code": "mcp_nameless", "params": {}}},
        {"name": "b", "problem": {}},
        {"name": "c"},
    ]
    for _twice in range(2):
        MOVED._change_lists(server, str, MOVED._code)
        assert (server.tool_cache, server.prompt_cache) == (new, new[:1])
    MOVED._change_lists(server, dict, MOVED._sentence)
    assert (server.tool_cache, server.prompt_cache) == (old, old[:1])
