"""Citations: numbers in a reply become links to what its tools gave; other numbers are not shown."""

import pytest

from agents.generation import citations
from agents.generation.reply import render_parts
from agents.tools.show import CITABLE


def searched(*numbers: int, call: str = "a") -> list[dict]:
    """The parts of a call that gave sources with these numbers."""
    sources = [{"number": n, "title": f"Source {n}", "documentId": "x", "quote": "q"} for n in numbers]
    return [
        {"type": "tool-call", "toolCallId": call, "toolName": "search", "args": {}},
        {"type": "tool-result", "toolCallId": call, "result": "…", "show": {"kind": CITABLE, "sources": sources}},
    ]


def said(text: str) -> dict:
    return {"type": "text", "text": text}


def cited(*parts: dict, earlier=tuple) -> list[int]:
    return [part["number"] for part in citations.cited(parts, earlier) if part["type"] == "source"]


def html(*parts: dict) -> str:
    return render_parts(citations.cited(parts), "m")


def test_what_is_cited_becomes_a_source_part():
    parts = citations.cited([*searched(1, 2, 3), said("So it is [3], and so [1, 3].")])
    assert [part for part in parts if part["type"] == "source"] == [
        {"type": "source", "number": n, "title": f"Source {n}", "documentId": "x", "quote": "q"} for n in (1, 3)
    ]


def test_a_number_is_a_link_and_an_unknown_one_is_not_shown():
    shown = html(*searched(1, 2), said("Yes [2]. No [7]. Both [1, 9; 2]."))
    assert '<a class="cite" href="#s-m-2">2</a>' in shown
    assert "7" not in shown and "9" not in shown
    assert 'Both <a class="cite" href="#s-m-1">1</a><a class="cite" href="#s-m-2">2</a>.' in shown


@pytest.mark.parametrize("text", ["`x[1]`", "```\nx[1]\n```", "[x[1]](https://example.org)"])
def test_code_and_links_stay_as_they_are(text):
    assert "cite" not in html(*searched(1), said(text))


def test_a_reply_without_anything_to_cite_is_not_touched():
    assert "x [1] y [99]" in html(said("x [1] y [99]"))


def test_a_reply_that_goes_on_cites_anew():
    before = citations.cited([*searched(1, 2), said("One [1].")])
    assert cited(*citations.bare(before), said("Two [2].")) == [1, 2]
    assert cited(*before, said("Two [2].")) == [1, 2]


def test_what_was_found_before_may_be_cited_again():
    asked = []
    assert cited(said("As said [2]."), earlier=lambda: asked.append(1) or searched(1, 2)) == [2]
    assert asked == [1]
    assert cited(*searched(2), said("Now [2]."), earlier=lambda: pytest.fail("nothing is unknown")) == [2]


def test_numbers_go_on_behind_those_that_were_given():
    assert next(citations.numbers([])) == 1
    assert next(citations.numbers([*searched(1, 5), *searched(3, call="b")])) == 6


def test_the_card_shows_nothing_of_what_not_everybody_may_read():
    parts = searched(1)
    parts[1]["result"] = "[1] Secret plans\nThe secret."
    assert "ecret" not in html(*parts, said("Yes [1]."))


def test_a_thought_at_the_end_is_open_whatever_is_cited():
    assert '<details class="part part-reasoning" data-part="2" open>' in render_parts(
        [*searched(1), {"type": "reasoning", "text": "Hm."}, {"type": "source", "title": "x", "number": 1}], "m"
    )
