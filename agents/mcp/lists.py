"""What a server lists and answers, one by one: an odd one takes none of the others away.

The SDK reads a list as a whole or not at all. So lists reach it with what it needs itself, and their rows beside that.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import mcp_types as types
import orjson
from django.utils.translation import gettext_noop
from mcp_types import JSONRPCResponse
from pydantic import TypeAdapter, ValidationError

from agents import words
from agents.mcp import listing
from agents.runs.reply import clean, clean_json

ROWS = "sambung/rows"  # in `_meta` of a list
MOST_READ = 1_000  # rows of one list
MOST_ARGUMENTS = 50  # of a prompt
LARGEST_TOGETHER = 1_000_000  # bytes of all tools of a server: reading their schemas takes time
_BLOCK = TypeAdapter(types.ContentBlock)
_GREETING = TypeAdapter(types.InitializeResult)
_OFFERED = ("tools", "resources", "prompts")

HEADERS = words.known(gettext_noop("It asks for headers (x-mcp-header) in a way that is not allowed."))
TOGETHER = words.known(
    gettext_noop("The server describes its tools at too great a length. Those before this one are used.")
)
BEYOND = words.known(gettext_noop("The server lists more than 200 of these. Those before this one are used."))
NO_ADDRESS = words.known(gettext_noop("It has no address."))


@dataclass(frozen=True, slots=True)
class Listed:
    """What a server offers: tools as they are kept, resources, prompts, and what it says of itself."""

    tools: tuple[dict, ...]
    resources: list[dict]
    prompts: list[dict]
    instructions: str


# ---- what reaches the SDK -------------------------------------------------------------------------------
@asynccontextmanager
async def readable(transport) -> AsyncIterator[tuple]:
    """A transport of the SDK's whose results are such as the SDK can read."""
    async with transport as (read, write):
        yield _Readable(read), write


class _Readable:
    """The stream of what comes from a server."""

    def __init__(self, stream) -> None:
        self._stream = stream

    @property
    def last_context(self):
        return getattr(self._stream, "last_context", None)

    async def receive(self):
        return _made_readable(await self._stream.receive())

    async def aclose(self) -> None:
        await self._stream.aclose()

    def __aiter__(self) -> "_Readable":
        return self

    async def __anext__(self):
        return _made_readable(await self._stream.__anext__())

    async def __aenter__(self) -> "_Readable":
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *error):
        return await self._stream.__aexit__(*error)


def _made_readable(item):
    """Change, in place, the result in a message, where it is a greeting, a list or what a tool gave."""
    message = getattr(item, "message", None)
    if isinstance(message, JSONRPCResponse):
        result = message.result
        if "protocolVersion" in result:
            _make_greeting_readable(result)
        for name in _OFFERED:
            if name in result and isinstance(result[name], list | None):
                _make_list_readable(result, name)
        if isinstance(result.get("content"), list | None) and ("content" in result or "structuredContent" in result):
            _make_call_readable(result)
    return item


def _make_greeting_readable(result: dict) -> None:
    """Of what a server says of itself, leave what the SDK needs, where some of it is odd."""
    try:
        _GREETING.validate_python(result, by_name=False)
    except ValidationError:
        who, can, told = listing.Said(result.get("serverInfo")), result.get("capabilities"), result.get("instructions")
        can = can if isinstance(can, Mapping) else {"tools": {}}  # a server that does not say is asked for its tools
        offered = {name: listing.Said(can[name]) for name in _OFFERED if can.get(name) not in (None, False)}
        result |= {
            "serverInfo": {"name": who.text("name"), "version": who.text("version")},
            "capabilities": {name: {"listChanged": one.is_true("listChanged")} for name, one in offered.items()},
            "instructions": told if isinstance(told, str) else None,
        }


def _make_list_readable(result: dict, name: str) -> None:
    """Leave the SDK what it needs of tools, and put all rows, as they came, where it does not look."""
    given = (result[name] or [])[:MOST_READ]  # Go writes an empty list as null
    meta = result.get("_meta")
    result["_meta"] = (meta if isinstance(meta, dict) else {}) | {ROWS: given}
    result[name] = [tool for row in given if (tool := _for_sdk(row))] if name == "tools" else []
    if not isinstance(result.get("nextCursor", ""), str):
        del result["nextCursor"]


