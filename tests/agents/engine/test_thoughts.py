"""Thoughts among the content of an answer, with their tags, without one of them, and talked about."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.tap import Tap
from agents.engine.thoughts import MOST_MENTIONS, TAGS
from agents.engine.values import Limits, Reconsidered, Text
from tests.agents.engine.test_tap import chunk, played


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
        ("<thinker> is no tag", "", "<thinker> is no tag"),
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


PAIRS = list(TAGS.items())


DONE = b"data: [DONE]\n\n"


def everywhere(answer: str, **options) -> set[tuple[str, str]]:
    """What an answer comes to, wherever it is cut in two, and letter by letter."""
    cuts = [[chunk(content=answer[:at]), chunk(content=answer[at:])] for at in range(len(answer) + 1)]
    cuts.append([chunk(content=letter) for letter in answer])
    return {played(*pieces, DONE, **options)[:2] for pieces in cuts}


def test_a_thought_that_has_lost_its_opening_tag():
    pieces = ["The person asks. ", "Let me count two and two.\n</thi", "nk>\n\n", "It is **four**."]

    thought, text, _tap = played(*(chunk(content=piece) for piece in pieces))

    assert (thought, text) == ("The person asks. Let me count two and two.\n", "It is **four**.")


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
@pytest.mark.parametrize("between", ["", "\n"])
def test_tags_of_other_models(opening, closing, between):
    answer = f"{opening}{between}Why?{between}{closing}{between * 2}So."

    assert everywhere(answer) == {(f"{between}Why?{between}", "So.")}


@pytest.mark.parametrize("closing", TAGS.values())
@pytest.mark.parametrize(
    "answer", ["Why?\n%s\n\nSo.", "Why? %s\nSo.", "Why?%sSo.", "Why? %sSo.", "He says `a<b`.\n%s  \nSo."]
)
def test_a_lone_closing_tag(closing, answer):
    thought = answer.partition("%s")[0]

    assert everywhere(answer % closing) == {(thought, "So.")}


@pytest.mark.parametrize("closing", TAGS.values())
def test_the_end_of_a_thought_that_began_before_a_tools_result(closing):
    assert everywhere(f"{closing}\n\nIt is 24.") == {("", "It is 24.")}
    assert everywhere(f"Now I know.\n{closing}\n\nIt is 24.") == {("Now I know.\n", "It is 24.")}


@pytest.mark.parametrize(
    "answer",
    [
        "A thought ends with `</think>`. It is a tag.",
        "```html\n<b>\n</think>\n```\nSo it ends.",
        "The tag </think> closes a thought.",
        "A thought ends with </think>, always.",
        'It is written "</think>", always.',
        "see <think>this</think>\n",
        "One [link](a) and a < b and [/THI",
        "The last word is </think>",
        "~~~\n</think>",
    ],
)
def test_tags_that_are_talked_about_stay_text(answer):
    assert everywhere(answer) == {("", answer)}


@pytest.mark.parametrize(
    ("answer", "thought", "text"),
    [
        ("<think>He means `</think>`, a tag.</think>So.", "He means `</think>`, a tag.", "So."),
        ("Is it `</think>`? Yes.\n</think>\nSo.", "Is it `</think>`? Yes.\n", "So."),
        ("Only a thought.\n</think>", "Only a thought.\n", ""),
        ("<think>Only a thought.</think>", "Only a thought.", ""),
        ("a</think>b\n</think>\nc", "a", "b\n</think>\nc"),
        ("<think>\n\n</think>\n\nSo.", "", "So."),
    ],
)
def test_more_than_one_tag(answer, thought, text):
    assert everywhere(answer) == {(thought, text)}


CALL = chunk(tool_calls=[{"index": 0, "id": "a", "function": {"name": "add", "arguments": "{}"}}])
ENDED = b'data: {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}\n\n'


@pytest.mark.parametrize(
    ("answer", "thought", "text"),
    [
        ("I need the sum.</think>", "I need the sum.", ""),
        ("I need the sum.</think>\n\n", "I need the sum.", ""),
        ("<think>I need the sum.", "I need the sum.", ""),
        ("It ends with `</think>`", "", "It ends with `</think>`"),
        ("I add.", "", "I add."),
    ],
)
def test_a_thought_that_ends_right_before_a_call(answer, thought, text):
    found, said, tap = played(*(chunk(content=letter) for letter in answer), CALL, ENDED)

    assert (found, said) == (thought, text)
    assert tap.has_called


def test_a_server_that_sends_thoughts_apart_may_talk_about_tags():
    pieces = (chunk(reasoning_content="Hm."), chunk(content="It ends so:\n</think>\nThat is all."))

    assert played(*pieces)[:2] == ("Hm.", "It ends so:\n</think>\nThat is all.")
    assert played(pieces[0], chunk(content="</think>\n\nSo."))[:2] == ("Hm.", "So.")


def test_what_is_continued_was_a_thought_too():
    assert everywhere(" and two.\n</think>\nFour.", begun="Count two") == {(" and two.\n", "Four.")}
    assert everywhere("</think>` is a tag.", begun="The `") == {("", "</think>` is a tag.")}


@pytest.mark.parametrize("answer", ["</think>\n\nFour.", "\n</think>\n\nFour."])
def test_what_is_continued_was_the_whole_thought(answer):
    events: list = []
    tap = Tap(events.append, Limits(), begun="Count two.")
    tap.feed(chunk(content=answer))
    tap.end()

    assert events == [Reconsidered(), Text("Four.")]


def test_many_mentions_cost_no_more_than_a_few():
    answer = "`</think>` " * (MOST_MENTIONS * 3)

    assert played(chunk(content=answer))[1] == answer
    assert played(*(chunk(content=letter) for letter in answer))[1] == answer


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("begins", "longest"),
    [("", 900_000), ("<think>", 900_000), ("<think>" + "ab" * 200_000, 300_000)],
    ids=["answer", "thought", "long thought"],
)
def test_an_answer_of_mentions_alone_is_read_once(begins, longest):
    """It held up everybody for two minutes: what came before was looked through again for each of them."""
    said = begins + "`</think>` " * (longest // 11) + "end"

    whole, in_pieces = (
        played(*(chunk(content=said[n : n + size]) for n in range(0, len(said), size))) for size in (len(said), 22)
    )

    assert whole[:2] == in_pieces[:2]
    assert "".join(whole[:2]) == said.removeprefix("<think>")


def test_what_broke_off_behind_a_closing_tag_was_a_thought():
    assert played(chunk(content="Let me count. </think>"))[:2] == ("Let me count. ", "")
    assert played(chunk(content="It ends with `</think>"))[:2] == ("", "It ends with `</think>")


def test_a_thought_full_of_mentions_still_ends():
    said = "<think>" + "`</think>` " * (MOST_MENTIONS * 3) + "</think>So."

    assert everywhere(said) == {("`</think>` " * (MOST_MENTIONS * 3), "So.")}


BITS = st.sampled_from([*itertools.chain(*PAIRS), "<", "</", "[", "◁", "`", "```\n", "\n", " ", "a", "word ", "é😀"])


@given(st.lists(BITS, max_size=12), st.lists(st.integers(0, 80), max_size=6))
def test_no_letter_is_lost_and_cuts_decide_nothing(bits, cuts):
    answer = "".join(bits)
    edges = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]

    cut = played(*(chunk(content=answer[a:b]) for a, b in itertools.pairwise(edges)))[:2]
    whole = played(chunk(content=answer))[:2]

    assert cut == whole
    left = "".join("".join(whole).split())
    for tag in itertools.chain(*PAIRS):
        answer, left = answer.replace(tag, ""), left.replace(tag, "")
    assert left == "".join(answer.split())
