"""What is stored is what was shown: the log replayed, the frames applied and the result agree."""

import itertools
import json
import uuid

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import engine
from agents.generation.deltas import of_parts
from agents.generation.reply import Reply, plain_text, render_parts
from agents.runs import frames, log
from agents.runs.registry import Work
from agents.runs.stream import Stream
from sambung.lib.jsonb import clean
from tests.agents.runs.page import Page, text_of

PIECES = st.sampled_from(
    [
        *("word ", "\n\n", "**bold", "** ", "- item\n", "`code` ", "```py\n", "x = 1\n", "```\n", "# Title\n"),
        *("| a | b |\n", "|---|---|\n", "1. ", "$x$ ", "<b>", "[a](http://e.org) ", "&amp; ", "\r\n"),
        *("é", "漢", "😀", "\0", "\ud83d", "é\n"),
    ]
)
TEXTS = st.one_of(PIECES, st.text(max_size=12))
IDS = st.sampled_from(["one", "two", "three"])
ARGS = st.dictionaries(st.sampled_from(["a", "b\0", "<i>"]), st.one_of(st.none(), st.integers(), TEXTS), max_size=2)
RESULTS = st.one_of(TEXTS, ARGS, st.floats(), st.lists(ARGS, max_size=2))
SIGNATURES = (
    *({"anthropic": {"signature": "abc"}}, {"google": {"thought": "x"}}),
    {"openai": {"itemId": "rs_1", "reasoningEncryptedContent": "abc"}},
    {"anthropic": {"signature": "a\0b\ud83d"}},
)
EVENTS = st.one_of(
    st.builds(engine.Text, TEXTS),
    st.builds(engine.Text, TEXTS),
    st.builds(engine.Reasoning, TEXTS),
    st.just(engine.Reconsidered()),
    st.builds(engine.ToolCall, IDS, st.just("look"), ARGS),
    st.builds(engine.ToolProgress, IDS, TEXTS),
    st.builds(engine.ToolResult, IDS, RESULTS, st.booleans(), seconds=st.one_of(st.none(), st.floats(0, 9))),
    st.builds(engine.Signature, st.sampled_from(SIGNATURES)),
    st.sampled_from(["tick", "tick", "lost tick"]),
)


def start(base=()) -> Stream:
    return Stream(Work(uuid.uuid4(), 1, "chat:x", f"message:{uuid.uuid4()}", tuple(base)), lambda: None)


def tick(stream: Stream, stored: list[log.Entry], shown: list[frames.Frame]) -> None:
    """Store what has arrived, then show it: what the runtime does."""
    if stream.has_pending:
        entry, deltas = stream.cut()
        stored.append(_through_json(entry))
        shown.append(stream.stored(deltas))


def _through_json(entry: log.Entry) -> log.Entry:
    data = json.loads(json.dumps(entry.data).encode("utf-8"))
    return log.Entry(entry.run, entry.attempt, entry.seq, entry.kind, data)


def play(events, base=()) -> tuple[Stream, list[log.Entry], list[frames.Frame], Reply]:
    """Play events and ticks to the end; give the stream, its log, its frames, its result."""
    stream, stored, shown = start(base), [], []
    for event in events:
        if event == "tick":
            tick(stream, stored, shown)
        elif event == "lost tick":
            if stream.has_pending:
                stream.cut()
                stream.uncut()
        else:
            stream.accept(event)
    entries = stream.last_entries("succeeded")
    result = stream.result(entries)
    stored += [_through_json(entry) for entry in entries]
    html = render_parts(result.parts, stream.work.subject_id)
    work = stream.work
    shown.append(frames.end(work.topic, work.run_id, work.subject, 1, entries[-1].seq, "succeeded", html))
    return stream, stored, shown, result


def replayed(stored) -> Reply:
    reply = Reply("x")
    for entry in stored:
        log.fold(reply, entry.kind, entry.data)
    return reply


@given(st.lists(EVENTS, max_size=40))
@settings(max_examples=150, deadline=None)
def test_the_log_replayed_is_the_result(events):
    _, stored, _, result = play(events)
    assert replayed(stored).parts == result.parts
    assert [entry.seq for entry in stored] == list(range(1, len(stored) + 1))


@given(st.lists(EVENTS, max_size=40))
@settings(max_examples=150, deadline=None)
def test_every_arrived_character_is_in_the_result(events):
    *_, result = play(events)
    is_plain = engine.Reconsidered() not in events
    both = (("text", "reasoning"), (engine.Text, engine.Reasoning))
    for kinds, cls in (both, *zip(*both, strict=True)) if is_plain else (both,):
        arrived = "".join(event.text for event in events if isinstance(event, cls))
        kept = "".join(part["text"] for part in result.parts if part["type"] in kinds)
        assert kept == "".join(clean(character) for character in arrived)


