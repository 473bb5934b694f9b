"""Calls that are still being written: people read the text as it comes, and the call takes its place."""

import pytest

from agents import engine
from agents.generation.loop import Conversation, Gate
from agents.generation.reply import Reply
from agents.tools import Bound, Caller, Tool

ABOUT = {"toolCallId": "c1", "tool": "test:x:write", "title": "Write", "field": "content"}


def writing(text: str, *, is_first: bool = False) -> engine.Writing:
    return engine.Writing(0, "write", text, is_first, ABOUT)


@pytest.fixture
def reply() -> Reply:
    return Reply("p")


def tick(reply: Reply, *events) -> list[dict]:
    for event in events:
        reply.take(event)
    return reply.apply(reply.cut())


def test_the_text_comes_piece_by_piece(reply):
    (first,) = tick(reply, writing('{"title": "<Plan>", "content": "Buy', is_first=True))
    assert first["part"] == "writing-c1"
    assert 'data-about="&lt;Plan&gt;"' in first["html"]
    assert "\nBuy</pre>" in first["html"]
    assert tick(reply, writing(" cof"), writing("fee\\n``")) == [
        {"part": "writing-c1", "type": "writing", "text": " coffee\n``"}
    ]
    assert "Buy coffee\n``</pre>" in reply.html
    assert reply.parts == []


def test_the_whole_call_takes_its_place(reply):
    tick(reply, writing('{"content": "Buy', is_first=True))
    gone, card = tick(reply, engine.ToolCall("c1", "write", {"content": "Buy"}))[::-1]
    assert gone == {"part": "writing-c1", "type": "tool", "html": ""}
    assert 'data-part="0"' in card["html"]
    assert (reply.drafts, len(reply.parts)) == ({}, 1)


def test_another_try_begins_it_anew(reply):
    tick(reply, writing('{"content": "Buy', is_first=True))
    (shown,) = tick(reply, writing('{"content": "Sell', is_first=True))
    assert "\nSell</pre>" in shown["html"]


def test_an_end_without_the_call_has_what_came(reply):
    tick(reply, writing('{"content": "Buy', is_first=True))
    reply.take(writing(" cof"))
    ended = reply.followed_by(reply.cut())
    assert ended.drafts["c1"].args == {"content": "Buy cof"}
    assert reply.drafts["c1"].args == {"content": "Buy"}


def _tool(field: str = "content") -> Tool:
    return Tool("test", "x", "write", "Write", "Writes.", {"type": "object"}, field=field)


@pytest.mark.parametrize(
    ("field", "is_manual", "is_told"), [("content", False, True), ("", False, False), ("content", True, False)]
)
def test_it_is_told_where_the_tool_says_so_and_nobody_decides_first(field, is_manual, is_told):
    heard: list = []
    talk = Conversation((), Bound({"write": _tool(field)}), lambda: Caller(None), Gate(is_manual), heard.append)
    talk.hear(engine.Writing(0, "write", "{", True))
    talk.hear(engine.ToolCall("same", "write", {}))
    assert isinstance(heard[0], engine.Writing) == is_told
    if is_told:
        assert heard[0].about["toolCallId"] == heard[-1].id
