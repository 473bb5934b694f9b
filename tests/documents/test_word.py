"""Texts as files of Word: as another program, and our own reader, find them."""

import io
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from lxml import etree

from documents import word
from tests import corpus, factories
from tests.lib.files.reading import found

AT = datetime(2026, 3, 1, tzinfo=UTC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def written(text: str, title: str = "Plan", **pictures) -> bytes:
    drawn = {pk.replace("_", "-"): word.Picture(data, "image/png") for pk, data in pictures.items()}
    return word.written(text, title, AT, drawn.get)


def opened(text: str, **fields):
    return docx.Document(io.BytesIO(written(text, **fields)))


def part(data: bytes, name: str) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(name))


def paragraphs(text: str) -> list[tuple[str, str]]:
    return [(one.style.name, one.text) for one in opened(text).paragraphs[1:]]


def test_headings_paragraphs_quotes_and_code_have_their_styles():
    text = "# One\n\nA line\nof two.\n\n### Three\n\n> Said\n\n```python\nif x:\n    y()\n```\n"
    assert paragraphs(text) == [
        ("Heading 1", "One"),
        ("Normal", "A line of two."),
        ("Heading 3", "Three"),
        ("Quote", "Said"),
        ("Code", "if x:\n    y()"),
    ]


def test_the_title_stands_above_unless_the_text_begins_with_it():
    assert opened("Words", title="Plan & co").paragraphs[0].text == "Plan & co"
    assert [one.text for one in opened("# Plan\n\nWords").paragraphs] == ["Plan", "Words"]
    assert opened("Words").core_properties.title == "Plan"


def test_letters_are_bold_slanted_struck_and_code():
    runs = {run.text: run for run in opened("**b** *i* ***both*** ~~s~~ `c`").paragraphs[1].runs}
    assert (runs["b"].bold, runs["i"].italic, runs["s"].font.strike) == (True, True, True)
    assert (runs["both"].bold, runs["both"].italic) == (True, True)
    assert runs["c"].style.name == "Inline Code"


LISTS = """- one
  - inner

    more of inner
- two

3. three
4. four

- [x] done
- [ ] open
"""


def test_lists_keep_their_levels_and_numbers():
    data = written(LISTS)
    assert found(data, "a.docx").text.removeprefix("# Plan\n\n").split("\n\n")[0] == "- one\n  - inner"
    numbers = part(data, "word/numbering.xml").iter(f"{W}num")
    assert [[one.get(f"{W}val") for one in num.iter(f"{W}startOverride")][:1] for num in numbers] == [[], [], ["3"], []]
    assert "3. three\n4. four" in found(data, "a.docx").text
    assert "☑ done" in found(data, "a.docx").text


def test_a_table_has_its_cells_its_head_and_its_sides():
    (table,) = opened("| a | b | c |\n|:--|:-:|--:|\n| 1 | **2** | x \\| y |\n").tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["a", "b", "c"], ["1", "2", "x | y"]]
    sides = [cell.paragraphs[0].alignment for cell in table.rows[1].cells]
    assert sides == [WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT]
    assert table.rows[0]._tr.find(f".//{W}tblHeader") is not None


def test_links_lead_where_they_may_and_are_words_elsewhere():
    shown = opened("[ours](https://kopi.example/a?b=1&c=2) [evil](javascript:alert(1)) <a@kopi.example>")
    targets = [one.target_ref for one in shown.part.rels.values() if one.is_external]
    assert targets == ["https://kopi.example/a?b=1&c=2", "mailto:a@kopi.example"]
    assert "evil" in shown.paragraphs[1].text


def test_footnotes_are_footnotes():
    text = "One[^b] two[^a] three[^none].\n\n[^a]: Of **two**.\n\n[^b]: Of one.\n\n    And more.\n"
    inside = found(written(text), "a.docx")
    assert "One[^1] two[^2] three[^none]." in inside.text
    assert "[^1]: Of one. And more." in inside.text and "[^2]: Of two." in inside.text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a^2", "a^(2)"),
        (r"\frac{1}{2}", "(1)/(2)"),
        (r"\sum_{i=1}^n i", "∑_(i=1)^(n)"),
        (r"\sqrt{x}", "√(x)"),
        (r"x_1", "x_(1)"),
    ],
)
def test_formulas_are_formulas(source, said):
    assert said in found(written(f"So ${source}$ it is."), "a.docx").text


def test_a_formula_that_cannot_be_read_stays_as_it_was_written():
    assert r"\def\x{1}" in found(written(r"So $\def\x{1}$ it is."), "a.docx").text


PK = "01234567-89ab-cdef-0123-456789abcdef"


def test_pictures_stand_in_it_with_their_words():
    data = written(f"![A cup](picture:{PK})", **{PK.replace("-", "_"): corpus.picture(size=(4000, 10))})
    (shape,) = docx.Document(io.BytesIO(data)).inline_shapes
    assert shape.width.inches <= 6.3
    assert "[picture: A cup]" in found(data, "a.docx").text


def test_pictures_from_elsewhere_and_lost_ones_are_words():
    shown = opened(f"![Far](https://kopi.example/x.png) ![Lost](picture:{PK}) ![Broken](picture:{PK})")
    assert shown.paragraphs[1].text == "Far Lost Broken"
    assert len(shown.inline_shapes) == 0


def test_signs_that_no_file_may_hold_are_left_out():
    assert paragraphs("a\x0bb\x01 <b> & \ufffe\x00") == [("Normal", "ab <b> & �")]


def test_what_is_written_from_right_to_left_says_so():
    data = written("مرحبا بالعالم\n\nHello")
    marks = [one.find(f"{W}pPr/{W}bidi") is not None for one in part(data, "word/document.xml").iter(f"{W}p")]
    assert marks == [False, True, False]


HOSTILE = ["> " * 300 + "deep", "- " * 100 + "deep", "[^a]" * 500, "| a |\n|---|\n" * 3, "***", "<br>" * 9]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_make_whole_files(text):
    docx.Document(io.BytesIO(written(text)))


@pytest.mark.django_db
def test_a_text_is_taken_along_as_a_file_of_word(alice, sign_in):
    made = factories.document(alice, title="Plan", content="# Plan\n\nBeans.")
    response = sign_in(alice).get(f"/app/documents/{made.pk}/export/?as=word")
    assert 'filename="Plan.docx"' in response["Content-Disposition"]
    assert [one.text for one in docx.Document(io.BytesIO(response.content)).paragraphs] == ["Plan", "Beans."]
    assert "?as=word" in sign_in(alice).get(f"/app/documents/{made.pk}/").content.decode()
    sheet = factories.document(alice, kind="sheet", content="a,b\n")
    assert sign_in(alice).get(f"/app/documents/{sheet.pk}/export/?as=word").status_code == 404
