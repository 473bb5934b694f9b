"""A whole text, or a piece of one, to safe HTML, within limits that hold for any input."""

import re

from sambung.lib.markdown.clean import clean
from sambung.lib.markdown.formulas import hold
from sambung.lib.markdown.notes import Notes
from sambung.lib.markdown.text import normalise, plain
from sambung.lib.markdown.writer import MAX_EVENTS, Writer

MAX_SOURCE = 150_000  # characters; a longer text is shown as its source
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


def check_prefix(prefix: str) -> str:
    """Return a prefix for ids. ValueError unless it is a letter, then letters, digits, `-` and `_`."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError("prefix takes a letter, then letters, digits, hyphens and underscores")
    return prefix


def render(text: str, *, prefix: str, with_places: bool = False) -> str:
    """Return a finished text as safe HTML; `with_places` has places for the pictures of its owner (`with_pictures`).

    `text` is Markdown of any origin; no str makes this raise. `prefix` (such as "m-<uuid>-0") makes the ids
    of footnotes unique in the page; ValueError where it cannot stand in an id.
    """
    notes = Notes(check_prefix(prefix))
    source = normalise(text)
    if len(source) > MAX_SOURCE:
        return plain(source)
    html = Writer(hold(source, limit=MAX_EVENTS), finished=True, notes=notes, with_places=with_places).write()
    return clean(html, notes=bool(notes))


def piece(source: str, *, finished: bool) -> str:
    """Return blocks of a stream, whose text is normalised already: without ids, and with colours in code only
    where they are `finished`."""
    if len(source) > MAX_SOURCE:
        return plain(source)
    return clean(Writer(hold(source, limit=MAX_EVENTS), finished=finished, notes=None).write())
