"""The lines of a PDF's page: what stands on one, how large, and where it falls apart into cells."""

import itertools
import re
from ctypes import byref, c_double
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

_HYPHEN = "\x02"  # how PDFium marks a hyphen at the end of a line
_WHOLE_HYPHEN = "\ufffe"  # the same, in the text of a whole page
_ENDS = "\r\n"
_LEADERS = re.compile(r"\s*(?:\.\s?){4,}\s*")  # dots that lead to a number in a list of contents
_WIDE = 1.0  # times its size, from which a gap in a line is one between cells


@dataclass(slots=True)
class Cell:
    """A piece of a line, with its left and right end in points."""

    left: float
    right: float
    text: str


@dataclass(slots=True)
class Line:
    """A line: `top` and `bottom` in points from the bottom of the page, `size` that of its letters."""

    cells: list[Cell]
    top: float
    bottom: float
    size: float
    is_broken: bool = False  # in the middle of a word

    @property
    def text(self) -> str:
        """What stands on the line, its cells side by side."""
        return " ".join(cell.text for cell in self.cells)


def lines_of(page: pypdfium2.PdfTextPage) -> list[Line]:
    """The lines in the order in which the file draws them; words that were broken at the end of a line are whole."""
    raw = page.raw
    count = pdfium.FPDFText_CountChars(raw)
    letters = _letters(page, count)
    found, start = [], 0
    for n in range(count + 1):
        if n == count or letters[n] in _ENDS:
            if line := _line(raw, letters, start, n):
                found.append(line)
            start = n + 1
    return _joined(found)


def _letters(page: pypdfium2.PdfTextPage, count: int) -> list[str]:
    """The characters of a page, all at once; one by one where some of them would be left out, or be two."""
    whole = page.get_text_range() if count else ""
    if len(whole) == count:
        return list(whole.replace("\0", "\ufffd").replace(_WHOLE_HYPHEN, _HYPHEN))
    code_of = pdfium.FPDFText_GetUnicode
    return [_letter(code_of(page.raw, n)) for n in range(count)]


def _letter(code: int) -> str:
    """A character, U+FFFD for what is none."""
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


def _line(page, letters: list[str], start: int, end: int) -> Line | None:
    while start < end and letters[start].isspace():
        start += 1
    while start < end and letters[end - 1].isspace():
        end -= 1
    is_broken = start < end and letters[end - 1] == _HYPHEN
    if is_broken:
        end -= 1
    if start == end:
        return None
    loose = pdfium.FS_RECTF()  # the rectangle that its font gives the character
    pdfium.FPDFText_GetLooseCharBox(page, start, byref(loose))
    size = round(loose.top - loose.bottom, 1)
    return Line(_cells(page, letters, start, end, size), loose.top, loose.bottom, size, is_broken)


def _cells(page, letters: list[str], start: int, end: int, size: float) -> list[Cell]:
    """The pieces between the wide gaps of a line."""
    edges, n = [start], start
    while n < end:
        if letters[n].isspace():
            after = n
            while letters[after].isspace():
                after += 1
            gap = _sides(page, after)[0] - _sides(page, n - 1)[1]
            if gap > _WIDE * size > 0:
                edges += [n, after]
            n = after
        n += 1
    edges.append(end)
    return [_cell(page, letters, *edges[at : at + 2]) for at in range(0, len(edges), 2)]


def _cell(page, letters: list[str], start: int, end: int) -> Cell:
    text = "".join(letters[start:end]).replace(_HYPHEN, "")
    return Cell(_sides(page, start)[0], _sides(page, end - 1)[1], _LEADERS.sub(" … ", text).strip())


_LEFT, _RIGHT, _BOTTOM, _TOP = (c_double() for _ in range(4))
_INTO = tuple(map(byref, (_LEFT, _RIGHT, _BOTTOM, _TOP)))  # a page asks thousands of times


def _sides(page, n: int) -> tuple[float, float]:
    """Left and right of a character."""
    pdfium.FPDFText_GetCharBox(page, n, *_INTO)
    return _LEFT.value, _RIGHT.value


def _joined(lines: list[Line]) -> list[Line]:
    """The lines, the rest of a broken word at the end of the line where it began."""
    for line, after in itertools.pairwise(lines):
        if line.is_broken and after.cells:
            rest, _space, others = after.cells[0].text.partition(" ")
            line.cells[-1].text += rest
            after.cells[0].text = others
    return [line for line in lines if line.text.strip()]
