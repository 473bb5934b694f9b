"""The tap by itself: bytes in, events out, whatever the cuts."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.complaints import Reported
from agents.engine.errors import Garbled, TooLong
from agents.engine.lines import Opening
from agents.engine.tap import Tap
from agents.engine.values import Limits, Reasoning, Reconsidered, Text
from bench.manners import ERRORS, WORDS


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


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "answer", [b'{"a": "' + b"x" * 3_000_000, b"\r\n" * 200_000 + b"\xef\xbb\xbf [", b" " * 400_000]
)
def test_an_answer_in_one_piece_is_looked_at_once(answer):
    """It held up everybody: all that had come was copied for each read."""
    opening = Opening(len(answer))
    for n in range(0, len(answer), 10):
        assert opening.feed(answer[n : n + 10]) == b""
    assert opening.whole == answer.strip(b"\xef\xbb\xbf\r\n ")
    with pytest.raises(Garbled):
        opening.feed(b" ")


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


# ---- as servers send it ---------------------------------------------------------------------------------
def ended(data: bytes, *, is_cut: bool = False) -> tuple[list, Tap]:
    """Feed a body whole, and byte by byte: the same comes of it. Gives the events of the first and the tap."""
    found = []
    for pieces in ([data], [data[n : n + 1] for n in range(len(data))]):
        events: list = []
        tap = Tap(events.append, Limits())
        for piece in pieces:
            tap.feed(piece)
        tap.last(is_cut=is_cut)
        tap.end()
        found.append((said(events), tap.is_finished, events, tap))
    assert found[0][:2] == found[1][:2]
    return found[0][2:]


STOP = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}'
WHOLE = {"choices": [{"message": {"role": "assistant", "content": "Well."}}], "usage": {"prompt_tokens": 3}}


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_may_end_in_three_ways(end):
    stream = (chunk(content="An ") + chunk(content="answer") + STOP + b"\n\n").replace(b"\n", end)

    events, tap = ended(stream)

    assert (said(events), tap.finish_reason) == (("", "An answer"), "stop")


def test_the_last_line_needs_no_end():
    events, tap = ended(chunk(content="kept") + STOP)

    assert (said(events), tap.finish_reason) == (("", "kept"), "stop")


def test_half_a_line_says_nothing():
    events, tap = ended(chunk(content="kept") + STOP[:-3], is_cut=True)

    assert (said(events), tap.is_finished) == (("", "kept"), False)


@pytest.mark.parametrize("reason", ['"null"', '"None"', '""', "null"])
def test_a_reason_that_is_none_ends_nothing(reason):
    line = b'data: {"choices": [{"delta": {"content": "a"}, "finish_reason": %s}]}\n\n' % reason.encode()

    events, tap = ended(line)

    assert (said(events), tap.is_finished) == (("", "a"), False)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(WHOLE),
        json.dumps(WHOLE, indent=2),
        "\ufeff\n" + json.dumps([WHOLE]),
        json.dumps({"choices": [{"text": "Well.", "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}),
    ],
)
def test_a_whole_answer(body):
    events, tap = ended(body.encode())

    assert (said(events), tap.is_finished, tap.counted) == (("", "Well."), True, {"prompt_tokens": 3})


def test_lines_of_json_without_their_mark():
    events, tap = ended(b"\n".join(line[6:].strip() for line in (chunk(content="a"), chunk(content="b"), STOP)))

    assert (said(events), tap.is_finished) == (("", "ab"), True)


@pytest.mark.parametrize("body", ["{}", '{"status": "ok"}', "{half", "[1, 2]", "<html>", "[]"])
def test_a_body_that_is_no_answer(body):
    with pytest.raises(Garbled):
        ended(body.encode())


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("before", [b"", chunk(content="kept")])
def test_the_servers_words_for_an_error(kind, before):
    with pytest.raises(Reported) as caught:
        ended(before + ERRORS[kind].encode())

    assert caught.value.body["message"] == WORDS


@pytest.mark.parametrize(
    "body",
    [
        '{"error": {"message": "%s"}}',
        '{"object": "error", "message": "%s", "code": 400}',
        '{"message": "%s", "success": false}',
        '[{"error": {"message": "%s"}}]',
        '{"choices": null, "base_resp": {"status_code": 1000, "status_msg": "%s"}}',
        'data: {"choices": null, "base_resp": {"status_code": 1000, "status_msg": "%s"}}\n\n',
    ],
)
def test_the_servers_words_where_they_are_all_there_is(body):
    with pytest.raises(Reported) as caught:
        ended((body % WORDS).encode())

    assert caught.value.body["message"] == WORDS


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning": {"content": "Hm."}},
        {"reasoning": {"summary": [{"text": "Hm."}], "id": 7}},
        {"reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]},
        {"reasoning": None, "reasoning_details": [{"type": "reasoning.summary", "summary": "Hm."}]},
        {"reasoning": "Hm.", "reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]},
        {"content": "", "thinking": "Hm."},
    ],
)
def test_thoughts_in_fields_of_other_shapes(delta):
    assert played(chunk(**delta), chunk(content="So."))[:2] == ("Hm.", "So.")


def test_a_thought_that_is_hidden_has_no_words():
    hidden = {"reasoning_details": [{"type": "reasoning.encrypted", "data": "c2VjcmV0"}]}

    assert played(chunk(**hidden), chunk(reasoning={}), chunk(content="So."))[:2] == ("", "So.")


def test_chunks_without_choices_are_no_errors():
    azure = b'data: {"choices": [], "prompt_filter_results": [{"prompt_index": 0}], "model": "m"}\n\n'
    timings = b'data: {"timings": {"predicted_n": 3}}\n\n'
    minimax = b'data: {"choices": null, "base_resp": {"status_code": 0, "status_msg": "success"}}\n\n'

    events, _tap = ended(azure + chunk(content="a") + timings + minimax + STOP + b"\n\ndata: [DONE]\n\n")

    assert said(events) == ("", "a")


def test_marks_of_sources_do_not_leak_wherever_they_are_cut():
    answer = (
        'It peaks.\ue200cite\ue202turn0search0\ue201 See \ue200entity\ue202["place","Takengon"]\ue201【4:0†source】.'
    )
    for at in range(len(answer) + 1):
        assert played(chunk(content=answer[:at]), chunk(content=answer[at:]))[1] == "It peaks. See Takengon."
    assert played(chunk(content="open \ue200cite"), chunk(reasoning_content="so"))[:2] == ("so", "open \ue200cite")
