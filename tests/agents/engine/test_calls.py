"""Calls of tools, put together from pieces as servers cut and number them."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.calls import Call as Growing
from agents.engine.calls import Calls
from agents.engine.calls import arguments as read
from agents.engine.errors import TooLong
from agents.engine.tap import Tap
from agents.engine.values import Limits, ToolCall
from bench.manners import VALUES, Manners
from bench.script import Call
from tests.agents.engine.test_tap import chunk


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


def test_calls_without_end():
    tap, pieces = Tap([].append, Limits()), [piece(f"{n}", "", n) for n in range(2_000)]

    with pytest.raises(TooLong):
        tap.feed(chunk(tool_calls=pieces))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("letters", ["a\\\\", "}{", "[[", '\\"}', '"}{'])
def test_a_long_call_in_pieces_that_repeat_its_name_is_read_once(letters):
    """It held up everybody: what had come was read again with each piece."""
    pieces = [piece("1", letters) for _ in range(40_000)]

    (call,) = called(piece("1", '{"a": "'), *pieces)

    assert (call.id, call.name) == ("1", "add")


@given(st.lists(st.sampled_from(['{"a":', '"}', '"', "\\", "\\\\", "[", "]", "}", " ", "1", "{}", "x"]), max_size=12))
def test_a_call_is_complete_when_its_arguments_are(pieces):
    call = Growing(0)
    for n, text in enumerate(pieces):
        call.write(text)
        is_object = not read("".join(pieces[: n + 1]).strip() or "-")[1]
        assert call.is_complete or not is_object
        if is_object:
            break
        assert not call.is_complete


def test_further_pieces_with_an_empty_id():
    # as it was seen: the first piece carries the id, the others ""
    pieces = [
        {"index": 0, "id": "call_a1", "type": "function", "function": {"name": "calculate", "arguments": ""}},
        {"index": 0, "id": "", "type": "function", "function": {"arguments": '{"expression": "12*3'}},
        {"index": 0, "id": "", "type": "function", "function": {"arguments": '4"}'}},
    ]

    assert called(*pieces) == [ToolCall("call_a1", "calculate", {"expression": "12*34"})]


NAMES = ("add", "get_weather", "get", "get_weather_of_tomorrow")
CALLS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["{}", '{"a": 1}', '{"city": "Bandung, é"}'])), max_size=4
)


@given(CALLS, *(st.sampled_from(VALUES[key]) for key in ("ids", "index", "names", "args")))
def test_any_manner_gives_the_same_calls(calls, ids, index, names, args):
    manners = Manners(ids=ids, index=index, names=names, args=args)
    found = Calls(NAMES)

    for n, (name, arguments) in enumerate(calls):
        for piece in manners.cut(n, Call(f"id_{n}", name, arguments)):
            found.add(piece)

    assert [(call.name, call.args, call.problem) for call in found.whole()] == [
        (name, json.loads(arguments), "") for name, arguments in calls
    ]


@given(st.permutations(range(6)), st.sampled_from(["own", "empty", "none", "new"]))
def test_pieces_of_several_calls_in_between_each_other(order, ids):
    manners = Manners(ids=ids)
    cuts = [list(manners.cut(n, Call(f"id_{n}", "add", '{"a": 123456}'))) for n in range(2)]
    left = [iter(cut) for cut in cuts]
    found = Calls(("add",))

    for n in (0, 1, *(place % 2 for place in order)):
        for piece in itertools.islice(left[n], 1):
            found.add(piece)

    assert [call.name for call in found.whole()] == ["add", "add"]
    assert all(call.args == {"a": 123456} for call in found.whole())


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        # two whole calls without ids that are both the first
        ([piece(None, '{"a":1}'), piece(None, '{"a":2}')], [("add", {"a": 1}), ("add", {"a": 2})]),
        # two whole calls that share an id
        ([piece("x", '{"a":1}'), piece("x", '{"a":2}')], [("add", {"a": 1}), ("add", {"a": 2})]),
        # id and name again in a last piece that is empty
        ([piece("x", '{"a":1}'), piece("x", "")], [("add", {"a": 1})]),
        # a name alone, then all of the call
        ([piece(None, "", name="get_"), piece("1", '{"a":1}', name="weather")], [("get_weather", {"a": 1})]),
        # no function around name and arguments
        ([{"index": 0, "name": "add", "arguments": {"a": 1}}], [("add", {"a": 1})]),
        # another tool before the first one's arguments have ended: those are broken, this one is not
        ([piece("1", '{"a":'), piece("2", '{"a":2}', name="get_weather")], [("add", {}), ("get_weather", {"a": 2})]),
        # calls without arguments
        ([piece("1", ""), piece("2", "", name="get_weather")], [("add", {}), ("get_weather", {})]),
    ],
)
@pytest.mark.parametrize("names", [("add", "get_weather"), ()])
def test_pieces_that_were_seen(pieces, found, names):
    calls = Calls(names)
    for one in pieces:
        calls.add(one)

    assert [(call.name, call.args) for call in calls.whole()] == found


def test_the_older_field_for_one_call():
    events: list = []
    tap = Tap(events.append, Limits())
    for function in ({"name": "add", "arguments": ""}, {"arguments": '{"a":1}'}):
        tap.feed(chunk(content=None, function_call=function))
    tap.feed(b'data: {"choices": [{"delta": {}, "finish_reason": "function_call"}]}\n\n')
    tap.end()

    assert events == [ToolCall("call_0", "add", {"a": 1})]


# ---- calls that are followed while they are written ------------------------------------------------------
def followed(*pieces: dict, names=("add",)) -> list:
    events: list = []
    tap = Tap(events.append, Limits(), tools=["add", "sum"], followed=names)
    for one in pieces:
        tap.feed(chunk(tool_calls=[one]))
    return [(event.number, event.text, event.is_first) for event in events]


def test_a_followed_call_is_handed_on_as_it_comes():
    told = followed(piece("a", "", name="ad"), piece(None, "", name="d"), piece(None, '{"x"', name=None))
    assert told == [(0, "", True), (0, '{"x"', False)]


def test_others_are_not():
    assert followed(piece("a", '{"x": 1}', name="sum")) == []
    assert followed(piece("a", '{"x": 1}'), names=()) == []


def test_the_second_call_has_its_own_number():
    told = followed(piece("a", "{}", name="sum"), piece("b", '{"y"', index=1), piece(None, ": 1}", index=1, name=None))
    assert told == [(1, '{"y"', True), (1, ": 1}", False)]


def test_what_is_followed_may_still_be_tried_again():
    events: list = []
    tap = Tap(events.append, Limits(), tools=["add"], followed=["add"])
    tap.feed(chunk(tool_calls=[piece("a", '{"x"')]))
    assert events
    assert not tap.has_spoken
