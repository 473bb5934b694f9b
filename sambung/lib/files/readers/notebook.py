"""Notebooks of Jupyter (`.ipynb`): words, code, and what the code printed; pictures as words."""

import json
from collections.abc import Iterator

from sambung.lib.files.blocks import Block, Piece, ReadWarning, closed
from sambung.lib.files.readers import File, markdown
from sambung.lib.files.readers.encodings import decoded

_LONGEST = 20_000  # characters of one output: the rest repeats itself
_PLAIN = ("text/markdown", "text/plain", "text/latex")


def read(file: File) -> Iterator[Piece]:
    """The cells in their order. A file that is no notebook is read as code."""
    text, warnings = decoded(file)
    yield from warnings
    try:
        pieces = list(_pieces(json.loads(text)))
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        yield ReadWarning("notebook_broken")
        yield Block("code", text, gap="")
        return
    yield from closed(pieces)


def _pieces(book: dict) -> Iterator[Piece]:
    language = str(book.get("metadata", {}).get("kernelspec", {}).get("language", ""))
    cells = book.get("cells") or [cell for sheet in book.get("worksheets", ()) for cell in sheet["cells"]]
    for cell in cells:
        yield from _cell(cell, language)


def _cell(cell: dict, language: str) -> Iterator[Piece]:
    source = _text(cell.get("source", cell.get("input", "")))
    if cell.get("cell_type") == "code":
        if source.strip():
            yield _fenced(source, language)
        for output in cell.get("outputs", ()):
            if said := _output(output):
                yield _fenced(said, "")
    elif source.strip():
        yield from markdown.blocks_of(source.rstrip())


def _output(output: dict) -> str:
    """What one output says: text as it is, a picture as a word."""
    data = output.get("data", {})
    if output.get("output_type") == "error":
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    said = _text(output.get("text", "")) or next((_text(data[kind]) for kind in _PLAIN if kind in data), "")
    if any(kind.startswith("image/") for kind in data):
        said = f"{said}\n[picture]".strip()
    return said.strip("\n")[:_LONGEST]


def _text(said: str | list[str]) -> str:
    return said if isinstance(said, str) else "".join(map(str, said))


def _fenced(text: str, language: str) -> Block:
    return Block("code", f"```{language}\n{text.rstrip()}\n```")
