"""What is read out of Word documents: those of pandoc, and of python-docx with the parts that Word itself writes."""

import io

import docx
import pytest
from docx.oxml import parse_xml

from tests import corpus
from tests.lib.files.reading import found, sample

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*inside: str) -> str:
    return f"<w:p>{''.join(inside)}</w:p>"


def document(*blocks: str, change=None):
    """Read a document of python-docx whose body begins with these blocks of XML."""
    made, file = docx.Document(), io.BytesIO()
    for n, block in enumerate(blocks):
        made.element.body.insert(n, parse_xml(block.replace(">", f" {NAMES}>", 1)))
    if change:
        change(made)
    made.save(file)
    return found(file.getvalue(), "a.docx")


# ---- what pandoc writes ---------------------------------------------------------------------------------
def test_headings_have_their_level():
    assert sample("agreement.docx").of("heading") == ["# Supply agreement", "# Terms", "## Prices"]


def test_what_was_inserted_is_read_and_what_was_deleted_is_not():
    found = sample("agreement.docx")
    assert "The fee is 250 a month." in found.text
    assert "changes_tracked" in found.warnings


def test_lists_are_numbered_as_they_are_shown():
    assert sample("agreement.docx").of("list") == [
        "1. Green beans", "2. Roasted beans", "  a. Light", "  b. Dark", "- one", "- two", "  - deep",
    ]  # fmt: skip


def test_notes_links_formulas_and_comments_stand_in_their_place():
    text = sample("agreement.docx").text
    for words in (
        "pays on time.[^1]",
        "[^1]: Within thirty days.",
        "[the price list](https://kopi.example/prices)",
        "The share is (a+b)/(c^(2)) of all.",
        "[comment by Budi: here]",
    ):
        assert words in text


# ---- what Word writes besides ---------------------------------------------------------------------------
def test_content_controls_are_read():
    inside = document(
        f"<w:sdt><w:sdtContent>{paragraph(run('Customer: Warung Sari'))}</w:sdtContent></w:sdt>",
        paragraph(run("Date: "), f"<w:sdt><w:sdtContent>{run('1 May 2026')}</w:sdtContent></w:sdt>"),
    )
    assert inside.text == "Customer: Warung Sari\n\nDate: 1 May 2026"


def test_letters_with_how_they_are_spoken_are_read_once():
    spoken = f"<w:ruby><w:rt>{run('かんじ')}</w:rt><w:rubyBase>{run('漢字')}</w:rubyBase></w:ruby>"
    assert document(paragraph(f"<w:r>{spoken}</w:r>")).text == "漢字"


def test_fields_give_their_result():
    field = f'<w:fldSimple w:instr=" DATE ">{run("3 May")}</w:fldSimple>'
    assert document(paragraph(run("On "), field)).text == "On 3 May"


def test_hidden_text_is_left_out_and_told():
    inside = document(paragraph(run("Seen"), run("Unseen", "<w:vanish/>")))
    assert (inside.text, inside.warnings) == ("Seen", {"text_hidden": {}})


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{paragraph(run('In the box'))}</w:txbxContent>"
    drawn = (
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
    )
    drawn += f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    assert document(paragraph(run("Beside"), f"<w:r>{drawn}</w:r>")).text == "Beside\n\nIn the box"


def test_headers_and_footers_are_read_once():
    def change(made):
        made.add_paragraph("Body")
        made.sections[0].header.paragraphs[0].text = "Confidential"
        made.sections[0].footer.paragraphs[0].text = "Kopi Nusantara"
        made.add_section()

    inside = document(change=change)
    assert inside.text == "Confidential\n\nBody\n\nKopi Nusantara"
    assert [block.kind for block in inside.blocks] == ["header", "paragraph", "footer"]


def test_merged_cells_are_said_once_and_nothing_in_a_cell_breaks_its_row():
    def change(made):
        table = made.add_table(rows=3, cols=2)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Merged"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "Down"
        table.cell(1, 1).text = "a | b\nc"
        inner = table.cell(2, 1).add_table(rows=1, cols=2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "side"

    assert document(change=change).text == ("| Merged |  |\n| --- | --- |\n| Down | a \\| b c |\n|  | in \\| side |")


LEVEL = '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="{1}"/><w:lvlText w:val="{2}"/></w:lvl>'
LEVELS = ((0, "decimal", "Clause %1"), (1, "lowerRoman", "%1.%2"), (2, "upperLetter", "(%3)"))


def test_numbers_of_clauses_are_counted():
    levels = "".join(LEVEL.format(*level) for level in LEVELS)
    numbering = f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
    numbering += '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    made = docx.Document()
    for level, text in ((0, "Fee"), (1, "Amount"), (1, "Day"), (2, "Late"), (0, "Term"), (1, "Start")):
        at = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        made.element.body.append(parse_xml(f"<w:p {NAMES}>{at}{run(text)}</w:p>"))
    file = io.BytesIO()
    made.save(file)
    whole = corpus.repacked(file.getvalue(), "word/numbering.xml", numbering.encode())
    assert [text.strip() for text in found(whole, "a.docx").of("list")] == [
        "Clause 1 Fee", "1.i Amount", "1.ii Day", "(A) Late", "Clause 2 Term", "2.i Start",
    ]  # fmt: skip


def test_page_breaks_part_blocks():
    breaks = paragraph('<w:r><w:br w:type="page"/></w:r>')
    inside = document(paragraph(run("One")), breaks, paragraph(run("Two")))
    assert [block.kind for block in inside.blocks] == ["paragraph", "page", "paragraph"]


@pytest.mark.parametrize("depth", [15, 60])
def test_tables_in_tables_end_somewhere(depth):
    table = paragraph(run("deep"))
    for _ in range(depth):
        table = f"<w:tbl><w:tr><w:tc>{table}</w:tc><w:tc>{paragraph()}</w:tc></w:tr></w:tbl>"
    names = f'<?xml version="1.0"?><w:document {NAMES}><w:body>{table}</w:body></w:document>'
    inside = found(corpus.repacked(corpus.word(), "word/document.xml", names.encode()), "a.docx")
    assert ("deep" in inside.text, "nested_unread" in inside.warnings) == (depth == 15, depth > 15)
