"""How one text became another, as it is shown."""

from hypothesis import given
from hypothesis import strategies as st

from documents.merging.difference import MOST_LINES, compared


def shown(before: str, after: str) -> list[tuple[str, str]]:
    return [(kind, str(text)) for kind, text in compared("Text", before, after).lines]


def test_words_that_changed_are_marked_in_their_lines():
    assert shown("a\nThe quick fox\nz", "a\nThe slow fox\nz") == [
        (" ", "a"),
        ("-", "The <mark>quick</mark> fox"),
        ("+", "The <mark>slow</mark> fox"),
        (" ", "z"),
    ]


def test_lines_with_little_in_common_are_not_marked():
    assert shown("one is here", "nothing of it") == [("-", "one is here"), ("+", "nothing of it")]


def test_far_lines_are_left_out():
    old = "\n".join(str(n) for n in range(20))
    found = shown(old, old.replace("3\n", "x\n", 1).replace("18", "y"))
    assert found == [
        *((" ", "1"), (" ", "2"), ("-", "3"), ("+", "x"), (" ", "4"), (" ", "5"), ("@", "")),
        *((" ", "16"), (" ", "17"), ("-", "18"), ("+", "y"), (" ", "19")),
    ]


def test_hostile_words_are_text():
    assert shown("a <b>", "a <i>")[-1] == ("+", "a &lt;<mark>i</mark>&gt;")


def test_equal_texts_have_no_lines():
    assert shown("a\nb", "a\nb") == []


def test_a_long_difference_is_cut():
    found = shown("", "x\n" * (MOST_LINES + 5))
    assert (len(found), found[-1][0]) == (MOST_LINES + 1, "@")


@given(st.text(alphabet="ab \n", max_size=40), st.text(alphabet="ab \n", max_size=40))
def test_all_that_came_and_went_is_there(before, after):
    found = [(kind, text.replace("<mark>", "").replace("</mark>", "")) for kind, text in shown(before, after)]
    gone = [text for kind, text in found if kind == "-"]
    came = [text for kind, text in found if kind == "+"]
    assert len(before.splitlines()) - len(gone) == len(after.splitlines()) - len(came)
    assert set(gone) <= set(before.splitlines())
    assert set(came) <= set(after.splitlines())
