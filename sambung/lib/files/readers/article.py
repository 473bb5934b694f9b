"""Pages of the web as articles: what they say, without what stands around it on each page of the site."""

from collections.abc import Iterator
from dataclasses import replace

import trafilatura

from sambung.lib.files.blocks import Piece, Told, heading
from sambung.lib.files.readers import File, html, markdown
from sambung.lib.files.readers.encodings import decoded

_SHORT = 200  # characters below which the whole page is read: it is a list, a form, or no article


def read(file: File) -> Iterator[Piece]:
    """The blocks of the article under its title, or of the whole page where there is none; fact: title."""
    text, _told = decoded(file)
    about = trafilatura.extract_metadata(text)
    title = " ".join(((about and about.title) or "").split())
    if title:
        yield Told({"title": title})
    said = trafilatura.extract(
        text, output_format="markdown", include_links=True, include_tables=True, favor_recall=True
    )
    if not said or len(said) < _SHORT:
        yield from html.read(file)
        return
    if title and not said.lstrip().startswith("# "):
        yield heading(title, 1)
    for block in markdown.blocks_of(said):
        yield replace(block, text=block.text.strip("\n")) if block.kind != "code" else block
