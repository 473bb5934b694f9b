"""A change in pieces: any of them is undone by itself, all of them give the text before."""

from hypothesis import given
from hypothesis import strategies as st

from documents.merging.alignment import lines
from documents.merging.hunks import hunks, shown, without

TEXT = st.text(alphabet="ab\n", max_size=40)
BEFORE, AFTER = "one\ntwo\nthree\nfour\nfive\n", "ONE\ntwo\nthree\nfive\nsix\n"


@given(TEXT, TEXT)
def test_all_undone_is_the_text_before_and_none_the_one_after(before, after):
    found = hunks(before, after)
    assert without(after, found) == before
    assert without(after, []) == after
    assert [one.number for one in found] == list(range(len(found)))
    assert bool(found) == (before != after)


def test_each_is_undone_by_itself():
    first, second, third = hunks(BEFORE, AFTER)
    assert without(AFTER, [first]) == "one\ntwo\nthree\nfive\nsix\n"
    assert without(AFTER, [second]) == "ONE\ntwo\nthree\nfour\nfive\nsix\n"
    assert without(AFTER, [third]) == "ONE\ntwo\nthree\nfive\n"


def test_a_line_at_the_end_is_a_piece_of_its_own():
    (only,) = hunks("one", "one\ntwo")
    assert (only.before, only.after) == ((), ("two\n",))


def test_it_is_shown_with_what_is_around_it():
    _first, second, _third = hunks(BEFORE, AFTER)
    change = shown(second, lines(AFTER), "Line 4")
    assert [(kind, str(text)) for kind, text in change.lines] == [
        (" ", "two"),
        (" ", "three"),
        ("-", "four"),
        (" ", "five"),
        (" ", "six"),
    ]
