"""Files that are broken, hostile or without measure, through the job that reads them: each ends in a clear state."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from documents.knowledge import extraction
from documents.models import Document
from tests import corpus, factories
from tests.documents.knowledge.reading import passages, state

pytestmark = pytest.mark.django_db

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BOOK = """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
<item id="a" href="../../../etc/passwd" media-type="application/xhtml+xml"/>
<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/>
</manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""
_CONTAINER = b'<c xmlns="urn:c"><rootfiles><rootfile full-path="in/book.opf"/></rootfiles></c>'


def mail(subject: str, words: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made.set_content(words)
    return made


def nested_mails() -> bytes:
    """Fifty mails in one another; the outermost has a part that says it has two gigabytes."""
    made = mail("Innermost", "Beans at the bottom.")
    for n in range(50):
        outer = mail(f"Number {n}", f"Beans of mail {n}.")
        outer.add_attachment(made)
        made = outer
    made.add_attachment("Leaves.", filename="declared.txt")
    part = list(made.iter_attachments())[-1]
    part["Content-Length"] = "2147483648"
    part.replace_header("Content-Disposition", 'attachment; filename="declared.txt"; size=2147483648')
    return made.as_bytes()


def bomb_in_a_mail() -> bytes:
    """A document of Word whose embedded archive, and whose own text, unpack to far more than may be read."""
    inner = corpus.packed({"xl/workbook.xml": b" " * 200_000_000})
    outer = corpus.repacked(corpus.word("x"), "word/embeddings/book.xlsx", inner)
    bomb = corpus.repacked(outer, "word/document.xml", f"<w:document {_W}>".encode() + b" " * 301_000_000)
    made = mail("Beans", "Beans in the mail itself.")
    made.add_attachment(bomb, maintype="application", subtype="octet-stream", filename="bomb.docx")
    return made.as_bytes()


def climbing_book() -> bytes:
    parts = {"mimetype": b"application/epub+zip", "META-INF/container.xml": _CONTAINER, "in/book.opf": _BOOK.encode()}
    climbs = {"../../etc/passwd": b"root:CANARY", "in/b.xhtml": b"<html><body><h1>Two</h1>Beans</body></html>"}
    return corpus.packed(parts | climbs)


def nested_tables() -> bytes:
    opened = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Beans</w:t></w:r></w:p>"
    body = opened * 1000 + "</w:tc></w:tr></w:tbl>" * 1000
    return corpus.repacked(
        corpus.word("x"), "word/document.xml", f"<w:document {_W}><w:body>{body}</w:body></w:document>".encode()
    )


def shallow_tables() -> bytes:
    opened = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Beans</w:t></w:r></w:p>"
    body = opened * 60 + "</w:tc></w:tr></w:tbl>" * 60
    return corpus.repacked(
        corpus.word("x"), "word/document.xml", f"<w:document {_W}><w:body>{body}</w:body></w:document>".encode()
    )


def sheet_of(rows: str, dimension: str = "") -> bytes:
    xml = f"<worksheet {_MAIN}>{dimension}<sheetData>{rows}</sheetData></worksheet>"
    return corpus.repacked(corpus.sheet(One=[["x"]]), "xl/worksheets/sheet1.xml", xml.encode())


def empty_rows() -> bytes:
    """As many rows as a sheet can have, each styled and empty but for the first and the last."""
    said = '<c r="A{0}" t="inlineStr"><is><t>Beans {0}</t></is></c>'
    styled = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(2, 1_048_576))
    return sheet_of(f'<row r="1">{said.format(1)}</row>{styled}<row r="1048576">{said.format(1_048_576)}</row>')


def long_pdf(pages: int) -> bytes:
    """A PDF of so many pages, each with a line of its own."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n in range(pages):
        words = f"BT /F1 12 Tf 72 400 Td (Beans of page {n + 1}.) Tj ET".encode()
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * n)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words))
    return corpus.pdf_of(objects)


@pytest.mark.parametrize(
    ("name", "make", "told", "found"),
    [
        ("pages.pdf", lambda: long_pdf(10_000), ("indexed", ""), ["Beans of page 1.", "Beans of page 10000."]),
        ("rows.xlsx", empty_rows, ("indexed", ""), ["Beans 1", "Beans 1048576"]),
        ("dimension.xlsx", lambda: sheet_of('<row r="9"><c r="C9"><v>41</v></c></row>'), ("indexed", ""), ["41"]),
        (
            "wrong.xlsx",
            lambda: sheet_of('<row r="9"><c r="C9"><v>41</v></c></row>', '<dimension ref="A1"/>'),
            ("indexed", ""),
            ["41"],
        ),
        ("deep.docx", nested_tables, ("failed", "document_broken"), []),
        ("tables.docx", shallow_tables, ("indexed", ""), ["Beans"]),
        ("mails.eml", nested_mails, ("indexed", ""), ["Beans of mail 49.", "Leaves."]),
        ("bomb.eml", bomb_in_a_mail, ("indexed", ""), ["Beans in the mail itself."]),
        ("book.epub", climbing_book, ("indexed", ""), ["Beans"]),
        ("wide.csv", lambda: "a;b\nBohnen;40\n".encode("utf-16"), ("indexed", ""), ["Bohnen;40"]),
        ("nuls.csv", lambda: b"name,price\nbe\0an,1\0\0\n", ("indexed", ""), ["bean,1"]),
    ],
)
def test_it_ends_in_a_clear_state(alice, name, make: Callable[[], bytes], told, found, work):
    made = work(factories.file(alice, name=name, data=make()))
    assert state(made) == told
    text = "\n".join(passages(made))
    assert [words for words in found if words not in text] == []
    assert "CANARY" not in text


def warned(document: Document) -> set[str]:
    return {warning.code for warning in extraction.warnings_of(document.extraction)}


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("mails.eml", nested_mails, "attachments_unread"),
        ("bomb.eml", bomb_in_a_mail, "attachments_unread"),
        ("tables.docx", shallow_tables, "nested_unread"),
        ("nuls.csv", lambda: b"name,price\nbe\0an,1\0\0\n", "nuls_left_out"),
    ],
)
def test_what_was_left_out_is_told(alice, name, make, code, work):
    assert code in warned(work(factories.file(alice, name=name, data=make())))
