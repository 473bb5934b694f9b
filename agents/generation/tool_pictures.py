"""Pictures that tools gave: on their way to models that see, and in words for those that do not."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from agents import engine
from agents.engine import Turn
from sambung.lib.pictures import MIME_TYPE

IMAGES = "images"  # the kind of what is shown of a result
_EARLIER = "[The picture “%s” was sent before and is not sent again.]"
_UNREADABLE = "[%s of the pictures could not be read. Nobody sees them.]"


def shown(turns: Sequence[Turn], *, sees: bool, most: int) -> list[Turn]:
    """Return a conversation whose results hold their pictures as image parts: the newest `most` of them.

    What does not go along is named behind the result, with why.
    """
    left = sum(len(_kept(part)) for turn in turns for part in turn.parts) - most  # that are not sent again
    found = []
    for turn in turns:
        names = {part["toolCallId"]: part["toolName"] for part in turn.parts if part["type"] == "tool-call"}
        parts = []
        for part in turn.parts:
            parts.append(_with_pictures(part, names, sees=sees, left=left))
            left -= len(_kept(part))
        found.append(replace(turn, parts=tuple(parts)))
    return found


def _with_pictures(part: Mapping, names: Mapping[str, str], *, sees: bool, left: int) -> Mapping:
    """A result with its pictures, of which the first `left` are not sent; any other part as it is."""
    if not is_of(part):
        return part
    name = names.get(part["toolCallId"], "")
    pictures = [*_pictures(part, name, sees=sees, left=left)]
    if lost := part["show"].get("leftOut"):
        pictures.append({"type": "text", "text": _UNREADABLE % lost})
    return engine.with_pictures(part, pictures)


def _pictures(part: Mapping, name: str, *, sees: bool, left: int) -> Iterator[Mapping]:
    for n, data in enumerate(_kept(part), 1):
        image = {"type": "image", "image": b"", "mimeType": MIME_TYPE, "name": f"{name} {n}".strip()}
        if not sees:
            yield engine.unseen(image)
        elif n <= left:
            yield {"type": "text", "text": _EARLIER % image["name"]}
        else:
            yield image | {"image": base64.b64decode(data)}


def _kept(part: Mapping) -> Sequence[str]:
    """What a message keeps of a result's pictures, as base64."""
    return part["show"]["images"] if is_of(part) else ()


def is_of(part: Mapping) -> bool:
    """Whether a part is a result with pictures."""
    return part["type"] == "tool-result" and (part.get("show") or {}).get("kind") == IMAGES
