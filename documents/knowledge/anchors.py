"""Where a cited passage stands: what a citation keeps, and how its place is found again when the document has changed.

(1) In what was read of the same bytes, or the same version, by its offsets; (2) else by its words as they stand there,
whatever their spaces and hyphens; (3) else the block that says most of it.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from documents.knowledge.search import Passage
from documents.models import DocumentExtraction
from sambung.lib import lexemes
from sambung.lib.files.blocks import Block, starts

QUOTE = 300  # characters that a citation holds of its passage
_NEAR = 0.5  # of the quote's words that a block must have to be taken for it
_SHOWN = ("page", "last_page", "slide", "sheet", "path", "heading")
_UNSEEN = dict.fromkeys(map(ord, "-\u00ad\u2010\u2011\u200b\ufeff"))

How = Literal["same", "moved", "near"]


@dataclass(frozen=True, slots=True)
class Located:
    """A place in the characters of the text, and how sure it is."""

    start: int
    end: int
    how: How


def anchor_of(passage: Passage) -> dict:
    """What a citation keeps: {document, version or sha256, start, end, quote} and page, sheet, slide, path, heading."""
    state = {"version": passage.version} if passage.version is not None else {"sha256": passage.sha256}
    place = {name: passage.anchor[name] for name in _SHOWN if name in passage.anchor}
    span = {"start": passage.anchor["start"], "end": passage.anchor["end"]}
    return {"document": str(passage.document.pk), **state, **span, "quote": passage.text[:QUOTE].strip(), **place}


def query(anchor: Mapping) -> str:
    """The anchor as the address of its passage carries it."""
    names = ("version", "sha256", "start", "end", "quote")
    return urlencode({name: anchor[name] for name in names if name in anchor})


def locate(extraction: DocumentExtraction, blocks: list[Block], anchor: Mapping) -> Located | None:
    """Find a passage again; None where nothing like it is there any more."""
    is_same = anchor.get("version") == extraction.version if "version" in anchor else False
    if is_same or anchor.get("sha256") == extraction.sha256:
        return Located(anchor["start"], anchor["end"], "same")
    quote = anchor.get("quote", "")
    return _moved(blocks, quote) or _near(blocks, quote)


def _moved(blocks: list[Block], quote: str) -> Located | None:
    sought = _plain(quote)
    if not sought:
        return None
    signs, places = [], []
    for start, block in starts(blocks):
        if block.kind != "page":
            for n, sign in enumerate(block.text):
                for plain in _plain(sign):
                    signs.append(plain)
                    places.append(start + n)
    found = "".join(signs).find(sought)
    return None if found < 0 else Located(places[found], places[found + len(sought) - 1] + 1, "moved")


def _plain(text: str) -> str:
    """Letters as they are compared: without spaces, hyphens, ligatures and case."""
    if text.isascii():
        return "".join(text.translate(_UNSEEN).split()).lower()
    return "".join(unicodedata.normalize("NFKC", text.translate(_UNSEEN)).split()).casefold()


def _near(blocks: list[Block], quote: str) -> Located | None:
    sought = _words(quote)
    best, most = None, _NEAR
    for start, block in starts(blocks):
        share = len(sought & _words(block.text)) / len(sought) if sought else 0
        if share > most:
            best, most = Located(start, start + len(block.text), "near"), share
    return best


def _words(text: str) -> set[str]:
    return {word.text for word in lexemes.read(text) if word.text}
