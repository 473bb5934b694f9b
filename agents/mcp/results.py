"""What servers answer, as a model reads it and a person sees it: text and JSON, pictures, and words for the rest."""

import base64
import binascii
import json
from collections.abc import Iterable

import mcp_types as types

from agents import engine
from agents.runs.reply import clean, clean_json
from agents.tools import Images, Result

MOST_READ = 100_000  # characters
MOST_PICTURES, LARGEST_PICTURE = 4, 5 * 1024 * 1024
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def of_call(answer: types.CallToolResult) -> Result:
    """Return what a tool gave."""
    text, images = _read(answer.content)
    content: object = text
    if answer.structured_content is not None and (not text or _is_json(text)):
        content = clean_json(answer.structured_content)
    return Result(engine.shortened(content, MOST_READ), images, is_error=bool(answer.is_error))


def of_resource(answer: types.ReadResourceResult) -> Result:
    """Return a resource's contents."""
    embedded = [types.EmbeddedResource(type="resource", resource=one) for one in answer.contents]
    text, images = _read(embedded)
    return Result(engine.shortened(text, MOST_READ), images)


def of_prompt(answer: types.GetPromptResult) -> Result:
    """Return a prompt's messages, each under who says it."""
    said = [(message.role, _read([message.content])[0]) for message in answer.messages]
    return Result(engine.shortened("\n\n".join(f"{role}:\n{text}" for role, text in said), MOST_READ))


def _read(content: Iterable) -> tuple[str, Images | None]:
    texts, pictures = [], []
    for block in content:
        match block:
            case types.TextContent():
                texts.append(clean(block.text))
            case types.ImageContent():
                texts.append(_picture(block.data, block.mime_type, pictures))
            case types.EmbeddedResource(resource=types.TextResourceContents() as inner):
                texts.append(clean(inner.text))
            case types.EmbeddedResource(resource=types.BlobResourceContents() as inner):
                texts.append(_picture(inner.blob, inner.mime_type or "", pictures))
            case types.ResourceLink():
                texts.append(clean(f"{block.title or block.name}: {block.uri}"))
            case types.AudioContent():
                texts.append(f"[audio, {clean(block.mime_type)[:100]}]")
            case _:
                texts.append(f"[{clean(str(getattr(block, 'type', 'unknown')))[:100]}]")
    return "\n\n".join(text for text in texts if text), Images(tuple(pictures)) if pictures else None


def _picture(data: str, kind: str, pictures: list[tuple[str, bytes]]) -> str:
    """Take a picture that can be shown; return words for the model, which does not see it."""
    told = f"[{clean(kind)[:100] or 'data'}, {len(data) * 3 // 4} bytes]"
    if kind not in PICTURES or len(pictures) >= MOST_PICTURES or len(data) * 3 // 4 > LARGEST_PICTURE:
        return told
    try:
        pictures.append((kind, base64.b64decode(data, validate=True)))
    except (binascii.Error, ValueError):
        return told
    return f"{told[:-1]}, shown to the person]"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
