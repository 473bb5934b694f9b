"""PDF: the text of its pages in the order in which they were written, with headings, tables and filled fields."""

import unicodedata
from collections.abc import Iterator
from itertools import chain

import pypdfium2
import pypdfium2.raw as pdfium

from sambung.lib.files.blocks import Block, Piece, ReadWarning, Told, heading, item, table
from sambung.lib.files.readers import File, Unreadable, pictures
from sambung.lib.files.readers.pdf_annotations import comments, fields
from sambung.lib.files.readers.pdf_lines import Line, lines_of
from sambung.lib.files.readers.pdf_running import Running
from sambung.lib.files.readers.pdf_tables import Rows, parts

_BAD = {"Cc", "Co", "Cn", "Cs"}  # categories of characters that no letter has
_GARBLED = 0.2  # of a page's characters, from which its text cannot be used
_FEW = 40  # characters that may stand beside a scanned page: a stamp, a number
_SIZES = ((1.8, 1), (1.4, 2), (1.15, 3))  # of a heading, in sizes of the text -> its level
_SAMPLE = 20  # pages that tell the size of the text
_LETTERS = 300  # of a page that tell whether its font is known
_LISTED = 20  # pages that a warning names


def read(file: File) -> Iterator[Piece]:
    """Blocks of each page after a block `page`; facts: pages, thumbnail. Raises Unreadable("password")."""
    try:
        document = pypdfium2.PdfDocument(file.data, password=file.password or None)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable("password") from None
        raise
    pages = len(document)
    yield Told({"pages": pages})
    if document.get_formtype() in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND):
        yield ReadWarning("form_unread")
    if document.get_formtype() != pdfium.FORMTYPE_NONE:
        document.init_forms()
    if file.is_shown:
        yield from _thumbnail(document)
    yield from _Reader(document).pieces()


def _thumbnail(document: pypdfium2.PdfDocument) -> Iterator[Piece]:
    page = _opened(document, 0)
    if page is not None:
        scale = min(pictures.THUMBNAIL / max(*page.get_size(), 1), 2)
        drawn = page.render(scale=scale).to_pil().convert("RGB")
        yield Told({"thumbnail": pictures.written(pictures.thumbnail(drawn))})


def _opened(document: pypdfium2.PdfDocument, n: int) -> pypdfium2.PdfPage | None:
    """A page by its index, None where it is broken or there is none."""
    try:
        return document[n]
    except (pypdfium2.PdfiumError, IndexError):
        return None


