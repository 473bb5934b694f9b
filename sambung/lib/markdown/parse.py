"""The one parser with its settings, and where the top-level blocks of a text begin."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pyromark
from pyromark import Options

_PARSER = pyromark.Markdown(
    options=Options.ENABLE_TABLES | Options.ENABLE_FOOTNOTES | Options.ENABLE_STRIKETHROUGH | Options.ENABLE_TASKLISTS
)

Event = tuple[Any, dict[str, int]]


def events(text: str) -> Iterator[Event]:
    """Return the parser's (event, range) pairs; ranges are offsets into the text's UTF-8 bytes."""
    return _PARSER.events_with_range(text, merge_text=True)


def parts(event: Any) -> tuple[str, Any]:
    """Return an event's or a tag's name and data (None for those that have no data)."""
    return (event, None) if type(event) is str else next(iter(event.items()))


class Top(NamedTuple):
    """A top-level block: its name and its range in bytes."""

    name: str
    start: int
    end: int


def tops(text: str, *, limit: int) -> list[Top]:
    """Return the top-level blocks, at most those of the first `limit` events."""
    found: list[Top] = []
    depth = 0
    for count, (event, span) in enumerate(events(text)):
        if count >= limit:
            break
        kind, data = parts(event)
        if kind == "Start":
            if depth == 0:
                found.append(Top(parts(data)[0], span["start"], span["end"]))
            depth += 1
        elif kind == "End":
            depth -= 1
        elif depth == 0:
            found.append(Top(kind, span["start"], span["end"]))
    return found