@pytest.mark.parametrize("layers", [10, 200, 900])
def test_what_is_nested_without_end_can_be_written(layers):
    """One row that cannot be written would hold up the ticks of all replies."""
    deep = "end"
    for _ in range(layers):
        deep = {"in": [deep]}
    mark = {"anthropic": {"signature": deep}}
    events = engine.ToolCall("a", "look", deep), engine.ToolResult("a", deep, show=deep), engine.Signature(mark)
    for steps in (events, [step for event in events for step in (event, "tick")]):
        _, stored, _, result = play([engine.Text("So. "), *steps])
        assert all(orjson.dumps(entry.data) for entry in stored)
        assert (b'["end"]' in orjson.dumps(result.parts)) == (layers == 10)
        assert result.parts[1]["args"]["in"]


@pytest.mark.timeout(20)
def test_a_long_answer_of_small_pieces_is_not_copied_for_each():
    stream, piece = start(), engine.Text("abcd")
    for _ in range(500_000):
        stream.accept(piece)
    assert stream.cut()[1] == [{"type": "text", "text": "abcd" * 500_000}]


def signed(*events) -> list[dict]:
    """The parts that these events leave, ticks or none between them."""
    plain = play(events)[-1].parts
    ticked = play([step for event in events for step in (event, "tick")])[-1].parts
    assert plain == ticked
    return plain


def test_a_signature_stays_with_the_part_before_it():
    mark = {"anthropic": {"signature": "abc"}}
    thought = engine.Reasoning("Hm."), engine.Signature(mark)
    assert signed(*thought, engine.Text("Yes.")) == [
        {"type": "reasoning", "text": "Hm.", "providerMetadata": mark},
        {"type": "text", "text": "Yes."},
    ]


def test_what_follows_a_signed_part_is_another_one():
    mark = {"anthropic": {"signature": "abc"}}
    found = signed(engine.Reasoning("One."), engine.Signature(mark), engine.Reasoning("Two."))
    assert [part["text"] for part in found] == ["One.", "Two."]
    assert "providerMetadata" not in found[1]


def test_a_thought_that_is_only_signed_is_kept_and_not_shown():
    mark = {"anthropic": {"redacted": "xyz"}}
    found = signed(engine.Reasoning(""), engine.Signature(mark), engine.Text("Yes."))
    assert found[0] == {"type": "reasoning", "text": "", "providerMetadata": mark}
    assert "reasoning" not in render_parts(found, "x")


def test_a_text_that_is_reconsidered_becomes_a_thought_where_it_stands():
    events = [
        engine.Text("I count. "),
        "tick",
        engine.Text("**Four**\n\nsteps"),
        engine.Reconsidered(),
        engine.Text("So."),
    ]
    for played in (events, [event for event in events if event != "tick"]):
        _, stored, shown, result = play(played)
        assert result.parts == [
            {"type": "reasoning", "text": "I count. **Four**\n\nsteps"},
            {"type": "text", "text": "So."},
        ]
        assert replayed(stored).parts == result.parts
        assert plain_text(result.parts) == "So."
    _, _, shown, _ = play([*events, "tick"])
    replaced = json.loads(shown[1].text)["parts"]
    assert [(part["part"], part["type"], "html" in part) for part in replaced] == [
        (0, "reasoning", True),
        (1, "text", False),
    ]
    assert "<strong>Four</strong>" in replaced[0]["html"]


def test_only_the_text_that_was_said_last_is_reconsidered():
    call, result = engine.ToolCall("a", "look", {}), engine.ToolResult("a", "seen")
    said = engine.Text("An answer."), call, result
    parts = play([*said, engine.Reconsidered()])[-1].parts
    assert parts[0] == {"type": "text", "text": "An answer."}
    parts = play([*said, engine.Text("Hm."), engine.Reconsidered(), engine.Reconsidered()])[-1].parts
    assert [(part["type"], part.get("text")) for part in parts[::3]] == [("text", "An answer."), ("reasoning", "Hm.")]


def test_a_thought_is_open_only_where_no_answer_followed():
    thought, answer = {"type": "reasoning", "text": "Hm."}, {"type": "text", "text": "So."}
    assert 'data-part="0" open>' in render_parts([thought], "x")
    assert " open>" not in render_parts([thought, answer], "x")


