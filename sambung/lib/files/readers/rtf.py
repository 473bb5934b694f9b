"""Documents in the Rich Text Format (`.rtf`): their words in paragraphs, without commands and pictures."""

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from sambung.lib.files.blocks import Block, Piece, ReadWarning, table
from sambung.lib.files.readers import File

_CELL = "|"  # how the library ends each cell
_PARTED = re.compile(r"\n+\|")  # from it, where the last paragraph in a cell ends


def read(file: File) -> Iterator[Piece]:
    """Paragraphs, and tables from lines of cells; a warning where there are footnotes, which the library leaves out."""
    text = rtf_to_text(file.data.decode("latin-1"), encoding="cp1252", errors="replace")
    rows: list[list[str]] = []
    text = _PARTED.sub(_CELL, text.replace("\r", "\n"))
    for line in re.split(r"\n+", text):
        if line.rstrip().endswith(_CELL) and line.count(_CELL) > 1:
            rows.append([cell.strip() for cell in line.rstrip().removesuffix(_CELL).split(_CELL)])
            continue
        if rows:
            yield table(rows)
            rows = []
        if line.strip():
            yield Block("paragraph", line.strip())
    if rows:
        yield table(rows)
    if b"\\footnote" in file.data:
        yield ReadWarning("notes_unread")