def _for_sdk(row: object) -> dict | None:
    """A tool with its arguments, which may have to be sent as headers too."""
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str):
        return None
    schema = row.get("inputSchema")
    named = schema.get("properties") if isinstance(schema, Mapping) else None
    properties = {name: one for name, one in named.items() if isinstance(one, dict)} if isinstance(named, dict) else {}
    return {"name": row["name"], "inputSchema": {"type": "object", "properties": properties}}


def _make_call_readable(result: dict) -> None:
    """A part that nobody can read is told as one; the others are there."""
    result["content"] = [_block(part) for part in result.get("content") or ()]
    if "isError" in result and not isinstance(result["isError"], bool):
        result["isError"] = str(result["isError"]).lower() not in {"false", "0", "none", ""}
    given = result.get("structuredContent")
    if not isinstance(given, dict | None):
        del result["structuredContent"]
        result["content"] = result["content"] or [{"type": "text", "text": orjson.dumps(clean_json(given)).decode()}]


def _block(part: object) -> dict:
    """A part as it is, without its trimmings, or in words."""
    bare = {key: one for key, one in part.items() if key not in _TRIMMINGS} if isinstance(part, dict) else None
    for form in (part, bare):
        try:
            _BLOCK.validate_python(form, by_name=False)
        except ValidationError:
            continue
        return form
    kind = clean(str(part.get("type", "unknown")))[:100] if isinstance(part, dict) else "unknown"
    return {"type": "text", "text": f"[A part of the result (type {kind!r}) cannot be read and was left out.]"}


_TRIMMINGS = {"annotations", "_meta", "icons", "title", "description", "size"}


# ---- what is kept ---------------------------------------------------------------------------------------
def rows(pages: Iterable[Any]) -> list:
    """Return the rows of a list as the server sent them, as far as they are kept."""
    return [row for page in pages for row in (page.meta or {}).get(ROWS) or ()][:MOST_READ]


def tools(listed: Iterable, readable: Collection[str]) -> tuple[dict, ...]:
    """Return the rows of a list of tools as they are kept. `readable`: the names of those that the SDK took."""
    found, size = [], 0
    for row in map(clean_json, listed):
        size += len(orjson.dumps(row))
        kept = listing.read(row if size <= LARGEST_TOGETHER else {**listing.Said(row).named, "inputSchema": {}})
        if size > LARGEST_TOGETHER:
            kept |= listing.unusable(kept["problem"] or TOGETHER)
        if not kept["problem"] and kept["name"] not in readable:
            kept |= listing.unusable(HEADERS)
        found.append(kept)
    return tuple(found)


def resources(listed: Iterable) -> list[dict]:
    """Return resources as they are kept; one that cannot be read says why."""
    return _first(_resource(clean_json(row)) for row in listed)


def prompts(listed: Iterable) -> list[dict]:
    """Return prompts as they are kept; one that cannot be asked for says why."""
    return _first(_prompt(clean_json(row)) for row in listed)


def _first(kept: Iterable[dict]) -> list[dict]:
    """Those that are used, and the next one in place of all that are not: it says so."""
    found = list(islice(kept, listing.MOST + 1))
    return [*found[: listing.MOST], *(one | {"problem": BEYOND} for one in found[listing.MOST :])]


def _resource(row: object) -> dict:
    said = listing.Said(row)
    uri = said.text("uri")
    kept = {"uri": uri, "name": said.text("title") or said.text("name") or uri, "description": said.text("description")}
    return kept | {"mimeType": said.text("mimeType")} | ({} if uri else {"problem": NO_ADDRESS})


def _prompt(row: object) -> dict:
    said = listing.Said(row)
    name = said.text("name")
    arguments = [listing.Said(one) for one in said.items("arguments")[:MOST_ARGUMENTS]]
    kept = [
        {"name": one.text("name"), "description": one.text("description"), "required": one.is_true("required")}
        for one in arguments
        if one.text("name")
    ]
    about = {"name": name, "title": said.text("title") or name, "description": said.text("description")}
    return about | {"arguments": kept} | ({} if name else {"problem": listing.NO_NAME})
