"""The tap by itself: bytes in, events out, whatever the cuts."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.errors import Garbled, TooLong
from agents.engine.tap import Reported, Tap
from agents.engine.values import Limits, Reasoning, Reconsidered, Text, ToolCall


def chunk(**delta) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": delta}]}, ensure_ascii=False).encode() + b"\n\n"


STREAM = (
    b": a comment\n"
    + chunk(role="assistant", content="")
    + chunk(reasoning_content="Hm, ")
    + chunk(reasoning="é漢😀.")
    + b"event: message\r\n"
    + chunk(content="An ").replace(b"\n", b"\r\n")
    + b'data:{"choices": []}\n\n'
    + chunk(content="<think>answer</think> 😀")
    + b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'
    + b'data: {"choices": [], "usage": {"prompt_tokens": 3}}\n\ndata: [DONE]\n\nafter'
)


def played(*pieces: bytes, limits: Limits | None = None, **options) -> tuple[str, str, Tap]:
    """Feed the pieces; gives the reasoning, the text and the tap."""
    events: list = []
    tap = Tap(events.append, limits or Limits(), **options)
    for piece in pieces:
        tap.feed(piece)
    tap.end()
    thought, text = said(events)
    return thought, text, tap


def said(events: list) -> tuple[str, str]:
    """The reasoning and the text that events come to."""
    found = {Reasoning: "", Text: ""}
    for event in events:
        if type(event) is Reconsidered:
            found = {Reasoning: found[Reasoning] + found[Text], Text: ""}
        elif type(event) in found:
            found[type(event)] += event.text
    return found[Reasoning], found[Text]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_cut_gives_the_same(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in itertools.pairwise(edges)]

    reasoning, text, tap = played(*pieces)

    assert reasoning == "Hm, é漢😀."
    assert text == "An <think>answer</think> 😀"
    assert (tap.is_done, tap.finish_reason, tap.counted) == (True, "stop", {"prompt_tokens": 3})


def test_every_single_cut_gives_the_same():
    whole = played(STREAM)[:2]

    assert all(played(STREAM[:at], STREAM[at:])[:2] == whole for at in range(len(STREAM)))


def test_one_read_is_one_event():
    events: list = []
    Tap(events.append, Limits()).feed(chunk(content="a") + chunk(content="b") + chunk(content="c"))

    assert events == [Text("abc")]


@pytest.mark.parametrize(
    ("answer", "thought", "text"),
    [
        ("<think>\nWhy?\n</think>\n\nSo.", "\nWhy?\n", "So."),
        ("\n <think>a</think>b", "a", "b"),
        ("<think></think>b", "", "b"),
        ("<think>never closed", "never closed", ""),
        ("<think>a </thin", "a </thin", ""),
        ("<thi", "", "<thi"),
        (" \n", "", ""),
        ("<thinking> is a tag", "", "<thinking> is a tag"),
        ("see <think>this</think>", "", "see <think>this</think>"),
        ("<think>a</think>b <think>c</think>", "a", "b <think>c</think>"),
    ],
)
def test_think_tags_wherever_they_are_cut(answer, thought, text):
    for at in range(len(answer) + 1):
        assert played(chunk(content=answer[:at]), chunk(content=answer[at:]))[:2] == (thought, text)
    assert played(*(chunk(content=letter) for letter in answer))[:2] == (thought, text)


def test_a_continued_text_has_no_think_tags():
    assert played(chunk(content="<think>a"), begun="So ")[:2] == ("", "<think>a")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"data: {not json\n", Garbled),
        (b"data: \xff\xfe\n", Garbled),
        (b"data: 7\n", Garbled),
        (b'data: {"choices": [7]}\n', Garbled),
        (b'data: {"choices": [{"delta": {"content": 7}}]}\n', Garbled),
        (b'data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n', Garbled),
        (b'data: {"error": {"message": "no"}}\n', Reported),
        (b'error: {"message": "no"}\n', Reported),
        (b"data: " + b"x" * 3000 + b"\n", Garbled),
        (b"x" * 3000, Garbled),
    ],
)
def test_what_came_before_a_fault_is_delivered_first(line, error):
    events: list = []
    tap = Tap(events.append, Limits(line_bytes=2000))

    with pytest.raises(error):
        tap.feed(chunk(content="kept") + line + chunk(content="lost"))

    assert events == [Text("kept")]


def test_a_long_line_is_noticed_before_it_ends():
    events: list = []
    tap = Tap(events.append, Limits(line_bytes=2000))

    for _ in range(20):
        tap.feed(b"x" * 100)
    with pytest.raises(Garbled):
        tap.feed(b"x")


def test_a_line_of_the_longest_length():
    line = chunk(content="a" * 1000)
    limits = Limits(line_bytes=len(line) - 2)

    assert played(line[:700], line[700:], limits=limits)[1] == "a" * 1000
    with pytest.raises(Garbled):
        played(line[:700], line[700:], limits=Limits(line_bytes=len(line) - 3))


def test_too_much_text():
    with pytest.raises(TooLong):
        played(chunk(content="a" * 11), limits=Limits(text_chars=10))


def test_content_in_parts_and_refusals_are_text():
    parts = chunk(content=[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}])

    assert played(parts, chunk(refusal="No."))[1] == "abNo."


def called(*pieces: dict, finish: str = "tool_calls") -> list[ToolCall]:
    """Feed pieces of calls, then the end; gives the calls that were handed over."""
    events: list = []
    tap = Tap(events.append, Limits())
    for piece in pieces:
        tap.feed(chunk(tool_calls=[piece]))
    if finish:
        tap.feed(b'data: {"choices": [{"delta": {}, "finish_reason": "%s"}]}\n\n' % finish.encode())
    tap.end()
    if events:
        assert tap.finish.reason == "tool_calls"
    return events


def piece(id_: str | None, arguments: str | dict, index: int | None = 0, name: str | None = "add") -> dict:
    found = {"function": {"name": name, "arguments": arguments}}
    return found | ({"id": id_} if id_ else {}) | ({} if index is None else {"index": index})


@pytest.mark.parametrize(
    "pieces",
    [
        (
            piece("1", "", 0),
            piece(None, '{"a":', 0),
            piece("2", '{"a"', 1),
            piece(None, "1}", 0),
            piece(None, ":2}", 1),
        ),
        (piece("1", '{"a":1}', 0), piece("2", '{"a":2}', 0)),
        (piece("1", '{"a":1}', None), piece("2", '{"a":', None), piece(None, "2}", None)),
        (piece("1", {"a": 1}, 0), piece("2", {"a": 2}, 1)),
        (piece("1", '{"a":', 0), piece("1", "1}", 0), piece("2", '{"a":2}', 1)),
    ],
)
@pytest.mark.parametrize("finish", ["tool_calls", "stop", "function_call"])
def test_calls_as_servers_cut_them(pieces, finish):
    assert called(*pieces, finish=finish) == [ToolCall("1", "add", {"a": 1}), ToolCall("2", "add", {"a": 2})]


def test_a_call_that_is_not_complete_is_not_handed_over():
    assert called(piece("1", '{"a":1}'), finish="") == []


@pytest.mark.parametrize("arguments", ['{"a":', "[1]", "no"])
def test_arguments_that_are_no_object(arguments):
    (call,) = called(piece("1", arguments))

    assert (call.args, bool(call.problem)) == ({}, True)


def test_no_arguments_at_all():
    assert called(piece("1", "")) == [ToolCall("1", "add", {})]


def test_arguments_beyond_every_reasonable_length():
    tap = Tap([].append, Limits(text_chars=10))

    with pytest.raises(TooLong):
        tap.feed(chunk(tool_calls=[piece("1", "x" * 20)]))
