"""What two texts have in common."""

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from documents.merging import alignment
from documents.merging.alignment import lines, places, words

FEW = st.lists(st.sampled_from(["a", "b", "c", "\n", "d "]), max_size=40)


@given(FEW, FEW)
def test_places_are_equal_and_in_order(one, other):
    found = places(one, other)
    assert all(one[n] == other[m] for n, m in found.items())
    assert list(found) == sorted(found)
    assert list(found.values()) == sorted(set(found.values()))


@given(FEW)
def test_a_text_stands_in_itself(one):
    assert places(one, one) == {n: n for n in range(len(one))}


@given(st.text())
def test_lines_and_words_are_the_text(text):
    assert "".join(lines(text)) == "".join(words(text)) == text


def test_words_of_many_scripts():
    assert words("Don't stop, now") == ["Don", "'", "t", " ", "stop", ",", " ", "now"]
    assert words("日本の") == ["日", "本", "の"]
    assert words("नमस्ते e\u0301t\u00e9 👩‍🚒") == ["नमस्ते", " ", "e\u0301t\u00e9", " ", "👩‍🚒"]


def test_what_moved_is_found_once():
    found = places(list("abcdef"), list("defabc"))
    assert len(found) == 3


def test_few_edits_are_found_in_repetitions_that_would_take_for_ever(monkeypatch):
    monkeypatch.setattr(alignment, "SequenceMatcher", None)
    rows = ["same", "again"] * 3_000
    one = [*rows, "end"]
    found = places(one, ["first", *rows[:2_000], "amid", *rows[2_001:], "last", "end"])
    assert len(found) == len(one) - 1


def test_many_edits_in_repetitions_count_as_different(monkeypatch):
    monkeypatch.setattr(alignment, "SequenceMatcher", None)
    one, other = ["a", *["x", "y", "z"] * 2_000], [*["z", "y", "x"] * 2_000, "b"]
    assert places(one, other) == {}


@given(FEW, FEW)
def test_the_fewest_edits_leave_what_difflib_leaves_or_more(one, other):
    runs = alignment._few_edits(one, other)
    assert all(one[i : i + size] == other[j : j + size] for i, j, size in runs)
    ends = [(i + size, j + size) for i, j, size in runs]
    assert all(i >= end and j >= end2 for (i, j, _), (end, end2) in zip(runs[1:], ends, strict=False))
    usual = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    assert sum(run[2] for run in runs) >= sum(block.size for block in usual)
