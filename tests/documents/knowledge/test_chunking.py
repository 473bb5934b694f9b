"""A document in passages: nothing lost, nothing twice, each with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.knowledge import chunking
from documents.knowledge.chunking import LONGEST, chunks, weight
from sambung.lib.files.blocks import Block, heading, table, text_of
from sambung.lib.files.readers.markdown import blocks_of


def cut(*blocks: Block) -> list[chunking.Chunk]:
    return list(chunks(blocks))


def paragraph(words: int, word: str = "bean", **place) -> Block:
    return Block("paragraph", " ".join([word] * words) + ".", **place)


def test_whole_blocks_are_packed_together():
    made = cut(paragraph(50), paragraph(50, "leaf"), paragraph(50, "root"))
    assert len(made) == 1
    assert [word in made[0].text for word in ("bean", "leaf", "root")] == [True] * 3


def test_a_passage_does_not_go_beyond_a_chapter():
    made = cut(
        heading("One", 1), paragraph(5), heading("Two", 2), paragraph(5, "leaf"), heading("Three", 3), paragraph(3)
    )
    assert [chunk.heading for chunk in made] == [("One",), ("One", "Two")]
    assert made[1].text.startswith("## Two")
    assert "### Three" in made[1].text


@pytest.mark.parametrize("place", [{"slide": 1}, {"sheet": "A"}, {"path": "a.txt"}])
def test_a_passage_does_not_go_beyond_a_slide_a_sheet_or_a_file(place):
    (name, value), *_ = place.items()
    other = {name: 2 if value == 1 else "B"}
    made = cut(paragraph(3, **place), paragraph(3, "leaf", **other))
    assert [getattr(chunk, name) for chunk in made] == [value, other[name]]


def test_a_passage_over_two_pages_says_both_and_holds_no_mark_of_them():
    made = cut(
        Block("page", "[page 1]", page=1), paragraph(9, page=1), Block("page", "[page 2]", page=2), paragraph(9, page=2)
    )
    assert (made[0].page, made[0].last_page) == (1, 2)
    assert "[page" not in made[0].text


def test_a_heading_goes_along_with_what_follows_it():
    made = cut(paragraph(220), heading("Later", 3), paragraph(220, "leaf"))
    assert [chunk.text.startswith("### Later") for chunk in made] == [False, True]
    assert "Later" not in made[0].text


def test_a_table_is_parted_by_rows_and_repeats_its_head():
    made = cut(table([["Name", "Price"], *([f"bean {n}", str(n)] for n in range(300))]))
    assert len(made) > 3
    assert all(chunk.text.startswith("| Name | Price |\n| --- | --- |") for chunk in made)
    rows = [line for chunk in made for line in chunk.text.splitlines() if line.startswith("| bean")]
    assert rows == [f"| bean {n} | {n} |" for n in range(300)]


def test_the_head_of_a_very_wide_table_is_not_repeated():
    made = cut(Block("table", "\n".join([",".join(f"column{n}" for n in range(20_000)), "1,2", "3,4"])))
    assert sum("column0" in chunk.text for chunk in made if not chunk.length) == 1
    assert max(weight(chunk.text) for chunk in made) <= LONGEST


def test_a_long_paragraph_is_parted_by_sentences():
    text = " ".join(f"This is sentence number {n}." for n in range(200))
    made = cut(Block("paragraph", text))
    assert all(chunk.text.startswith("This") and chunk.text.endswith(".") for chunk in made)


def test_a_line_without_end_is_cut():
    made = cut(Block("paragraph", "x" * 1_000_000))
    assert sum(len(chunk.text) for chunk in made) == 1_000_000
    assert max(len(chunk.text) for chunk in made) <= LONGEST


def test_letters_that_say_more_count_twice():
    made = cut(Block("paragraph", "茶" * 5_000))
    assert max(len(chunk.text) for chunk in made) <= LONGEST / 2


def test_an_empty_document_has_no_passages():
    assert cut() == cut(Block("paragraph", " \n")) == []


_TEXT = st.text(st.sampled_from("ab. \n#|-"), max_size=4000)


@given(st.lists(_TEXT, max_size=8).map("\n\n".join))
def test_passages_stand_one_behind_the_other_and_hold_every_word(text):
    blocks = list(blocks_of(text))
    whole, made = text_of(blocks), cut(*blocks)
    places = [place for chunk in made for place in (chunk.start, chunk.end)]
    assert places == sorted(places)
    assert all(weight(chunk.text) <= chunking.SIZE + LONGEST for chunk in made)
    covered = "".join(whole[chunk.start : chunk.end] for chunk in made)
    assert "".join(covered.split()) == "".join(whole.split())