@given(st.lists(EVENTS, max_size=40), st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_a_page_that_joins_anywhere_shows_what_the_log_holds(events, joins_at):
    """The first frames, or a snapshot and the frames after it: the same words, without gap or repeat."""
    stream, stored, shown = start(), [], []
    early, late = Page(), Page()
    for n, event in enumerate(events):
        if event == "tick":
            tick(stream, stored, shown)
            if shown:
                early.apply(json.loads(shown[-1].text))
                if late.seq:
                    late.apply(json.loads(shown[-1].text))
        elif event != "lost tick":
            stream.accept(event)
        if n == joins_at and stream.seq:
            late.apply(json.loads(stream.snapshot().text))
    expected = text_of(replayed(stored).html)
    assert early.text == expected
    assert early.seqs == list(range(1, len(stored) + 1))
    if late.seq:
        assert late.text == expected
        assert late.seqs == list(range(late.seqs[0], len(stored) + 1))


@given(st.lists(EVENTS, max_size=40))
@settings(max_examples=100, deadline=None)
def test_the_end_is_the_stored_html(events):
    stream, _, shown, result = play(events)
    page = Page()
    for frame in shown:
        page.apply(json.loads(frame.text))
    assert page.text == text_of(render_parts(result.parts, stream.work.subject_id))
    assert page.state == "succeeded"


def said(parts: list[dict]) -> str:
    """All words, of answers and of thoughts."""
    return "".join(part["text"] for part in parts if part["type"] in ("text", "reasoning"))


@given(st.lists(EVENTS, max_size=30), st.lists(EVENTS, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_continued_reply_begins_with_what_was_there(before, after):
    *_, first = play(before)
    _, stored, shown, result = play(after, base=first.parts)
    assert said(result.parts).startswith(said(first.parts))  # though some of it may turn out to have been thought
    assert replayed(stored).parts == result.parts
    if first.parts and len(shown) > 1:
        assert shown[0].kind == "snapshot"


# ---- the order of things ---------------------------------------------------------------------------------
def test_nothing_is_in_the_reply_before_it_is_stored():
    stream = start()
    stream.accept(engine.Text("one"))
    stream.cut()
    stream.accept(engine.Text("two"))
    assert (stream.state.parts, stream.seq) == ([], 0)


def test_who_joins_while_the_end_is_being_stored_sees_nothing_of_it():
    stream = start()
    stream.accept(engine.Text("shown"))
    tick(stream, [], [])
    stream.accept(engine.Text(" unstored"))
    entries = stream.last_entries("succeeded")
    assert "unstored" not in stream.snapshot().text
    assert stream.seq == 1
    assert plain_text(stream.result(entries).parts) == "shown unstored"


def test_a_lost_tick_comes_again_before_what_came_after_it():
    stream = start()
    stream.accept(engine.Text("one "))
    stream.cut()
    stream.accept(engine.Text("two"))
    stream.uncut()
    entry, _ = stream.cut()
    assert (entry.seq, "".join(d["text"] for d in entry.data["deltas"])) == (1, "one two")


def test_a_stream_without_tokens_has_an_end():
    entries = start().last_entries("failed")
    assert [(entry.seq, entry.kind, entry.data["status"]) for entry in entries] == [(1, "end", "failed")]


def test_usage_and_reason_are_replayed():
    stream = start()
    for event in (engine.Text("x"), engine.Usage(3, 4), engine.Finish("length")):
        stream.accept(event)
    reply = replayed(stream.last_entries("succeeded"))
    assert (reply.usage["output_tokens"], reply.finish_reason) == (4, "length")


def test_an_unknown_line_of_the_log_is_told():
    with pytest.raises(ValueError, match="unknown kind 'dance'"):
        log.fold(Reply("x"), "dance", {})


def test_ids_inside_a_reply_are_its_own():
    one, two = (render_parts([{"type": "text", "text": "a[^1]\n\n[^1]: b"}], str(n)) for n in (1, 2))
    ids = [{part.split('"')[0] for part in html.split('id="')[1:]} for html in (one, two)]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


def test_parts_are_numbered_as_they_alternate():
    kinds = itertools.cycle((engine.Reasoning, engine.Text))
    stream = start()
    for cls in itertools.islice(kinds, 4):
        stream.accept(cls("x"))
    tick(stream, [], [])
    assert [part["type"] for part in stream.state.parts] == ["reasoning", "text"] * 2
    assert [f'data-part="{n}"' in stream.state.html for n in range(5)] == [True] * 4 + [False]


def test_parts_that_are_given_again_stay_apart():
    """A text that was reconsidered stands beside the thought before it."""
    parts = [{"type": "reasoning", "text": "one"}, {"type": "reasoning", "text": "two"}, {"type": "text", "text": "so"}]
    reply = Reply("x")
    reply.apply(of_parts(parts))
    assert reply.parts == parts
