"""Markdown: its own blocks, as they are written. Nothing of the text is changed."""

from collections.abc import Iterator

import pyromark

from sambung.lib.files.blocks import Block, Kind, Piece
from sambung.lib.files.readers import File
from sambung.lib.files.readers.encodings import decoded

_KINDS: dict[str, Kind] = {"Heading": "heading", "List": "list", "Table": "table", "CodeBlock": "code"}
_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_YAML_STYLE_METADATA_BLOCKS


def read(file: File) -> Iterator[Piece]:
    """The outermost blocks; of a list its items."""
    text, warnings = decoded(file)
    yield from warnings
    yield from blocks_of(text)


def blocks_of(text: str, **place) -> Iterator[Block]:
    """The blocks whose texts and gaps, put together, are the whole text."""
    source = text.encode()
    found = list(_found(text))
    if lead := source[: found[0][1]].decode() if found else text:
        yield Block("paragraph", lead, gap="", **place)
    for n, (kind, start, level) in enumerate(found):
        end = found[n + 1][1] if n + 1 < len(found) else len(source)
        whole = source[start:end].decode()
        piece = whole.rstrip("\n") if n + 1 < len(found) else whole
        yield Block(kind, piece, level, gap=whole[len(piece) :], **place)


def _found(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Kind, start in bytes and level of each block: what is outermost, and items of outermost lists."""
    depth = 0
    for event, place in pyromark.events_with_range(text, options=_OPTIONS):
        name, told = next(iter(event.items())) if isinstance(event, dict) else (event, None)
        if name == "End":
            depth -= 1
        if depth == 0 and name in {"Start", "Html", "Rule"}:
            started = next(iter(told)) if isinstance(told, dict) else told
            if started != "List":
                level = int(told["Heading"]["level"][1]) if started == "Heading" else 0
                yield _KINDS.get(started, "paragraph"), place["start"], level
        elif depth == 1 and name == "Start" and told == "Item":
            yield "list", place["start"], 0
        if name == "Start":
            depth += 1
