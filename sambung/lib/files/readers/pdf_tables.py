"""Tables and paragraphs of a PDF's page, told by where its lines stand: a PDF says nothing of either."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

from sambung.lib.files.readers.pdf_lines import Cell, Line

_SPACED = 0.4  # times its size, by which more than the usual space between two lines parts paragraphs
_GREATER = 1.1  # times as large are letters of another kind


@dataclass(frozen=True, slots=True)
class Rows:
    """A table."""

    cells: list[list[str]]


def parts(lines: list[Line]) -> Iterator[Rows | list[Line]]:
    """The lines of a page as tables and paragraphs."""
    usual = _usual_space(lines)
    at = 0
    while at < len(lines):
        end = _end_of_table(lines, at)
        if end > at:
            yield Rows(_rows(lines[at:end]))
        else:
            end = _end_of_paragraph(lines, at, usual)
            yield lines[at:end]
        at = end


# ---- tables ---------------------------------------------------------------------------------------------
def _end_of_table(lines: list[Line], start: int) -> int:
    """The index behind the table that begins here, `start` where none does: two rows whose cells share columns."""
    end = start
    while end < len(lines) and (len(lines[end].cells) > 1 or (end > start and _goes_on(lines, start, end))):
        if end > start and not _fits(lines[start:end], lines[end]):
            break
        end += 1
    while end > start and len(lines[end - 1].cells) == 1 and not _goes_on(lines, start, end - 1):
        end -= 1
    full = sum(len(line.cells) > 1 for line in lines[start:end])
    return end if full > 1 and len(_columns(lines[start:end])) > 1 else start


def _goes_on(lines: list[Line], start: int, n: int) -> bool:
    """Whether a line with one cell goes on with a cell, not the first, of the row above."""
    columns = _columns(lines[start:n])
    cell, above = lines[n].cells[0], lines[n - 1]
    return 0 < above.bottom - lines[n].bottom < 2 * above.size and any(_meets(cell, one) for one in columns[1:])


def _fits(rows: list[Line], line: Line) -> bool:
    """Whether each cell stands below one column, and below no two."""
    columns = _columns(rows)
    return all(sum(_meets(cell, column) for column in columns) <= 1 for cell in line.cells) and any(
        _meets(cell, column) for cell in line.cells for column in columns
    )


def _meets(cell: Cell, column: tuple[float, float]) -> bool:
    return cell.left < column[1] and column[0] < cell.right


def _columns(rows: list[Line]) -> list[tuple[float, float]]:
    """Left and right of each column: what the cells above one another cover together."""
    found: list[tuple[float, float]] = []
    for left, right in sorted((cell.left, cell.right) for line in rows for cell in line.cells):
        if found and left < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _rows(lines: list[Line]) -> list[list[str]]:
    columns = _columns(lines)
    rows: list[list[str]] = []
    for line in lines:
        if len(line.cells) > 1:
            rows.append([""] * len(columns))
        for cell in line.cells:
            at = next(n for n, column in enumerate(columns) if _meets(cell, column) or cell.left == column[0])
            rows[-1][at] = f"{rows[-1][at]} {cell.text}".strip()
    return rows


# ---- paragraphs -----------------------------------------------------------------------------------------
def _usual_space(lines: list[Line]) -> float:
    """The space between most lines that follow one another, in sizes of their letters."""
    spaces = [(line.bottom - after.top) / line.size for line, after in pairwise(lines) if line.size]
    near = [space for space in spaces if -1 < space < 1]
    return median_low(near) if near else 0


def _end_of_paragraph(lines: list[Line], start: int, usual: float) -> int:
    end = start + 1
    while end < len(lines) and _goes_with(lines[end - 1], lines[end], usual) and _end_of_table(lines, end) == end:
        end += 1
    return end


def _goes_with(line: Line, after: Line, usual: float) -> bool:
    """Whether the next line belongs to the same paragraph."""
    if max(line.size, after.size) > _GREATER * min(line.size, after.size):
        return False
    space = line.bottom - after.top
    return -line.size < space < (max(usual, 0) + _SPACED) * line.size
