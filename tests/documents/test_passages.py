"""Places in a text as a model names them: lines with numbers, and words that stand there exactly once."""

import pytest

from documents import passages
from documents.passages import NotOnce, part, replaced

TEXT = "# Plan\n\nBuy coffee.\nSell coffee.\n"


def test_lines_have_numbers():
    assert part(TEXT).text == "1\t# Plan\n2\t\n3\tBuy coffee.\n4\tSell coffee."
    assert (part(TEXT).lines, part(TEXT).next_line) == (4, None)


def test_a_long_text_comes_in_parts_that_together_are_all_of_it(monkeypatch):
    monkeypatch.setattr(passages, "PART", 30)
    first, told = 1, []
    while first:
        found = part(TEXT, first)
        told += found.text.split("\n")
        first = found.next_line
    assert [line.partition("\t")[2] for line in told] == TEXT.split("\n")[:-1]


def test_a_line_above_a_part_is_cut_and_says_so():
    (line,) = part("x" * (passages.PART + 3)).text.split("\n")
    assert line.endswith("x… (3 more characters)")


@pytest.mark.parametrize("first", [0, 5])
def test_there_are_no_other_lines(first):
    with pytest.raises(IndexError) as beyond:
        part(TEXT, first)
    assert beyond.value.args == (4,)


def test_an_empty_text_has_one_line():
    assert part("").text == "1\t"


def test_what_stands_there_once_is_replaced():
    assert replaced(TEXT, "Buy coffee", "Buy tea") == TEXT.replace("Buy coffee", "Buy tea")


@pytest.mark.parametrize("text", ["```\ncode\n```", ":::note\n```` ``` ````\n:::", "a\\n\tb\u00a0“c”  \n"])
def test_every_letter_is_kept(text):
    assert replaced(f"before{text}after", text, f"{text}{text}") == f"before{text}{text}after"


def test_twice_is_refused_with_the_places():
    with pytest.raises(NotOnce) as refused:
        replaced(TEXT, "coffee", "tea")
    assert (refused.value.n, refused.value.lines) == (2, ["3: Buy coffee.", "4: Sell coffee."])


def test_places_that_overlap_are_two():
    with pytest.raises(NotOnce) as refused:
        replaced("aaa", "aa", "b")
    assert refused.value.n == 2


@pytest.mark.parametrize("old", ["Buy cofee.", "buy coffee.", "Buy  coffee.\nSell"])
def test_nothing_is_replaced_that_is_only_alike(old):
    with pytest.raises(NotOnce) as refused:
        replaced(TEXT, old, "Buy tea.")
    assert (refused.value.n, refused.value.lines[0]) == (0, "3: Buy coffee.")


def test_nothing_cannot_be_replaced():
    with pytest.raises(ValueError, match="nothing"):
        replaced(TEXT, "", "tea")
