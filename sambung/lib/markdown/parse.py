"""The one parser with its settings, and where the top-level blocks of a text begin."""

from collections.abc import Iterator
from typing import Any

import pyromark
from pyromark import Options

from sambung.lib.markdown import math

_PARSER = pyromark.Markdown(
    options=Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_MATH
)
_NO_FORMULA = frozenset({"Code", "Html", "InlineHtml", "InlineMath", "DisplayMath"})
_NO_FORMULA_IN = frozenset({"CodeBlock", "Link", "Image", "HtmlBlock"})

Event = tuple[Any, dict[str, int]]


def events(text: str) -> Iterator[Event]:
    """Return the parser's (event, range) pairs; ranges are offsets into the text's UTF-8 bytes."""
    return _PARSER.events_with_range(text, merge_text=True)


def parts(event: Any) -> tuple[str, Any]:
    """Return an event's or a tag's name and data (None for those that have no data)."""
    return (event, None) if type(event) is str else next(iter(event.items()))


def tops(text: str, *, limit: int) -> list[tuple[int, str]]:
    """Return (byte offset, name) of the top-level blocks, at most those of the first `limit` events."""
    found: list[tuple[int, str]] = []
    depth = 0
    for count, (event, span) in enumerate(events(text)):
        if count >= limit:
            break
        kind, data = parts(event)
        if kind == "Start":
            if depth == 0:
                found.append((span["start"], parts(data)[0]))
            depth += 1
        elif kind == "End":
            depth -= 1
        elif depth == 0:
            found.append((span["start"], kind))
    return found


def with_dollars(text: str, *, limit: int) -> str:
    r"""Return the text with the delimiters `\( \)` and `\[ \]` of formulas written as dollars."""
    if r"\(" not in text and r"\[" not in text:
        return text
    source = text.encode()
    return math.dollars(source, _gaps(text, len(source), limit)).decode()


def _gaps(text: str, size: int, limit: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of each top-level block that are neither code, HTML, link nor formula already."""
    depth, at, block_end = 0, 0, 0
    for count, (event, span) in enumerate(events(text)):
        if count >= limit:
            return
        kind, data = parts(event)
        name = parts(data)[0] if kind in {"Start", "End"} else kind
        if kind == "Start" and depth == 0:
            yield at, block_end
            at, block_end = span["start"], span["end"]
        depth += (kind == "Start") - (kind == "End")
        if name in _NO_FORMULA or name in _NO_FORMULA_IN:
            yield at, max(at, min(span["start"], block_end))
            at = max(at, span["end"])
    yield at, min(block_end, size)
