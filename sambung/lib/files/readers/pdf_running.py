"""Lines at the edges of a PDF's pages that come again on each: titles, names, numbers. The first is kept."""

import re

from sambung.lib.files.readers.pdf_lines import Line

_EDGE = 0.12  # of a page's height
_NEAR = 6  # points by which a line may stand elsewhere
_GREATER = 1.1  # times the size of the text
_BACK = 2  # pages: left and right ones may differ
_NUMBER = re.compile(r"(\d+)")


class Running:
    """Remembers the edges of the pages before. What is larger than text of the size `body` is a heading, and stays."""

    def __init__(self, body: float) -> None:
        self._body = body
        self._before: list[tuple[int, list[Line]]] = []

    def without(self, lines: list[Line], page: int, height: float) -> list[Line]:
        """The lines of a page (an index) without those that stood in the same place of the pages before it."""
        small = [line for line in lines if line.size <= _GREATER * self._body]
        edges = [line for line in small if not _EDGE * height < line.bottom < (1 - _EDGE) * height]
        again = {
            id(line)
            for number, others in self._before
            for other in others
            for line in edges
            if _is_same(other, line, page - number)
        }
        self._before = [*self._before, (page, edges)][-_BACK:]
        return [line for line in lines if id(line) not in again]


def _is_same(before: Line, line: Line, pages: int) -> bool:
    """Whether two lines differ in nothing, or in numbers that grow with the pages."""
    if abs(before.bottom - line.bottom) > _NEAR:
        return False
    old, new = _NUMBER.split(before.text), _NUMBER.split(line.text)
    if len(old) != len(new) or old[::2] != new[::2]:
        return False
    return all(one == other or int(other) - int(one) == pages for one, other in zip(old[1::2], new[1::2], strict=True))
