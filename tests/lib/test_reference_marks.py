"""Marks of sources in answers: reduced to their words, wherever a stream cuts them."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sambung.lib.reference_marks import LONGEST, Marks, reduced


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a \ue200cite\ue202turn0search0\ue202turn1view2\ue201.", "a ."),
        ("\ue200filecite\ue202turn0file1\ue202L1-L3\ue201b", "b"),
        ('See \ue200entity\ue202["place","Takengon","a town"]\ue201.', "See Takengon."),
        ("\ue200entity\ue202broken\ue201x", "x"),
        ("\ue200url\ue202The page\ue202turn0search1\ue201", "The page"),
        ('\ue200image_group\ue202{"query":["x"]}\ue201x', "x"),
        ("So【12†L1-L3】 and【4:0†source】", "So and"),
        ("\ue201 icon \ue200 of a font \ue202", "\ue201 icon \ue200 of a font \ue202"),
        ("\ue200cite\ue202turn0", "\ue200cite\ue202turn0"),
        ("【注意】 and 【3】 and a†b", "【注意】 and 【3】 and a†b"),
    ],
)
def test_words_of_marks(text, words):
    assert reduced(text) == words


PIECES = st.sampled_from(
    [
        "\ue200",
        "\ue201",
        "\ue202",
        "cite",
        "entity",
        "turn0search1",
        '["a","b"]',
        "【",
        "】",
        "†",
        "4",
        ":0",
        " ",
        "x",
        "\n",
    ]
)


@given(st.lists(PIECES, max_size=20).map("".join), st.lists(st.integers(0, 60), max_size=8))
@example("\ue200cite\ue202" + "x" * (LONGEST + 5) + "\ue201", [3, 9, LONGEST])
@example("【4:0†source】", list(range(11)))
def test_any_cut_gives_the_same(text, cuts):
    edges, marks = [0, *sorted(cuts), len(text)], Marks()
    given_out = "".join(marks.feed(text[start:end]) for start, end in itertools.pairwise(edges))
    assert given_out + marks.end() == reduced(text)


def test_nothing_else_waits():
    marks = Marks()
    assert [marks.feed(text) for text in ("Hello ", "【注意】", " x【", "y")] == ["Hello ", "【注意】", " x", "【y"]
