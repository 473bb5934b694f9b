"""What is read out of OpenDocument, books, RTF, notebooks and older workbooks that other programs wrote."""

import json

import pytest

from sambung.lib.files.readers import Unreadable
from tests import corpus
from tests.lib.files.reading import SAMPLES, found, sample

ORDERS = "| Gayo | 12 |\n| Toraja | 14 |"


# ---- OpenDocument ---------------------------------------------------------------------------------------
def test_a_text_of_opendocument_has_what_one_of_word_has():
    inside = sample("agreement.odt")
    assert inside.of("heading") == ["# Supply agreement", "# Terms", "## Prices"]
    assert inside.of("list")[:4] == ["1. Green beans", "2. Roasted beans", "  a. Light", "  b. Dark"]
    for words in (
        "pays on time.[^1]",
        "[^1]: Within thirty days.",
        "[the price list](https://kopi.example/prices)",
        "The share is (a+b)/(c^(2)) of all.",
        ORDERS,
    ):
        assert words in inside.text


def test_sheets_of_opendocument_say_what_is_hidden_and_what_has_no_value():
    inside = sample("orders.ods")
    assert inside.of("table") == [
        "| Bean | Share |\n| --- | --- |\n| Gayo \\| Aceh | 15% |\n| Total | =SUM([.B1:.B2]) |\n"
        "| Toraja [comment by Budi: late] | (hidden row) |",
        "| 40 |\n| --- |",
    ]
    assert inside.of("sheet") == ["# Orders", "# Margins (hidden sheet)"]
    assert inside.warnings.keys() == {"sheets_hidden", "rows_hidden", "formulas_without_value"}


def test_slides_of_opendocument_come_from_top_to_bottom():
    inside = sample("harvest.odp")
    assert inside.text == (
        "# Slide 1\n\n## Harvest\n\nIn a group\n\nBelow\n\nNotes: Say thanks\n\n# Slide 2 (hidden)\n\nLater"
    )
    assert [block.slide for block in inside.blocks] == [1, 1, 1, 1, 1, 2, 2]
    assert inside.warnings == {"slides_hidden": {"slides": "2"}}


def test_a_protected_text_of_opendocument_says_so():
    manifest = b'<m:manifest xmlns:m="urn:m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    locked = corpus.repacked((SAMPLES / "agreement.odt").read_bytes(), "META-INF/manifest.xml", manifest)
    with pytest.raises(Unreadable, match="password"):
        found(locked, "a.odt")


# ---- books ----------------------------------------------------------------------------------------------
def test_chapters_come_in_their_order_under_their_titles():
    inside = sample("agreement.epub")
    assert inside.of("heading")[-2:] == ["# Terms", "## Prices"]
    assert {block.path for block in inside.blocks} == {"", "Supply agreement", "Terms"}
    assert ORDERS in inside.text


BOOK = """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
<item id="a" href="../../etc/passwd" media-type="application/xhtml+xml"/>
<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/>
</manifest><spine><itemref idref="a"/><itemref idref="b"/><itemref idref="gone"/></spine></package>"""
CONTAINER = b'<c xmlns="urn:c"><rootfiles><rootfile full-path="in/book.opf"/></rootfiles></c>'
LOCKED = b'<e xmlns="urn:e"><CipherReference URI="in/b.xhtml"/></e>'


def book(**members: bytes) -> bytes:
    parts = {"mimetype": b"application/epub+zip", "META-INF/container.xml": CONTAINER, "in/book.opf": BOOK.encode()}
    return corpus.packed(parts | {"in/b.xhtml": b"<html><body><h1>Two</h1>Words</body></html>"} | members)


def test_a_book_reads_nothing_beside_itself():
    inside = found(book(), "a.epub")
    assert inside.text == "# Two\n\nWords"
    assert inside.warnings == {"chapters_unread": {"count": 1}}


def test_a_locked_book_says_so():
    inside = found(book(**{"META-INF/encryption.xml": LOCKED}), "a.epub")
    assert (inside.text, inside.warnings) == ("", {"chapters_unread": {"count": 2}})


# ---- others ---------------------------------------------------------------------------------------------
def test_rich_text_is_words_and_tables_without_commands():
    inside = sample("agreement.rtf")
    assert inside.of("table") == ["| Bean | Price |\n| --- | --- |\n" + ORDERS]
    assert "The buyer pays on time." in inside.of("paragraph")[2]
    assert "\\" not in inside.text.replace("\\frac", "")
    assert inside.warnings == {"notes_unread": {}}


def test_a_notebook_of_pandoc_is_its_words():
    inside = sample("agreement.ipynb")
    assert inside.of("heading") == ["# Terms", "## Prices"]
    assert len(inside.of("table")) == 1


def notebook(*outputs: dict) -> str:
    cells = [
        {"cell_type": "markdown", "source": ["# Harvest\n", "\n", "In kilograms"]},
        {"cell_type": "code", "source": "sum([1, 2])", "outputs": list(outputs)},
    ]
    made = {"cells": cells, "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4}
    return found(json.dumps(made).encode(), "a.ipynb").text


def test_a_notebook_is_words_code_and_output():
    picture = {"output_type": "display_data", "data": {"image/png": "iVBOR" * 1000, "text/plain": ["<Figure>"]}}
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["\x1b[31m"]}
    assert notebook({"output_type": "stream", "text": ["3\n"]}, picture, error) == (
        "# Harvest\n\nIn kilograms\n\n```python\nsum([1, 2])\n```\n\n```\n3\n```\n\n```\n<Figure>\n[picture]\n```\n\n"
        "```\nValueError: no\n```"
    )


@pytest.mark.parametrize("source", ["not json", "[]", '{"cells": 3}', "[" * 5000, '{"cells": [1]}'])
def test_a_broken_notebook_is_read_as_text(source):
    inside = found(source.encode(), "a.ipynb")
    assert (inside.text, inside.warnings) == (source, {"notebook_broken": {}})


def test_a_workbook_of_older_excel_is_read():
    inside = sample("orders.xls")
    assert inside.of("table") == [
        "| Bean | kg | Day |\n| --- | --- | --- |\n| Gayo | 40 | 2026-03-01 |\n| Toraja \\| fine | 12.5 |",
        "| 0.4 |\n| --- |",
    ]
    assert inside.warnings == {"sheets_hidden": {"names": "Margins"}}
    assert inside.facts["mime_type"] == "application/vnd.ms-excel"


def test_a_protected_word_file_says_so():
    with pytest.raises(Unreadable, match="password"):
        sample("password.docx")
