r"""Which dollars of a text are formulas and which are money, decided before the text is parsed.

A formula is taken out of the source and held: a mark that means nothing to Markdown stands in its place. So all
other dollars are plain letters to the parser, and marks and links between two prices live. Code, raw tags and
addresses bind before a formula does. A bar inside code or a formula does not end a cell of a table where the row
would have too many.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import islice
from operator import itemgetter

from sambung.lib.markdown.dollars import MARK_BEGINS, Found, Line
from sambung.lib.markdown.emphasis import INSIDE, LINKS, PIN_BEFORE, PIN_BEHIND, pins
from sambung.lib.markdown.parse import events, parts

# Noncharacters, which `normalise` lets nobody else write. The blank keeps a mark from being a link's target.
_MARK = MARK_BEGINS + "{} \ufdd1"
MARKS = re.compile("\ufdd0([0-9]{1,6}) \ufdd1")
_BAR = "\ufdd2"
_SIGN = re.compile(r"\$|\\[(\[]")
_BAR_IN_CODE = re.compile(r"`[^`|\n]*+\|")
_HEAD_ENDS = re.compile(r"^[ \t>]*+[|:\-][|: \t\-]*+$", re.MULTILINE)
_HEAD = re.compile(rb"^[ \t>]*+(?P<head>[^\n]*+)\n[ \t>]*+(?P<ends>[|:-][|: \t-]*+)$", re.MULTILINE)
_DIVIDER = re.compile(rb"\\.|(\|)", re.DOTALL)


@dataclass(slots=True)
class Held:
    """The text for the parser, and the formulas that its marks stand for."""

    source: str
    formulas: list[Found] = field(default_factory=list)
    edits: list[tuple[int, int, int]] = field(default_factory=list)  # bytes of the text, and how many are there now
    heads: "Held | None" = None  # with fewer marks and pins, of which this one was made

    def before(self, place: int) -> int:
        """Return where a place in the source, in bytes, stands in the text."""
        grown = 0
        for start, end, size in self.edits:
            if start + grown >= place:
                break
            grown += size - (end - start)
        return self.heads.before(place - grown) if self.heads else place - grown

    def restored(self, html: str) -> str:
        """Return the HTML with the letters of the source where a mark was left, and the bars."""
        if MARK_BEGINS in html:
            html = MARKS.sub(self._letters, html)
        return without_pins(html).replace(_BAR, "|")

    def _letters(self, mark: re.Match[str]) -> str:
        found = self.formula(mark[1])
        return escape(found.letters) if found else ""

    def formula(self, number: str) -> Found | None:
        """Return what a mark stands for; None for one that the source wrote as entities."""
        return self.formulas[int(number)] if int(number) < len(self.formulas) else None


def hold(text: str, *, limit: int) -> Held:
    """Return the text with its formulas held and its emphasis pinned, up to the parser's first `limit` events."""
    held = _held(text, limit)
    if not (pinned := [(at, at, pin.encode()) for at, pin in pins(held.source, limit=limit)]):
        return held
    source = _replaced(held.source.encode(), pinned).decode()
    return Held(source, held.formulas, [(start, end, len(pin)) for start, end, pin in pinned], held)


def without_pins(text: str) -> str:
    """Return the text as it was before its emphasis was pinned."""
    return text.replace(PIN_BEFORE, "").replace(PIN_BEHIND, "") if PIN_BEFORE[0] in text else text


def _held(text: str, limit: int) -> Held:
    if not _may_hold(text):
        return Held(text)
    heads = _with_heads(text, limit)
    finder = _Finder(heads.source.encode())
    finder.read(limit)
    return finder.held(heads)


def _may_hold(text: str) -> bool:
    """Whether there may be something to hold, which is asked at each tick: most texts lack the letters for it."""
    if "$" in text or ("\\" in text and _SIGN.search(text)):
        return True
    return "|" in text and _BAR_IN_CODE.search(text) is not None


def may_make_tables(text: str) -> bool:
    """Whether the text has a line that makes the one before it a table's head, if that has as many cells."""
    return _HEAD_ENDS.search(text) is not None


def _with_heads(text: str, limit: int) -> Held:
    """Return the text with what is to be held in lines that would be heads of tables but for bars in it."""
    source = text.encode()
    whole = _Finder(source)
    if lines := list(_heads(source)):
        paragraphs = list(_paragraphs(text, limit))
        for at, line in lines:
            n = bisect(paragraphs, at, key=itemgetter(0)) - 1  # the last that begins before it
            if n >= 0 and at < paragraphs[n][1]:
                whole.take(line, at)
    return whole.held()


def _heads(source: bytes) -> Iterator[tuple[int, "_Finder"]]:
    """Yield the lines (place, what is to be held) that have as many cells as the line below asks for, once held."""
    for pair in _HEAD.finditer(source):
        columns = _cells(pair["ends"])
        if b"|" in pair["ends"] and _cells(pair["head"]) != columns:
            line = _Finder(pair["head"])
            line.read(len(pair["head"]))
            if line.cells() == columns:
                yield pair.start("head"), line


