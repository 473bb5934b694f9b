"""A sheet in one passage: how many rows it has, its columns, and the values in each.

Its rows are found one by one in the passages beside; what it is about as a whole stands in none of them. What it comes
to is a question for `query_data`, which asks all of its rows.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from sambung.lib.files.blocks import LINE, Block, starts
from sambung.lib.files.readers.text import delimiter_of

LONGEST = 1_200  # characters of what is told
LARGE = 1_200  # of a table's text, up to which it stands whole in a passage and is not told
_LINE, _VALUE = 240, 40  # characters of a column's line, and of a value in it
_VALUES, _EXAMPLES, _DIFFERENT = 12, 3, 1_000  # values that are listed, or given as examples; that are told apart
_LOOKED = 20  # rows among which the head is looked for
_FULL = 0.6  # of the cells of the fullest of these, that the head fills
_RULE = re.compile(r"[\s>|:-]*-[\s>|:-]*")
_CELL = re.compile(r"(?<!\\)\|")
_MONEY, _SHARE = r"(?:(?:Rp\.?|IDR|USD|EUR|[$€£¥])\s?)?", r"(?:\s?%)?"


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a sheet; it stands at the sheet's first line."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of values: a workbook's sheet, or a text with commas. `blocks` each with its place.

    `names` are those of the columns, [] where none are; `head` is the line that says them, as it is repeated.
    """

    blocks: list[tuple[int, Block]]
    names: list[str]
    above: int  # rows before those with values
    head: str

    @property
    def about(self) -> About | None:
        """What is told of it; None where it stands whole in one passage, and where it has no rows."""
        start, block = self.blocks[0]
        if sum(len(one.text) for _start, one in self.blocks) <= LARGE:
            return None
        rows = islice(_rows([one.text for _start, one in self.blocks]), self.above, None)
        told = _told(block.sheet, self.names, rows)
        return About(told, start, start + len(block.text.partition(LINE)[0])) if told else None


def sheets(blocks: Iterable[Block]) -> Iterator[Sheet]:
    """The tables of values among the blocks of a document, in their order."""
    for held in _tables(blocks):
        texts = [block.text for _start, block in held]
        names, above = _head(list(islice(_rows(texts), _LOOKED)))
        yield Sheet(held, names, above, _head_line(texts[0], above - 1) if names else "")


def _tables(blocks: Iterable[Block]) -> Iterator[list[tuple[int, Block]]]:
    """The blocks of each table of values, with their places."""
    held: list[tuple[int, Block]] = []
    for start, block in starts(blocks):
        is_ruled = is_rule(_line(block.text, 1))
        is_more = bool(held) and block.kind == "table" and not is_ruled and _room(block) == _room(held[0][1])
        if held and not is_more:
            yield held
            held = []
        if block.kind == "table" and (is_more or block.sheet or not is_ruled):
            held.append((start, block))
    if held:
        yield held


def is_rule(line: str) -> bool:
    """Whether this is what stands below the head of a table in Markdown."""
    return bool(_RULE.fullmatch(line))


def _room(block: Block) -> tuple[str, str]:
    return block.sheet, block.path


def _line(text: str, n: int) -> str:
    return next(islice(text.split(LINE, n + 1), n, None), "")


def _rows(texts: Sequence[str]) -> Iterator[list[str]]:
    """The cells of a table, row by row."""
    if texts[0].startswith("| "):
        lines = (line for text in texts for line in text.split(LINE) if not is_rule(line))
        return ([cell.strip().replace("\\|", "|") for cell in _CELL.split(line)[1:-1]] for line in lines)
    csv.field_size_limit(max(131_072, *(len(text) + 1 for text in texts)))
    lines = chain.from_iterable(text.splitlines(keepends=True) for text in texts)
    return csv.reader(lines, delimiter=delimiter_of(texts[0]))


# ---- the head -------------------------------------------------------------------------------------------
def _head(rows: list[list[str]]) -> tuple[list[str], int]:
    """The names of the columns, and how many rows stand before the values. A title may stand above the head."""
    filled = [sum(map(bool, row)) for row in rows]
    least = max(filled, default=0) * _FULL
    at = next((n for n, cells in enumerate(filled) if cells >= least), 0)
    if not rows or any(form.fits(value.strip()) for value in rows[at] for form in FORMS):
        return [], 0
    return [_short(value) for value in rows[at]], at + 1


def _head_line(text: str, at: int) -> str:
    """The line that the names of the columns stand in, with a rule where the table is one of Markdown."""
    lines = text.split(LINE, at + 3)
    if not text.startswith("| "):
        return lines[at] if all(line.count('"') % 2 == 0 for line in lines[: at + 1]) else ""
    found = [line for line in lines[: at + 2] if not is_rule(line)][at]
    return LINE.join([found, *(line for line in lines[:2] if is_rule(line))])


