"""Pages of a PDF as pictures, with words marked where they stand."""

import io

import pytest
from PIL import Image, ImageChops

from sambung.lib.files import drawing
from tests import corpus
from tests.lib.files.reading import SAMPLES

LINES = corpus.pdf("Beans are here and the harvest", "begins in May of next year.", "Leaves are elsewhere.")


def marked(words: str, data: bytes = LINES) -> tuple[int, int, int, int] | None:
    """Where the picture of the page differs by the mark: left, top, right, bottom; None where it does not."""
    plain, drawn = (drawing.drawn(data, 1, side=792, marked=said) for said in ("", words))
    one, other = (Image.open(io.BytesIO(found.image)) for found in (plain, drawn))
    return ImageChops.difference(one, other).point(lambda value: 255 * (value > 60)).getbbox()


def test_a_page_is_as_large_as_asked():
    found = drawing.drawn(LINES, 1, side=400)
    assert (found.pages, max(found.width, found.height), found.marks) == (1, 400, 0)
    assert Image.open(io.BytesIO(found.image)).size == (found.width, found.height)


def test_words_are_marked_where_they_stand_over_the_end_of_a_line():
    _left, top, _right, bottom = marked("the harvest\nbegins in May")
    assert 60 < top < 80 and 90 < bottom < 105, "two lines, at 72 and 92 points from the top"
    assert drawing.drawn(LINES, 1, side=792, marked="harvest begins in May").marks == 2


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ("**Leaves** are | elsewhere", 1),
        ("LEAVES ARE ELSE-\nWHERE.", 1),
        ("Leaves are elsewhere. And more that stands on the next page of the file.", 1),
        ("Beans are here and the harvest\n| not there |\nLeaves are elsewhere.", 2),
        ("Nothing of this", 0),
        ("", 0),
        ("| --- |", 0),
    ],
)
def test_marks_of_markdown_and_what_is_elsewhere_are_no_matter(words, marks):
    assert drawing.drawn(LINES, 1, side=300, marked=words).marks == marks


@pytest.mark.parametrize(
    ("data", "page"),
    [(LINES, 2), (LINES, 0), (b"no pdf", 1), (LINES[:200], 1), ((SAMPLES / "password.pdf").read_bytes(), 1)],
)
def test_what_cannot_be_drawn_is_told(data, page):
    with pytest.raises(drawing.NoPage):
        drawing.drawn(data, page, side=300)