class _Reader:
    """Goes through the pages once. What is wrong with some is told at the end."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self.document, self.pages = document, len(document)
        self.titles = _outline(document)
        self.sampled = {n: self._lines(n) for n in range(min(self.pages, _SAMPLE))}
        self.body = _usual_size(chain.from_iterable(self.sampled.values()))
        self.running = Running(self.body)
        self.scanned: list[int] = []
        self.garbled: list[int] = []
        self.broken: list[int] = []

    def pieces(self) -> Iterator[Piece]:
        """The blocks of all pages, and what is wrong with some. Raises Unreadable where no page is whole."""
        for n in range(self.pages):
            blocks = list(self._page(n))
            if blocks and self.pages > 1:
                yield Block("page", f"[page {n + 1}]", page=n + 1)
            yield from blocks
        yield from self._warnings()

    def _lines(self, n: int) -> list[Line]:
        page = _opened(self.document, n)
        if page is None:
            return []
        text = page.get_textpage()
        try:
            return lines_of(text)
        finally:
            text.close()
            page.close()

    def _page(self, n: int) -> Iterator[Block]:
        page = _opened(self.document, n)
        if page is None:
            self.broken.append(n + 1)
            return
        try:
            lines, number = self._read(page, n + 1), n + 1
            for part in parts(self.running.without(lines, n, page.get_height())):
                if isinstance(part, Rows):
                    yield table(part.cells, page=number)
                else:
                    yield _text(part, self.body, self.titles.get(n, {}), number)
            for name, value in fields(self.document, page):
                yield item(f"{name}: {value}", page=number)
            for said in comments(page):
                yield Block("note", f"[comment: {said}]", page=number)
        finally:
            page.close()

    def _read(self, page: pypdfium2.PdfPage, number: int) -> list[Line]:
        """The lines of a page, none where they would be no text."""
        text = page.get_textpage()
        try:
            lines = self.sampled.pop(number - 1, None) or lines_of(text)
            letters = sum(len(line.text) for line in lines)
            if letters <= _FEW and _is_picture(page):
                self.scanned.append(number)
            elif letters and _is_garbled(text, lines):
                self.garbled.append(number)
                return []
            return lines
        finally:
            text.close()

    def _warnings(self) -> Iterator[ReadWarning]:
        if self.broken and len(self.broken) == self.pages:
            raise Unreadable("broken")
        if self.broken:
            yield ReadWarning("pages_broken", {"pages": _listed(self.broken)})
        if self.scanned and len(self.scanned) == self.pages:
            yield ReadWarning("file_scanned")
        elif self.scanned:
            yield ReadWarning("pages_scanned", {"pages": _listed(self.scanned)})
        if self.garbled:
            yield ReadWarning("pages_garbled", {"pages": _listed(self.garbled)})


def _text(lines: list[Line], body: float, titles: dict[str, int], page: int) -> Block:
    """Lines that belong together, as a paragraph or a heading."""
    text = "\n".join(line.text for line in lines)
    size = max(line.size for line in lines)
    level = titles.get(_key(text)) or next((level for ratio, level in _SIZES if size >= ratio * body), 0)
    is_heading = level and len(lines) <= 3 and len(text) <= 200 and any(map(str.isalpha, text))
    return heading(text, level, page=page) if is_heading else Block("paragraph", text, page=page)


def _outline(document: pypdfium2.PdfDocument) -> dict[int, dict[str, int]]:
    """The bookmarks: index of a page -> {title: level}."""
    found: dict[int, dict[str, int]] = {}
    for mark in document.get_toc(max_depth=6):
        target = mark.get_dest()
        page = target.get_index() if target else None
        if page is not None and (title := _key(mark.get_title())):
            found.setdefault(page, {}).setdefault(title, mark.level + 1)
    return found


def _key(title: str) -> str:
    return " ".join(title.split()).casefold()


def _usual_size(lines: Iterator[Line]) -> float:
    """The size in which most characters are written, in points."""
    counted: dict[float, int] = {}
    for line in lines:
        counted[line.size] = counted.get(line.size, 0) + len(line.text)
    return max(counted, key=counted.get, default=0) or 1


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether something is drawn on the page that may be letters: images, or shapes without a word."""
    drawn = {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING}
    width, height = page.get_size()
    for found in page.get_objects(max_depth=3):
        if found.type in drawn:
            left, bottom, right, top = found.get_bounds()
            if found.type != pdfium.FPDF_PAGEOBJ_IMAGE or (right - left) * (top - bottom) > width * height / 4:
                return True
    return False


def _is_garbled(text: pypdfium2.PdfTextPage, lines: list[Line]) -> bool:
    """Whether the font does not say which letters it draws."""
    letters = "".join(line.text for line in lines)
    bad = sum(unicodedata.category(letter) in _BAD or letter == "\ufffd" for letter in letters if letter != "\n")
    sample = range(min(text.count_chars(), _LETTERS))
    unmapped = sum(pdfium.FPDFText_HasUnicodeMapError(text.raw, n) == 1 for n in sample)
    return max(bad / len(letters), unmapped / max(1, len(sample))) > _GARBLED


def _listed(pages: list[int]) -> str:
    shown = ", ".join(map(str, pages[:_LISTED]))
    return f"{shown}, …" if len(pages) > _LISTED else shown