# ---- what is told ---------------------------------------------------------------------------------------
def _told(sheet: str, names: Sequence[str], rows: Iterable[list[str]]) -> str:
    """The sheet in words, its columns a line each; "" where it has no rows."""
    columns = [_Column(name) for name in names]
    count = 0
    for row in rows:
        count += any(row)
        columns += [_Column("") for _more in row[len(columns) :]]
        for column, value in zip(columns, row, strict=False):
            column.add(value.strip())
    if not count:
        return ""
    for n, column in enumerate(columns, start=1):
        column.name = column.name or f"column {n}"
    head = f"{f'Sheet “{sheet}”' if sheet else 'Table'}: {count} rows, {len(columns)} columns."
    return _bounded(head, columns, count)


def _bounded(head: str, columns: Sequence["_Column"], rows: int) -> str:
    """As many columns with their values as there is room for, the others by their names."""
    lines, left = [head], LONGEST - len(head)
    for n, column in enumerate(columns):
        line = f"- {column.told(rows)}"
        if len(line) > left:
            names = ", ".join(one.name for one in columns[n:])
            return LINE.join([*lines, f"- and: {names[:left]}"])
        lines.append(line)
        left -= len(line) + 1
    return LINE.join(lines)


@dataclass(slots=True)
class _Column:
    """A column: the forms that all of its values have so far, and its values, as many as are told apart."""

    name: str
    filled: int = 0
    forms: list["_Range"] = field(default_factory=lambda: [_Range(form) for form in FORMS])
    values: Counter = field(default_factory=Counter)

    def add(self, value: str) -> None:
        if not value:
            return
        self.filled += 1
        self.forms = [one for one in self.forms if one.takes(value)]
        if value in self.values or len(self.values) <= _DIFFERENT:
            self.values[value] += 1

    def told(self, rows: int) -> str:
        """The column in words."""
        empty = f", {rows - self.filled} empty" if 0 < self.filled < rows else ""
        return f"{self.name}: {self._held()}{empty}"[:_LINE]

    def _held(self) -> str:
        if not self.filled:
            return "empty"
        if self.forms:
            one = self.forms[0]
            return f"{one.form.noun} from {one.least[1]} to {one.most[1]}" if one.least != one.most else one.least[1]
        shown = [_short(value) for value, _n in self.values.most_common(_VALUES)]
        if len(self.values) <= _VALUES:
            return ", ".join(shown)
        many = f"over {_DIFFERENT}" if len(self.values) > _DIFFERENT else str(len(self.values))
        return f"{many} different values, such as {', '.join(shown[:_EXAMPLES])}"


def _short(value: str) -> str:
    flat = " ".join(value.split())
    return flat if len(flat) <= _VALUE else f"{flat[: _VALUE - 1]}…"


# ---- ranges ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Form:
    """A way of writing values that have an order. What has zeros in front is somebody's id and has none."""

    noun: str
    pattern: re.Pattern
    key: Callable[[re.Match], float | str]

    def fits(self, value: str) -> bool:
        return bool(self.pattern.fullmatch(value))


@dataclass(slots=True)
class _Range:
    """The least and the greatest of a column's values, as they are written, if all have this form."""

    form: _Form
    least: tuple | None = None
    most: tuple | None = None

    def takes(self, value: str) -> bool:
        """Whether the value has the form as well."""
        found = self.form.pattern.fullmatch(value)
        if found:
            key = self.form.key(found), value
            self.least = key if self.least is None or key < self.least else self.least
            self.most = key if self.most is None or key > self.most else self.most
        return bool(found)


def _number(digits: str, thousands: str) -> _Form:
    def key(found: re.Match) -> float:
        return float(found[1] + found[2].replace(thousands, "").replace(",", "."))

    return _Form("numbers", re.compile(rf"{_MONEY}(-?){_MONEY}({digits}){_SHARE}"), key)


FORMS = (
    _number(r"(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,14})(?:\.\d+)?", ","),
    _number(r"(?:0|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,14})(?:,\d+)?", "."),
    _Form("dates", re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d.*)?"), lambda found: found[0]),
    *(
        _Form("dates", re.compile(pattern), lambda found: found["y"] + found["m"].zfill(2) + found["d"].zfill(2))
        for pattern in (
            r"(?P<d>0?[1-9]|[12]\d|3[01])[/.-](?P<m>0?[1-9]|1[0-2])[/.-](?P<y>\d{4})",
            r"(?P<m>0?[1-9]|1[0-2])[/.-](?P<d>0?[1-9]|[12]\d|3[01])[/.-](?P<y>\d{4})",
        )
    ),
)
