"""Texts: plain ones, code, and tables of values with commas. Nothing of them is changed, only parted into blocks;
but a log that was written for a terminal is read as it is seen there."""

import csv
import re
from collections.abc import Iterator

from sambung.lib import terminal
from sambung.lib.files.blocks import Block, Kind, Piece
from sambung.lib.files.readers import File
from sambung.lib.files.readers.encodings import decoded

_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
#: Where code may be parted: a blank line before one that is not indented, or is no end of something.
_BETWEEN = re.compile(r"\n(?:[ \t]*\n)+(?=[^\s)}\]])")
_ROWS = 200  # of a block
_DIALECTS = ",;\t|"


def read(file: File) -> Iterator[Piece]:
    """Paragraphs of a text, pieces of code, rows of a table; a warning where the encoding was guessed."""
    text, warnings = decoded(file)
    yield from warnings
    if "\x1b[" in text:
        text = terminal.plain(text)
    yield from blocks_of(text, file.family)


def blocks_of(text: str, family: str, **place) -> Iterator[Block]:
    """The blocks of a text that is read: of `code`, of a `csv`, or of any other."""
    if family == "csv":
        yield from _table(text, **place)
    elif family == "code":
        yield from parted(text, _BETWEEN, "code", **place)
    else:
        yield from parted(text, _BLANK, "paragraph", **place)


def parted(text: str, between: re.Pattern, kind: Kind, **place) -> Iterator[Block]:
    """The text in blocks whose texts and gaps, put together, are the whole."""
    at = 0
    for found in between.finditer(text):
        yield Block(kind, text[at : found.start()], gap=found.group(), **place)
        at = found.end()
    yield Block(kind, text[at:], gap="", **place)


def _table(text: str, **place) -> Iterator[Block]:
    """Rows by the hundred, none parted in the middle: a quoted value may hold lines."""
    lines = text.splitlines(keepends=True)
    rows = csv.reader(lines, delimiter=delimiter_of(text))
    csv.field_size_limit(len(text) + 1)
    start = 0
    for count, _row in enumerate(rows, start=1):
        if count % _ROWS == 0:
            yield Block("table", "".join(lines[start : rows.line_num]), gap="", **place)
            start = rows.line_num
    if start < len(lines):
        yield Block("table", "".join(lines[start:]), gap="", **place)


def delimiter_of(text: str) -> str:
    """What parts the values of a row: the sign that is most often in the first line."""
    first = next((line for line in text[:10_000].splitlines() if line.strip()), "")
    return max(_DIALECTS, key=first.count)
