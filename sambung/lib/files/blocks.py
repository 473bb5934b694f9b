"""What a file is read into: blocks, one after the other, with the place where each stands. No Django.

A reader gives blocks, warnings about what it could not read, and facts about the whole file, in the order of the
file. The text of a file is made of its blocks alone, so that a block's place in it is known to the character.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

Kind = Literal["heading", "paragraph", "list", "table", "code", "note", "header", "footer", "page", "sheet", "slide"]
PARAGRAPH, LINE = "\n\n", "\n"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a file. `text` is Markdown, or the source itself where the file is a text; `gap` follows it.

    `level` is that of a heading (1 to 6) or of a list item (0 the outermost). `page`, `slide` count from 1; `path`
    is the place inside a file that holds others: a chapter of a book, an attachment of a mail.
    """

    kind: Kind
    text: str
    level: int = 0
    page: int | None = None
    slide: int | None = None
    sheet: str = ""
    path: str = ""
    gap: str = PARAGRAPH

    @property
    def stored(self) -> dict:
        """The block as JSON, without what is as usual."""
        return {name: value for name, value in asdict(self).items() if value != _USUAL.get(name)}


_USUAL = {"level": 0, "page": None, "slide": None, "sheet": "", "path": "", "gap": PARAGRAPH}


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """What could not be read, or had to be guessed. Its sentence is in `warnings.py`."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def stored(self) -> dict:
        """The warning as JSON."""
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Told:
    """Facts about the whole file: pages, width, height, mime_type; `data` and `thumbnail` in base64."""

    facts: Mapping[str, str | int | bool]

    @property
    def stored(self) -> dict:
        """The facts as JSON."""
        return dict(self.facts)


Piece = Block | ReadWarning | Told


def text_of(blocks: Sequence[Block]) -> str:
    """The text of a file: its blocks with what stands between them."""
    whole = "".join(piece for block in blocks for piece in (block.text, block.gap))
    return whole.removesuffix(blocks[-1].gap) if blocks else ""


def starts(blocks: Iterable[Block]) -> Iterator[tuple[int, Block]]:
    """Each block with the offset in characters at which it begins in `text_of`."""
    at = 0
    for block in blocks:
        yield at, block
        at += len(block.text) + len(block.gap)


# ---- Markdown -------------------------------------------------------------------------------------------
def heading(text: str, level: int, **place) -> Block:
    """A heading of level 1 to 6 on one line."""
    level = min(max(level, 1), 6)
    return Block("heading", f"{'#' * level} {_flat(text)}", level, **place)


def item(text: str, level: int = 0, mark: str = "-", **place) -> Block:
    """An item of a list; `mark` is its bullet or number."""
    margin = "  " * level
    hanging = LINE + margin + " " * (len(mark) + 1)
    return Block("list", f"{margin}{mark} {text.strip().replace(LINE, hanging)}", level, gap=LINE, **place)


def table(rows: Sequence[Sequence[str]], **place) -> Block:
    """A table in Markdown; its first row is the head. Rows may differ in length."""
    width = max(map(len, rows), default=0)
    lines = [row_of([*row, *[""] * (width - len(row))]) for row in rows]
    lines.insert(1, row_of(["---"] * width))
    return Block("table", LINE.join(lines), **place)


def row_of(cells: Iterable[str]) -> str:
    """A line of a table. What is in a cell cannot end it."""
    return "| " + " | ".join(_flat(cell).replace("|", "\\|") for cell in cells) + " |"


def _flat(text: str) -> str:
    return " ".join(text.split())


def closed(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces, with a blank line behind the last of blocks of one kind that stand line by line."""
    before: Block | None = None
    for piece in pieces:
        if not isinstance(piece, Block):
            yield piece
            continue
        if before is not None:
            yield before if before.kind == piece.kind else replace(before, gap=PARAGRAPH)
        before = piece
    if before is not None:
        yield before
