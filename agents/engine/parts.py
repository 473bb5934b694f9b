"""Parts of messages on their way to a model, whatever its protocol."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import orjson

from agents.engine.errors import UnsupportedPart
from agents.engine.values import Turn

#: Beside text/*: what a model reads as text.
_TEXTUAL = {"application/json", "application/xml", "application/yaml", "application/x-yaml", "application/toml"}
_TEXTUAL |= {"application/javascript", "application/sql", "application/x-sh"}
LONGEST_NAME = 64  # characters of a tool's name that every provider takes
SHORTENED = "\n[%d more characters were left out]"
_LOST = "The call was interrupted: there is no result."
_NOTHING = "(nothing)"
#: Parts of which no model is told anything by themselves; what a model drew is not sent back.
_ASIDE = {"reasoning", "source"}
_UNTOLD = {"system": _ASIDE, "user": _ASIDE, "assistant": _ASIDE | {"tool-result", "image", "file"}}
_UNSEEN = "[The image “%s” is not here: this model sees no images.]"
_TOO_MANY = "[The image “%s” is not here any more: this model takes no more images.]"
_NOT_WITH_WORDS = "[%s of its pictures cannot go along.]"
_UNREAD = "[The file “%s” is not here: this model reads no such files.]"


@dataclass(frozen=True, slots=True)
class Step:
    """What the model said in one go, and the results of the calls in it, in the order of the calls."""

    said: tuple[Mapping, ...]
    results: tuple[Mapping, ...]


def spoken(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Return a conversation without blank text, and without turns of which no model would be told anything.

    Claude, for one, refuses a whole conversation for one blank text in it. Most models say two line ends before they
    call a tool; a reply may have been stopped while it thought.
    """
    found = (replace(turn, parts=tuple(_spoken(turn.parts))) for turn in turns)
    return tuple(turn for turn in found if any(part["type"] not in _UNTOLD[turn.role] for part in turn.parts))


def _spoken(parts: Iterable[Mapping]) -> list[Mapping]:
    """Leave out blank text; between two texts it belongs to the first. A hidden thought has none, and stays."""
    found: list[Mapping] = []
    for part in parts:
        if part["type"] not in ("text", "reasoning") or part["text"].strip():
            found.append(part)
        elif part["type"] == "reasoning" and part.get("providerMetadata"):
            found.append({**part, "text": ""})
        elif found and part["type"] == found[-1]["type"] == "text":
            found[-1] = {**found[-1], "text": found[-1]["text"] + part["text"]}
    return found


def steps(turn: Turn) -> list[Step]:
    """Split an assistant's turn where results came back.

    Every service wants a result for each call and a call for each result: a result that is missing is made up
    as a failure, one whose call is not there is left out.
    """
    results = {part["toolCallId"]: part for part in turn.parts if part["type"] == "tool-result"}
    groups: list[list[Mapping]] = [[]]
    is_answered = False
    for part in turn.parts:
        if part["type"] == "tool-result":
            is_answered = True
            continue
        if is_answered:
            groups.append([])
            is_answered = False
        groups[-1].append({**part, "toolName": tool_name(part["toolName"])} if part["type"] == "tool-call" else part)
    return [Step(tuple(said), _results(said, results)) for said in groups if said]


def _results(said: list[Mapping], results: Mapping[str, Mapping]) -> tuple[Mapping, ...]:
    calls = [part["toolCallId"] for part in said if part["type"] == "tool-call"]
    return tuple(results.get(call) or {"toolCallId": call, "result": _LOST, "isError": True} for call in calls)


def tool_name(text: str) -> str:
    """Return a name for a tool that every provider takes. OpenAI and Anthropic want letters, digits, `_` and `-`, and
    Gemini no digit or `-` in front. What was called earlier may have got its name elsewhere.
    """
    name = re.sub(r"[^A-Za-z0-9_-]", "_", text)
    return (name if re.match(r"[A-Za-z_]", name) else f"_{name}")[:LONGEST_NAME]


def in_words(part: Mapping) -> Mapping:
    """Return a call or its result as text, for a model without tools; every other part as it is."""
    match part["type"]:
        case "tool-call":
            return text_part(f"\n[{part['toolName']} {json.dumps(part['args'])}]\n")
        case "tool-result":
            told = f" {_NOT_WITH_WORDS % len(part['images'])}" if part.get("images") else ""
            return text_part(f"[{result_text(part)}]{told}\n")
    return part


def with_pictures(result: Mapping, changed: Iterable[Mapping]) -> Mapping:
    """Return a call's result with its pictures as they have become: those that are words by now stand behind it."""
    changed = tuple(changed)
    told = [one["text"] for one in changed if one["type"] == "text"]
    text = {"result": "\n".join((result_text(result), *told))} if told else {}
    return {**result, **text, "images": tuple(one for one in changed if one["type"] == "image")}


def unseen(part: Mapping) -> Mapping:
    """Return the words that stand for an image, or for a file that only some models read; other parts as they are."""
    match part["type"]:
        case "image":
            return text_part(_UNSEEN % _quoted(part))
        case "file" if file_text(part) is None:
            return text_part(_UNREAD % _quoted(part))
    return part


def dropped(part: Mapping) -> Mapping:
    """Return the words that stand for an image that is one too many."""
    return text_part(_TOO_MANY % _quoted(part))


def unsigned(part: Mapping) -> Mapping:
    """Return a part without what a provider wanted back with it."""
    return {name: value for name, value in part.items() if name != "providerMetadata"}


def text_part(text: str) -> dict:
    """Return a part of text."""
    return {"type": "text", "text": text}


def result_text(result: Mapping) -> str:
    """Return a call's result as a model reads it: text as it is, everything else as JSON, and a word for nothing."""
    found = result["result"]
    text = found if isinstance(found, str) else as_json(found)
    return text if text.strip() else _NOTHING


def as_json(value: object) -> str:
    """Return a value as JSON; whole numbers may be of any size."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shortened(result: object, longest: int) -> object:
    """Return a result as it is, or, where it is longer than so many characters, the beginning of its text."""
    text = result_text({"result": result})
    return result if len(text) <= longest else text[:longest] + SHORTENED % (len(text) - longest)


def file_text(part: Mapping) -> str | None:
    """Return a file that a model can read as text, with its name; None for one that must go as it is.

    Raises UnsupportedPart for kinds that no model reads.
    """
    kind = part["mimeType"].partition(";")[0].strip()
    if kind.startswith("text/") or kind in _TEXTUAL:
        return f'<file name="{_quoted(part)}">\n{bytes(part["data"]).decode("utf-8", "replace")}\n</file>'
    if kind != "application/pdf":
        raise UnsupportedPart(f"a file of the kind {kind}.")
    return None


def _quoted(part: Mapping) -> str:
    """A part's name, as it can stand between quotation marks."""
    return part.get("name", "").replace('"', "'")


def data_url(data: bytes, kind: str) -> str:
    """Return bytes as a data URL."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
