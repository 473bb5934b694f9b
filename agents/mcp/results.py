"""What servers answer, as a model reads it and a person sees it: text and JSON, pictures, and words for the rest.

Whatever does not reach the model is named in its place, with why; people read the same words on the call's card.
Whether a picture reaches it depends on the model (`agents/generation/tool_pictures.py`).
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import mcp_types as types

from agents import engine
from agents.tools import Images, Result
from sambung.lib.jsonb import clean, clean_json

MOST_READ = 100_000  # characters
MOST_LEAVES = 2_000  # texts and figures that are looked for in a text
MOST_PICTURES, LARGEST_PICTURE = 4, 5 * 1024 * 1024  # the second in bytes
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
TEXTS = ("text/", "application/json", "application/xml", "application/yaml")

SHOWN = "[A picture (%s), which is shown to the person.]"
LEFT_OUT = "[%s (%s) was left out: %s. Neither you nor the person has it.]"


def of_call(answer: types.CallToolResult) -> Result:
    """Return what a tool gave."""
    text, images = _read(answer.content)
    content: object = text
    if answer.structured_content is not None:
        structured = clean_json(answer.structured_content)
        if not text or _is_json(text):
            content = structured
        elif not _says(text, structured):
            content = f"{text}\n\n{json.dumps(structured, ensure_ascii=False)}"
    return Result(engine.shortened(content, MOST_READ), images, is_error=bool(answer.is_error))


def of_resource(answer: types.ReadResourceResult) -> Result:
    """Return a resource's contents."""
    embedded = [types.EmbeddedResource(type="resource", resource=one) for one in answer.contents]
    text, images = _read(embedded)
    return Result(engine.shortened(text, MOST_READ), images)


def of_prompt(answer: types.GetPromptResult) -> Result:
    """Return a prompt's messages, each under who says it."""
    pictures: list[tuple[str, bytes]] = []
    said = [f"{message.role}:\n{_part(message.content, pictures)}" for message in answer.messages]
    return Result(engine.shortened("\n\n".join(said), MOST_READ), Images(tuple(pictures)) if pictures else None)


def _read(content: Iterable) -> tuple[str, Images | None]:
    pictures: list[tuple[str, bytes]] = []
    texts = [_part(block, pictures) for block in content]
    return "\n\n".join(text for text in texts if text), Images(tuple(pictures)) if pictures else None


def _part(block: object, pictures: list[tuple[str, bytes]]) -> str:
    """Return a part in words; a picture that can be shown is added to the pictures."""
    match block:
        case types.TextContent():
            return clean(block.text)
        case types.ImageContent():
            return _picture(block.data, block.mime_type, pictures)
        case types.EmbeddedResource(resource=types.TextResourceContents() as inner):
            return clean(inner.text)
        case types.EmbeddedResource(resource=types.BlobResourceContents() as inner):
            return _file(inner, pictures)
        case types.ResourceLink():
            return clean(f"{block.title or block.name}: {block.uri}")
        case types.AudioContent():
            return LEFT_OUT % ("A sound", _about(block.mime_type, block.data), "sounds are not heard here")
    kind = clean(str(getattr(block, "type", "unknown")))[:100]
    return LEFT_OUT % ("A part", kind, "nothing is known of its kind")


def _file(inner: types.BlobResourceContents, pictures: list[tuple[str, bytes]]) -> str:
    kind = (inner.mime_type or "").partition(";")[0].strip().lower()
    if kind.startswith("image/"):
        return _picture(inner.blob, kind, pictures)
    if kind.startswith(TEXTS) and (data := _decoded(inner.blob)) is not None:
        return clean(data.decode("utf-8", "replace"))
    about = f"{clean(str(inner.uri))[:200]}, {_about(kind, inner.blob)}"
    return LEFT_OUT % ("A file", about, "files of its kind are not read here")


def _picture(data: str, kind: str, pictures: list[tuple[str, bytes]]) -> str:
    """Take a picture that can be shown; return words that stand in its place among the others."""
    about, picture = _about(kind, data), None
    if kind not in PICTURES:
        why = "pictures of its kind are not shown"
    elif len(pictures) >= MOST_PICTURES:
        why = f"no more than {MOST_PICTURES} are shown"
    elif len(data) * 3 // 4 > LARGEST_PICTURE:
        why = "it is too large"
    else:
        why, picture = "it cannot be read", _decoded(data)
    if picture is None:
        return LEFT_OUT % ("A picture", about, why)
    pictures.append((kind, picture))
    return SHOWN % about


def _about(kind: str, data: str) -> str:
    return f"{clean(kind)[:100] or 'of unknown kind'}, {len(data.rstrip('=')) * 3 // 4} bytes"


def _decoded(data: str) -> bytes | None:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None


def _says(text: str, structured: object) -> bool:
    """Whether all that is in a value stands in a text, too. What is longer than is read, or has more in it than anybody
    would write out, is not looked through.
    """
    leaves = list(islice(_leaves(structured), MOST_LEAVES + 1))
    return len(text) > MOST_READ or (len(leaves) <= MOST_LEAVES and all(leaf in text for leaf in leaves))


def _leaves(value: object) -> Iterator[str]:
    """The texts and figures in a value, as they would stand in a text."""
    match value:
        case Mapping():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)
        case str():
            yield value
        case bool() | None:
            pass
        case _:
            yield str(value)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
