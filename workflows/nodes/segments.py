"""Texts with references, and values: what people write into the fields of nodes."""

from collections.abc import Iterable, Mapping

import orjson

from sambung.lib.failures import Failed
from workflows.nodes.references import look_up

LONGEST = 20_000_000  # characters of one text


def text_of(segments: Iterable[Mapping], outputs: Mapping) -> str:
    """Return the text of segments. Nothing in it is a template: braces and the like stay as they are. Raises Failed."""
    pieces, length = [], 0
    for segment in segments or ():
        piece = segment["text"] if "text" in segment else as_text(look_up(segment["ref"], outputs), segment.get("as"))
        length += len(piece)
        if length > LONGEST:
            raise Failed("workflow_text_large", most=LONGEST)
        pieces.append(piece)
    return "".join(pieces)


def as_text(value: object, how: str | None = None) -> str:
    """Return a value as text: null is empty, 0 and false are not, lists and objects are JSON.

    `how` "json" writes everything as JSON; "lines" a list one item on a line.
    """
    if how == "json":
        return orjson.dumps(value).decode()
    if how == "lines" and isinstance(value, list):
        return "\n".join(as_text(item) for item in value)
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case _:
            return orjson.dumps(value).decode()


def resolve(value: Mapping | None, outputs: Mapping) -> object:
    """Return what a value means now: a literal, what a reference leads to, or a text. Raises Failed."""
    if not value:
        return None
    if "ref" in value:
        return look_up(value["ref"], outputs)
    if "segments" in value:
        return text_of(value["segments"], outputs)
    return value.get("value")


def literal(segments: Iterable[Mapping] | None) -> str | None:
    """Return the text of segments that hold no reference; None where they do."""
    segments = list(segments or ())
    return None if any("ref" in one for one in segments) else "".join(one.get("text", "") for one in segments)
