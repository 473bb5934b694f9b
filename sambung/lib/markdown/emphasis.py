"""Bold, italic and struck words beside punctuation, in scripts that put no blanks between words.

CommonMark asks what stands on both sides of `**`: behind punctuation and before a letter it begins something, so that
`**“术语”**的` has no end. Beside Chinese, Japanese and Korean letters either is taken, as by
https://github.com/tats-u/markdown-cjk-friendly; and behind the punctuation that ends a sentence, what was begun ends,
as in `**Catatan:**Ini`. The parser is told by pins: a blank where it looks for one, which goes again.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sambung.lib.markdown.parse import events, parts

#: A noncharacter, which `normalise` lets nobody else write, and a blank that the parser takes for one.
PIN_BEFORE, PIN_BEHIND = "\ufdd3\u1680", "\u1680\ufdd3"
INSIDE = frozenset({"Emphasis", "Strong", "Strikethrough"})  # what begins and ends within a line
LINKS = frozenset({"Link", "Image"})

_EAST = "\u1100-\u11ff\u2e80-\u30ff\u3130-\u318f\u31f0-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
_EAST += "\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
_IS_EAST = re.compile(f"[{_EAST}]")
_ENDS = frozenset(".:!?,;)”’»%…")  # behind which something ends, even before a letter
_MAY = re.compile(rf"[{_EAST}][*~]|[*~][{_EAST}]|[{re.escape(''.join(_ENDS))}][*~]+\w")
_RUN = re.compile(r"\\.|\*+|~+", re.DOTALL)
MOST_OPEN = 50  # runs that wait for their end
_PLAIN = {"Text", "SoftBreak", "HardBreak", "FootnoteReference", "TaskListMarker"}
_OPAQUE = {"Code", "InlineHtml", "InlineMath", "DisplayMath"}


@dataclass(frozen=True, slots=True)
class _Run:
    """Stars or tildes in a line of thought: their place in it, and what stands on both sides."""

    letters: str
    start: int
    before: str
    behind: str

    @property
    def end(self) -> int:
        return self.start + len(self.letters)

    @property
    def begins(self) -> bool:
        """Whether CommonMark lets it begin something."""
        return not _is_blank(self.behind) and (
            not _is_mark(self.behind) or _is_blank(self.before) or _is_mark(self.before)
        )

    @property
    def ends(self) -> bool:
        """Whether CommonMark lets it end something."""
        return not _is_blank(self.before) and (
            not _is_mark(self.before) or _is_blank(self.behind) or _is_mark(self.behind)
        )

    @property
    def is_eastern(self) -> bool:
        return bool(_IS_EAST.match(self.before) or _IS_EAST.match(self.behind))

    @property
    def may_begin(self) -> bool:
        return self.begins or (self.is_eastern and not _is_blank(self.behind))

    def may_end(self, begun: "_Run") -> bool:
        is_sentence = self.before in _ENDS and not _is_mark(begun.before)
        return self.ends or ((self.is_eastern or is_sentence) and not _is_blank(self.before))


@dataclass(slots=True)
class _Line:
    """A line of thought in the source, as bytes from `start` to `end`; what is `opaque` in it holds no runs."""

    start: int = -1
    end: int = -1
    opaque: list[tuple[int, int]] = field(default_factory=list)

    def covers(self, start: int, end: int) -> None:
        self.start = start if self.start < 0 else min(self.start, start)
        self.end = max(self.end, end)


def pins(source: str, *, limit: int) -> list[tuple[int, str]]:
    """Return where pins belong, as bytes of the source, in its order: those of the parser's first `limit` events."""
    if not _may_pin(source):
        return []
    raw = source.encode()
    found: list[tuple[int, str]] = []
    for line in _lines(source, limit):
        found += _of_line(raw, line)
    return found


def _may_pin(text: str) -> bool:
    """Whether there may be a place for pins, asked at each tick: the pattern is slow on texts without marks."""
    return ("*" in text or "~" in text) and _MAY.search(text) is not None


def _lines(source: str, limit: int) -> Iterator[_Line]:
    line, is_code, behind = _Line(), False, 0
    for event, span in islice(events(source), limit):
        kind, data = parts(event)
        name = parts(data)[0] if kind in ("Start", "End") else ""
        start, end = span["start"], span["end"]
        if name == "CodeBlock":
            is_code = kind == "Start"
        if name in INSIDE or name in LINKS or kind in _PLAIN or kind in _OPAQUE:
            if is_code:
                continue
            line.covers(start, end)
            if kind in _OPAQUE or name == "Image":
                line.opaque.append((start, end))
            elif name == "Link" and kind == "End":  # all behind its words is its address
                line.opaque.append((max(behind, start), end))
            behind = start if kind == "Start" else end
        elif line.end >= 0:
            yield line
            line = _Line()
    if line.end >= 0:
        yield line


def _of_line(raw: bytes, line: _Line) -> Iterator[tuple[int, str]]:
    piece = bytearray(raw[line.start : line.end])
    for start, end in line.opaque:  # but for its edges, which are what stands beside a run
        inside = slice(start - line.start + 1, end - line.start - 1)
        piece[inside] = b"x" * len(piece[inside])
    text = piece.decode()
    if not _may_pin(text):
        return
    at, place = 0, line.start
    for letter, pin in sorted(set(_of_text(text))):
        place += len(text[at:letter].encode())
        at = letter
        yield place, pin


def _of_text(text: str) -> Iterator[tuple[int, str]]:
    """Yield where pins belong, as letters of the text."""
    for begun, ended in _pairs(text):
        if begun.begins and ended.ends:
            continue
        if not _is_blank(begun.before):
            yield begun.start, PIN_BEFORE
        if not _is_blank(ended.behind):
            yield ended.end, PIN_BEHIND


def _pairs(text: str) -> Iterator[tuple[_Run, _Run]]:
    """Yield what begins and ends something, by runs of the same letters."""
    opened: list[_Run] = []
    for found in _RUN.finditer(text):
        if found[0][0] == "\\":
            continue
        run = _Run(
            found[0], found.start(), text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        )
        same = next((n for n in range(len(opened) - 1, -1, -1) if opened[n].letters == run.letters), -1)
        if same >= 0 and run.may_end(opened[same]):
            yield opened[same], run
            del opened[same:]
        elif run.may_begin:
            opened.append(run)
            del opened[:-MOST_OPEN]


def _is_blank(letter: str) -> bool:
    return not letter or letter.isspace()


def _is_mark(letter: str) -> bool:
    """Whether it is punctuation or a sign."""
    return letter != "" and unicodedata.category(letter)[0] in "PS"
