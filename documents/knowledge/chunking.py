"""A document cut into passages: whole blocks packed together, none across a chapter, a slide, a sheet or a file.

Passages do not overlap: their neighbours are fetched when they are read, so that each place stands in one of them. A
sheet that has several is told in one more (`sheets.py`), which stands before them.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from documents.knowledge.sheets import About, sheets
from sambung.lib.files.blocks import LINE, PARAGRAPH, Block, starts

SIZE = 1_200  # signs that a passage is filled up to
LONGEST = 1_800  # of a block that stays whole
HEAD = 300  # characters of a table's head that its parts repeat
CHAPTER = 2  # level of a heading up to which it begins a passage
_SENTENCE = re.compile(r"(?<=[.!?…])[\s]+|(?<=[。！？])|\n+")
_LINES = re.compile(r"\n+")
_DENSE = "\u0dff"  # letters behind it say more each, and are counted twice


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: its text, and its place in the characters of the document's text and in the file.

    `heading` are those above it, from the outermost. `last_page` differs from `page` where it goes on behind it.
    `length` is that of the text where it says something about its place instead of what stands there.
    """

    text: str
    start: int
    end: int
    page: int | None = None
    last_page: int | None = None
    slide: int | None = None
    sheet: str = ""
    path: str = ""
    heading: tuple[str, ...] = ()
    length: int | None = None

    @property
    def anchor(self) -> dict:
        """Where it stands, as JSON, without what is not there."""
        place = {"page": self.page, "last_page": self.last_page, "slide": self.slide}
        named = {"sheet": self.sheet, "path": self.path, "heading": list(self.heading), "length": self.length}
        told = {name: value for name, value in (place | named).items() if value}
        return {"start": self.start, "end": self.end} | told


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or a part of one that is too long."""

    block: Block
    text: str
    start: int
    end: int

    @property
    def is_heading(self) -> bool:
        return self.block.kind == "heading"

    @property
    def begins(self) -> bool:
        """Whether a chapter begins here."""
        return self.is_heading and self.block.level <= CHAPTER

    @property
    def room(self) -> tuple:
        """What a passage never goes beyond."""
        return self.block.slide, self.block.sheet, self.block.path


@dataclass(slots=True)
class _Headings:
    """The headings above a place."""

    _above: list[tuple[int, str]] = field(default_factory=list)

    def pass_by(self, block: Block) -> None:
        if block.kind != "heading":
            return
        title = block.text.strip().lstrip("#").strip().partition(LINE)[0][:200]
        self._above = [one for one in self._above if one[0] < block.level] + [(block.level, title)]

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(title for _level, title in self._above)


def chunks(blocks: Sequence[Block]) -> Iterator[Chunk]:
    """Give the passages of a document, in their order."""
    found = list(sheets(blocks))
    told = deque(filter(None, (sheet.about for sheet in found)))
    for chunk in _packed(blocks, {start: sheet.head for sheet in found for start, _block in sheet.blocks}):
        while told and told[0].start < chunk.end:
            yield _about(told.popleft(), chunk)
        yield chunk


def _about(told: About, first: Chunk) -> Chunk:
    """What is told of a sheet, as a passage beside the first that holds some of its rows."""
    return replace(first, text=told.text, start=told.start, end=told.end, last_page=None, length=len(told.text))


def _packed(blocks: Sequence[Block], heads: Mapping[int, str]) -> Iterator[Chunk]:
    """Pieces put together; `heads` are those of sheets, by the place of each of their blocks."""
    headings, held, above = _Headings(), [], ()
    for piece in _pieces(blocks, heads):
        if held and _parts(held, piece):
            held, going = _without_last_heading(held, piece)
            yield _chunk(held, above)
            held, above = going, headings.path
        if piece.is_heading:
            headings.pass_by(piece.block)
        if not any(not one.is_heading for one in held):
            above = headings.path
        held.append(piece)
    if held:
        yield _chunk(held, above)


def _parts(held: list[_Piece], piece: _Piece) -> bool:
    """Whether a new passage begins with the piece."""
    if held[-1].room != piece.room:
        return True
    if all(one.is_heading for one in held):
        return False
    return piece.begins or sum(weight(one.text) for one in held) + weight(piece.text) > SIZE


def _without_last_heading(held: list[_Piece], piece: _Piece) -> tuple[list[_Piece], list[_Piece]]:
    """A heading at the end goes along with what follows it."""
    if len(held) > 1 and held[-1].is_heading and held[-1].room == piece.room:
        return held[:-1], held[-1:]
    return held, []


def _chunk(held: list[_Piece], above: tuple[str, ...]) -> Chunk:
    first, last = held[0], held[-1]
    page, last_page = first.block.page, last.block.page
    return Chunk(
        text="".join(_joined(held)).strip(),
        start=first.start,
        end=last.end,
        page=page,
        last_page=last_page if last_page != page else None,
        slide=first.block.slide,
        sheet=first.block.sheet,
        path=first.block.path,
        heading=above,
    )


def _joined(held: list[_Piece]) -> Iterator[str]:
    for one, following in zip(held, [*held[1:], None], strict=True):
        yield one.text
        if following is not None:
            yield one.block.gap or (LINE if following.block is one.block else PARAGRAPH)


def weight(text: str) -> int:
    """Signs of a text; letters of scripts that need few of them count twice."""
    return len(text) if text.isascii() else len(text) + sum(sign > _DENSE for sign in text)


# ---- blocks that are too long ---------------------------------------------------------------------------
def _pieces(blocks: Sequence[Block], heads: Mapping[int, str]) -> Iterator[_Piece]:
    for start, block in starts(blocks):
        if block.kind == "page" or not block.text.strip():
            continue
        head = heads.get(start)
        if block.kind == "table" and (head is not None or weight(block.text) > LONGEST):
            yield from _rows(block, start, _head(block) if head is None else head)
        elif weight(block.text) <= LONGEST:
            yield _Piece(block, block.text, start, start + len(block.text))
        else:
            between = _LINES if block.kind == "code" else _SENTENCE
            yield from (_Piece(block, block.text[a:b], start + a, start + b) for a, b in _spans(block.text, between))


def _head(table: Block) -> str:
    """The head of a table in Markdown: its names and the rule below them."""
    return LINE.join(table.text.split(LINE, 2)[:2])


def _rows(table: Block, start: int, head: str) -> Iterator[_Piece]:
    """The table in parts, each with the head, unless that is too long."""
    names = head.partition(LINE)[0]
    is_short = weight(table.text) <= LONGEST
    for a, b in [(0, len(table.text))] if is_short else _spans(table.text, _LINES):
        text = table.text[a:b]
        is_told = 0 < len(head) <= HEAD and names not in text.split(LINE)
        yield _Piece(table, f"{head}{LINE}{text}" if is_told else text, start + a, start + b)


def _spans(text: str, between: re.Pattern) -> Iterator[tuple[int, int]]:
    """Places that are parted as said, packed together, and cut where one by itself is too long."""
    begun = last = 0
    for at, end in _parted(text, between):
        if end - begun > SIZE and last > begun:
            yield begun, last
            begun = at
        while weight(text[begun:end]) > LONGEST:
            cut = _cut(text, begun)
            yield begun, cut
            begun = cut
        last = end
    if last > begun:
        yield begun, last


def _parted(text: str, between: re.Pattern) -> Iterable[tuple[int, int]]:
    at = 0
    for found in between.finditer(text):
        if found.start() > at:
            yield at, found.start()
        at = found.end()
    if at < len(text):
        yield at, len(text)


def _cut(text: str, begun: int) -> int:
    """Where a text that has no sentences is cut: at a space, if there is one."""
    most = begun + (SIZE if weight(text[begun : begun + SIZE]) <= LONGEST else SIZE // 2)
    space = max(text.rfind(" ", begun + SIZE // 4, most), text.rfind(LINE, begun + SIZE // 4, most))
    return space + 1 if space > 0 else most