def _paragraphs(text: str, limit: int) -> Iterator[tuple[int, int]]:
    for event, span in islice(events(text), limit):
        if event == {"Start": "Paragraph"}:
            yield span["start"], span["end"]


@dataclass(slots=True)
class _Finder:
    """Goes through the parser's events of a text and keeps what is to be held: ranges of bytes."""

    source: bytes
    found: list[Found] = field(default_factory=list)
    bars: list[int] = field(default_factory=list)  # in code of a line that is not of a table
    ends: list[int] = field(default_factory=list)  # bars that are to end no cell
    _line: Line | None = None
    _row: tuple[int, int] = (0, 0)  # how many formulas were found before it, and where its last cell ends
    _columns: int = 0
    _skipped: int = 0  # how many addresses, pictures and blocks of code are open, whose words hold no formula

    def read(self, limit: int) -> None:
        """Find what is to be held, in the first `limit` events."""
        self._line = Line(self.source)
        for event, span in islice(events(self.source.decode()), limit):
            kind, data = parts(event)
            if kind != "End":
                self._line.goes_on(span["start"])
            if kind == "Text":
                if not self._skipped:
                    self._line.text(span["start"], span["end"])
            elif kind in {"SoftBreak", "HardBreak"}:
                self._line.line_ends(span["end"])
            elif kind == "Code":
                self._code(span["start"], span["end"])
            elif kind in {"Start", "End"}:
                self._tag(kind, *parts(data), span)
        self._end_line()

    def _tag(self, kind: str, name: str, data: object, span: dict[str, int]) -> None:
        if name in INSIDE:
            return
        if name in LINKS:
            self._link(kind, name, data)
            return
        self._end_line()
        if name == "CodeBlock":
            self._skipped = int(kind == "Start")
        elif kind == "Start" and name == "Table":
            self._columns = len(data)
        elif kind == "Start" and name == "TableRow":
            self._row = (len(self.found), span["start"])
        elif kind == "End" and name == "TableCell":
            self._row = (self._row[0], span["end"])
        elif kind == "End" and name == "Table":
            self._columns = 0
        elif kind == "End" and name == "TableRow":
            self._end_row(span["start"], span["end"])

    def _link(self, kind: str, name: str, data: dict) -> None:
        if kind == "Start":
            is_skipped = self._skipped or name == "Image" or data["link_type"] in {"Autolink", "Email"}
            self._skipped += bool(is_skipped)
            self._line.link_begins()
        else:
            self._skipped -= self._skipped > 0
            self._line.link_ends()

    def _code(self, start: int, end: int) -> None:
        """Code binds before all else. A bar in it counts where the line is read as a row of a table."""
        self._end_line()
        if not self._columns:
            self.bars += _bars(self.source, start, end)

    def _end_line(self) -> None:
        if self._line.is_begun:
            self.found += self._line.found
            self._line = Line(self.source)

    def _end_row(self, start: int, end: int) -> None:
        """Read a row with too many cells as one line. Where its formulas and code explain them, they are held."""
        formulas, last = self._row
        if not self.source[last:end].strip(b"| \t\r\n"):
            return
        row = _Finder(self.source[start:end])
        row.read(end - start)
        if row.cells() == self._columns:
            del self.found[formulas:]
            self.take(row, start)

    def take(self, line: "_Finder", at: int) -> None:
        """Hold what this line of the text holds, with its bars."""
        self.found += [one.moved(at) for one in line.found]
        self.ends += [at + bar for bar in line.bars]

    def cells(self) -> int:
        """How many cells this line has once its formulas and bars are held."""
        return _cells(_replaced(self.source, self._edits(self.bars, 0)))

    def held(self, heads: Held | None = None) -> Held:
        """Return the source with marks, their numbers after those of the heads."""
        known = heads.formulas if heads else []
        edits = self._edits(self.ends, len(known))
        sizes = [(start, end, len(mark)) for start, end, mark in edits]
        return Held(_replaced(self.source, edits).decode(), known + self.found, sizes, heads)

    def _edits(self, bars: list[int], first: int) -> list[tuple[int, int, bytes]]:
        marks = [(one.start, one.end, _MARK.format(n).encode()) for n, one in enumerate(self.found, first)]
        return sorted(marks + [(at, at + 1, _BAR.encode()) for at in bars])


def _replaced(source: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    out, at = [], 0
    for start, end, mark in edits:
        out += (source[at:start], mark)
        at = end
    return b"".join([*out, source[at:]])


def _bars(source: bytes, start: int, end: int) -> list[int]:
    """Return where bars stand, but those behind a backslash, which end no cell anyway."""
    return [bar.start() for bar in _DIVIDER.finditer(source, start, end) if bar[1]]


def _cells(line: bytes) -> int:
    """How many cells a line has as a row of a table."""
    row = line.strip(b" \t\r\n")
    bars = _bars(row, 0, len(row))
    return len(bars) + 1 - (0 in bars) - (len(row) - 1 in bars)
