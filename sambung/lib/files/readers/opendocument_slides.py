"""Presentations of OpenDocument: what stands on each slide, from top to bottom, and its notes."""

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element

from sambung.lib.files.blocks import Block, Piece, ReadWarning, Told, heading
from sambung.lib.files.readers.opendocument_text import DRAW, PRESENTATION, Texts

_PLACE = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_LENGTH = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|pc|px)?")
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 0.0353, "pc": 0.423, "px": 0.0265, None: 1.0}


def pieces(shown: Element, texts: Texts) -> Iterator[Piece]:
    """A block `slide` for each slide, then its title, texts and tables, and its notes."""
    slides = [one for one in shown if one.tag == f"{DRAW}page"]
    yield Told({"pages": len(slides)})
    hidden = []
    for n, slide in enumerate(slides, start=1):
        is_hidden = _is_hidden(texts.style(slide.get(f"{DRAW}style-name")))
        hidden += [n] if is_hidden else []
        yield Block("slide", f"# Slide {n}{' (hidden)' if is_hidden else ''}", 1, slide=n)
        yield from _slide(slide, n, texts)
    if hidden:
        yield ReadWarning("slides_hidden", {"slides": ", ".join(map(str, hidden))})


def _is_hidden(style: Element | None) -> bool:
    return style is not None and any(one.get(f"{PRESENTATION}visibility") == "hidden" for one in style)


def _slide(slide: Element, n: int, texts: Texts) -> Iterator[Block]:
    for shape in sorted(_shapes(slide), key=_place):
        is_title = shape.get(f"{PRESENTATION}class") == "title"
        for block in texts.blocks([shape] if shape.tag != f"{DRAW}frame" else shape, slide=n):
            yield heading(block.text, 2, slide=n) if is_title else block
    for notes in slide.iter(f"{PRESENTATION}notes"):
        said = [block.text for frame in notes.iter(f"{DRAW}frame") for block in texts.blocks(frame)]
        if said:
            yield Block("note", f"Notes: {' '.join(said)}", slide=n)


def _shapes(parent: Element) -> Iterator[Element]:
    """Frames and drawn shapes with words, those of groups among them."""
    for child in parent:
        if child.tag == f"{DRAW}g":
            yield from _shapes(child)
        elif child.tag.startswith(DRAW):
            yield child


def _place(shape: Element) -> tuple[int, float]:
    """Top in centimetres, and left."""
    return round(_length(shape.get(f"{_PLACE}y"))), _length(shape.get(f"{_PLACE}x"))


def _length(said: str | None) -> float:
    found = _LENGTH.fullmatch(said or "")
    return float(found.group(1)) * _UNITS[found.group(2)] if found else 0
