"""Two texts made of one: nothing of either is lost, whoever comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.merging.three_way import Collision, beside, merge

TEXT = st.text(alphabet="ab \n.", max_size=60)
BASE = st.lists(st.sampled_from(["The plan", "is good.", "", "Coffee, tea", "one two three four"]), max_size=8)


@st.composite
def edits(draw, base: list[str], mark: str) -> str:
    """A text made of the base: words put in anywhere, each of them new, and lines taken away."""
    found = []
    for n, line in enumerate(base):
        kind = draw(st.sampled_from(["keep", "keep", "drop", "before", "inside", "after"]))
        new = f"{mark}{n}"
        match kind:
            case "keep":
                found.append(line)
            case "before":
                found += [new, line]
            case "after":
                found += [line, new]
            case "inside":
                found.append(f"{line} {new}")
    return "\n".join(found)


@st.composite
def three(draw) -> tuple[str, str, str]:
    base = draw(BASE)
    return "\n".join(base), draw(edits(base, "theirs")), draw(edits(base, "ours"))


@given(TEXT, TEXT)
def test_who_alone_changed_it_is_followed(base, new):
    for merged in (merge(base, new, base), merge(base, base, new)):
        assert (merged.text, merged.collisions) == (new, [])


@given(TEXT, TEXT)
def test_the_same_change_of_both_is_made_once(base, new):
    merged = merge(base, new, new)
    assert (merged.text, merged.collisions) == (new, [])


@given(three())
def test_no_word_of_either_side_is_lost(texts):
    base, theirs, ours = texts
    new = {word for word in f"{theirs} {ours}".split() if word.startswith(("theirs", "ours"))}
    assert new <= set(merge(base, theirs, ours).text.split())


@given(TEXT, TEXT, TEXT)
def test_it_does_not_matter_who_came_first(base, theirs, ours):
    one, other = merge(base, theirs, ours), merge(base, ours, theirs)
    swapped = [Collision(found.base, found.ours, found.theirs) for found in other.collisions]
    assert one.collisions == swapped
    if not swapped:
        assert one.text == other.text


@given(st.lists(st.sampled_from("abcdefgh"), min_size=3, max_size=8, unique=True))
def test_changes_of_different_lines_do_not_collide(letters):
    base = "\n".join(letters)
    theirs, ours = base.replace(letters[0], "theirs", 1), base.replace(letters[-1], "ours", 1)
    merged = merge(base, theirs, ours)
    assert (merged.text, merged.collisions) == ("\n".join(["theirs", *letters[1:-1], "ours"]), [])


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "wanted"),
    [
        ("The quick fox sleeps.", "The slow fox sleeps.", "The quick fox jumps.", "The slow fox jumps."),
        ("a\nb\nc", "a\nb\nc\nd", "x\na\nb\nc", "x\na\nb\nc\nd"),
        ("a\n\nb\n\nc", "a\n\nc", "A\n\nb\n\nc", "A\n\nc"),
        ("name,kg\nGayo,4\nToraja,5\n", "name,kg\nGayo,6\nToraja,5\n", "name,kg\nGayo,4\nToraja,7\n", None),
        ("", "", "new", "new"),
        ("all", "", "all", ""),
    ],
    ids=["words", "both ends", "a paragraph that goes", "cells", "begun", "emptied"],
)
def test_what_is_merged(base, theirs, ours, wanted):
    merged = merge(base, theirs, ours)
    assert merged.collisions == []
    assert merged.text == (wanted if wanted is not None else "name,kg\nGayo,6\nToraja,7\n")


def test_a_collision_holds_all_three_and_its_text_both():
    merged = merge("a\nthe plan\nz", "a\nour dream\nz", "a\nno idea\nz")
    assert merged.collisions == [Collision("the plan\n", "our dream\n", "no idea\n")]
    assert merged.text == "a\nour dream\nno idea\nz"


def test_a_place_of_too_many_words_collides_as_a_whole():
    base = "a b " * 10_001
    assert len(merge(base, f"x {base}", f"{base} y").collisions) == 1


@given(TEXT, TEXT)
def test_without_what_both_were_made_of_each_difference_is_a_collision(theirs, ours):
    merged = beside(theirs, ours)
    one = "".join(piece if isinstance(piece, str) else piece.theirs for piece in merged.pieces)
    other = "".join(piece if isinstance(piece, str) else piece.ours for piece in merged.pieces)
    assert (one, other) == (f"{theirs}\n", f"{ours}\n")
    assert bool(merged.collisions) == (theirs != ours)
