"""What a server lists, as it is kept: which tools somebody has seen as they are now, and which wait for that."""

import json
from collections.abc import Iterable, Mapping

from agents.mcp import schemas
from agents.tools import Asks, Failure, Tool
from sambung.lib.failures import read as read_failure

KIND = "mcp"
MOST = 200  # tools, resources, prompts of a server, each
LONGEST_NAME, LONGEST_TITLE, LONGEST_TEXT = 200, 200, 8_000  # characters
LARGEST_SCHEMA = 50_000
_LARGE, _TWICE = Failure("mcp_schema_large"), Failure("mcp_tool_twice")
_BEYOND = Failure("mcp_tools_too_many")


class Said:
    """A row of a list as a server sent it, read one by one: what is odd is not there."""

    def __init__(self, row: object) -> None:
        self._row = row if isinstance(row, Mapping) else {}

    @property
    def named(self) -> dict:
        """No more of it than its names."""
        return {name: self.text(name) for name in ("name", "title")}

    def text(self, name: str) -> str:
        said = self._row.get(name)
        return said[:LONGEST_TEXT] if isinstance(said, str) else ""

    def items(self, name: str) -> list:
        said = self._row.get(name)
        return said if isinstance(said, list) else []

    def is_true(self, name: str) -> bool:
        return self._row.get(name) is True

    def get(self, name: str) -> object:
        return self._row.get(name)


def read(row: object) -> dict:
    """Return a listed tool as it is kept, whatever the server sent in its place; see `entry`."""
    said, hints = Said(row), Said(row).get("annotations")
    hints = hints if isinstance(hints, Mapping) else {}
    title = said.text("title") or Said(hints).text("title")
    return entry(said.text("name"), title, said.text("description"), said.get("inputSchema"), hints)


def entry(name: str, title: str, description: str, schema: object, annotations: Mapping) -> dict:
    """Return a listed tool as it is kept. One that cannot be used says why, in a `problem`.

    Its digest is of what the server said: that we learn to read more of it changes no tool.
    """
    kept = {
        "name": name[:LONGEST_NAME],
        "title": title[:LONGEST_TITLE],
        "description": description[:LONGEST_TEXT],
        "annotations": {hint: value for hint, value in annotations.items() if isinstance(value, bool)},
    }
    if not name or len(name) > LONGEST_NAME:
        return kept | unusable(Failure("mcp_name_long" if name else "mcp_nameless"))
    try:
        said = schemas.said(schema)
        if len(json.dumps(said)) > LARGEST_SCHEMA:
            return kept | unusable(_LARGE)
        kept["digest"] = tool(kept | {"inputSchema": said}, "", "").digest
        kept["inputSchema"] = schemas.usable(said)
    except schemas.Unusable as reason:
        return kept | unusable(reason.failure)
    return kept | (unusable(_LARGE) if len(json.dumps(kept["inputSchema"])) > LARGEST_SCHEMA else {"problem": {}})


def unusable(problem: Failure) -> dict:
    """What is kept of a tool that cannot be used, beside its name. Should it come back, it waits as a new one."""
    return {
        "description": "",
        "inputSchema": {},
        "digest": "",
        "approved": "",
        "approved_as": {},
        "problem": problem.stored,
    }


def tool(kept: Mapping, server_id: str, prefix: str) -> Tool:
    """Return a kept tool for the model."""
    return Tool(
        kind=KIND,
        source=server_id,
        name=kept["name"],
        title=kept["title"] or kept["name"],
        description=kept["description"],
        parameters=kept["inputSchema"],
        asks=Asks.ALWAYS if kept["annotations"].get("destructiveHint") else Asks.NEVER,
        prefix=prefix,
        listed=kept.get("digest", ""),
        effect=_effect(kept["annotations"]),
    )


def _effect(annotations: Mapping) -> str:
    """What a call may do, as the server hints at it."""
    if annotations.get("readOnlyHint"):
        return "none"
    return "keyed" if annotations.get("idempotentHint") else "unsafe"


def is_ready(kept: Mapping) -> bool:
    """Whether the tool can be used, somebody has seen it as it is now, and it is switched on."""
    return not problem(kept) and kept["is_enabled"] and kept["approved"] == kept["digest"]


def is_waiting(kept: Mapping) -> bool:
    """Whether the tool could be used, but nobody has seen it as it is now."""
    return not problem(kept) and kept["approved"] != kept["digest"]


def problem(kept: Mapping) -> Failure | None:
    """Why what is listed cannot be used, None where it can; what was kept long ago has no word of it."""
    return read_failure(kept.get("problem"))


def approved(kept: Mapping) -> dict:
    """The tool with what it is now as the approved one."""
    return {**kept, "approved": kept["digest"], "approved_as": _shown(kept)}


def merged(before: Iterable[Mapping], listed: Iterable[Mapping], *, is_first: bool, is_whole: bool) -> list[dict]:
    """Return the tools to keep after a listing.

    `is_first`: a person sees it on the page that follows, so all of it is approved. `is_whole`: tools that are not
    listed any more go; without it they stay, as another person may be offered more.
    """
    known = {kept["name"]: kept for kept in sorted(before, key=lambda kept: not problem(kept))}
    found, problems = {}, []
    for new in listed:
        old = known.get(new["name"], {})
        kept = {"approved": "", "approved_as": {}, "is_enabled": True}
        kept |= {key: old[key] for key in kept if key in old} | dict(new)
        beyond = _TWICE if kept["name"] in found else _BEYOND if len(found) >= MOST else None
        if reason := problem(kept) or beyond:
            problems.append(kept | unusable(reason))
        else:
            found[kept["name"]] = approved(kept) if is_first else kept
    if not is_whole:
        found = {name: dict(kept) for name, kept in known.items() if not problem(kept)} | found
    return [*list(found.values())[:MOST], *problems]


def _shown(kept: Mapping) -> dict:
    return {"description": kept["description"], "inputSchema": kept["inputSchema"]}
