"""What a server lists and answers, one by one: an odd one takes none of the others away.

The SDK reads a list as a whole or not at all. So lists reach it with what it needs itself, and their rows beside that.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import mcp_types as types
import orjson
from mcp_types import JSONRPCResponse
from pydantic import TypeAdapter, ValidationError

from agents.mcp import listing
from sambung.lib.failures import Failure
from sambung.lib.jsonb import clean, clean_json

ROWS = "sambung/rows"  # in `_meta` of a list
MOST_READ = 1_000  # rows of one list
MOST_ARGUMENTS = 50  # of a prompt
LARGEST_TOGETHER = 1_000_000  # bytes of all tools of a server: reading their schemas takes time
_BLOCK = TypeAdapter(types.ContentBlock)
_GREETING = TypeAdapter(types.InitializeResult)
_OFFERED = ("tools", "resources", "prompts")
_SAID = {"content", "structuredContent", "contents", "messages", "description"}  # by tools, resources and prompts
DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """What a server offers: tools as they are kept, resources, prompts, and what it says of itself."""

    tools: tuple[dict, ...]
    resources: list[dict]
    prompts: list[dict]
    instructions: str


# ---- what reaches the SDK -------------------------------------------------------------------------------
@asynccontextmanager
async def readable(transport, hide: Callable[[str], str] = str) -> AsyncIterator[tuple]:
    """A transport of the SDK's whose results are such as the SDK can read.

    `hide` takes out of what tools, resources and prompts say what nobody is to read.
    """
    async with transport as (read, write):
        yield _Readable(read, hide), write


class _Readable:
    """The stream of what comes from a server."""

    def __init__(self, stream, hide: Callable[[str], str]) -> None:
        self._stream, self._hide = stream, hide

    @property
    def last_context(self):
        return getattr(self._stream, "last_context", None)

    async def receive(self):
        return _made_readable(await self._stream.receive(), self._hide)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def __aiter__(self) -> "_Readable":
        return self

    async def __anext__(self):
        return _made_readable(await self._stream.__anext__(), self._hide)

    async def __aenter__(self) -> "_Readable":
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *error):
        return await self._stream.__aexit__(*error)


def _made_readable(item, hide: Callable[[str], str]):
    """Change, in place, the result in a message, where it is a greeting, a list or what a tool gave."""
    message = getattr(item, "message", None)
    if isinstance(message, JSONRPCResponse):
        result = message.result
        for name in _SAID & result.keys():
            result[name] = _hidden(result[name], hide)
        if "protocolVersion" in result:
            _make_greeting_readable(result)
        for name in _OFFERED:
            if name in result and isinstance(result[name], list | None):
                _make_list_readable(result, name)
        if isinstance(result.get("content"), list | None) and ("content" in result or "structuredContent" in result):
            _make_call_readable(result)
    return item


def _hidden(value: Any, hide: Callable[[str], str], depth: int = 0) -> Any:
    """The same without what is hidden in its texts; what lies too deep is kept by nobody."""
    match value:
        case str():
            return hide(value)
        case dict() if depth < DEEPEST:
            return {name: _hidden(one, hide, depth + 1) for name, one in value.items()}
        case list() if depth < DEEPEST:
            return [_hidden(one, hide, depth + 1) for one in value]
        case dict() | list():
            return None
    return value


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
    for row in listed:
        size += _length(row) if size <= LARGEST_TOGETHER else 0
        is_read = size <= LARGEST_TOGETHER
        kept = listing.read(clean_json(row if is_read else {**listing.Said(row).named, "inputSchema": {}}))
        if size > LARGEST_TOGETHER:
            kept |= listing.unusable(listing.problem(kept) or Failure("mcp_tools_too_long"))
        if not kept["problem"] and kept["name"] not in readable:
            kept |= listing.unusable(Failure("mcp_tool_headers"))
        found.append(kept)
    return tuple(found)


def _length(row: object) -> int:
    """The bytes of a row as JSON, before anything else is done with it: it may be as large as an answer."""
    try:
        return len(orjson.dumps(row))
    except TypeError:  # what is beyond JSON as it is written here
        return len(orjson.dumps(clean_json(row)))


def resources(listed: Iterable) -> list[dict]:
    """Return resources as they are kept; one that cannot be read says why."""
    return _first(_resource(clean_json(row)) for row in listed)


def prompts(listed: Iterable) -> list[dict]:
    """Return prompts as they are kept; one that cannot be asked for says why."""
    return _first(_prompt(clean_json(row)) for row in listed)


def _first(kept: Iterable[dict]) -> list[dict]:
    """Those that are used, and the next one in place of all that are not: it says so."""
    found = list(islice(kept, listing.MOST + 1))
    return [*found[: listing.MOST], *(one | _problem("mcp_list_too_long") for one in found[listing.MOST :])]


def _problem(code: str) -> dict:
    return {"problem": Failure(code).stored}


def _resource(row: object) -> dict:
    said = listing.Said(row)
    uri = said.text("uri")
    kept = {"uri": uri, "name": said.text("title") or said.text("name") or uri, "description": said.text("description")}
    return kept | {"mimeType": said.text("mimeType")} | ({} if uri else _problem("mcp_no_address"))


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
    return about | {"arguments": kept} | ({} if name else _problem("mcp_nameless"))
