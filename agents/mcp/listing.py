"""What a server lists, as it is kept: which tools somebody has seen as they are now, and which wait for that."""

import json
from collections.abc import Iterable, Mapping

from agents.mcp import schemas
from agents.tools import Asks, Tool

MOST = 200  # tools, resources, prompts of a server, each
LONGEST_NAME, LONGEST_TITLE, LONGEST_TEXT = 200, 200, 8_000  # characters
LARGEST_SCHEMA = 50_000


def entry(name: str, title: str, description: str, schema: Mapping, annotations: Mapping) -> dict | None:
    """Return a listed tool as it is kept, None for one that cannot be used."""
    safe = schemas.safe(schema)
    if not name or len(name) > LONGEST_NAME or safe is None or len(json.dumps(safe)) > LARGEST_SCHEMA:
        return None
    kept = {
        "name": name,
        "title": title[:LONGEST_TITLE],
        "description": description[:LONGEST_TEXT],
        "inputSchema": safe,
        "annotations": {hint: bool(value) for hint, value in annotations.items() if isinstance(value, bool)},
    }
    return kept | {"digest": tool(kept, "", "").digest}


def tool(kept: Mapping, server_id: str, prefix: str) -> Tool:
    """Return a kept tool for the model."""
    return Tool(
        kind="mcp",
        source=server_id,
        name=kept["name"],
        title=kept["title"] or kept["name"],
        description=kept["description"],
        parameters=kept["inputSchema"],
        asks=Asks.ALWAYS if kept["annotations"].get("destructiveHint") else Asks.NEVER,
        prefix=prefix,
    )


def is_ready(kept: Mapping) -> bool:
    """Whether somebody has seen the tool as it is now, and it is switched on."""
    return kept["is_enabled"] and kept["approved"] == kept["digest"]


def approved(kept: Mapping) -> dict:
    """The tool with what it is now as the approved one."""
    return {**kept, "approved": kept["digest"], "approved_as": _shown(kept)}


def merged(before: Iterable[Mapping], listed: Iterable[Mapping], *, is_first: bool, is_whole: bool) -> list[dict]:
    """Return the tools to keep after a listing.

    `is_first`: a person sees it on the page that follows, so all of it is approved. `is_whole`: tools that are not
    listed any more go; without it they stay, as another person may be offered more.
    """
    known = {kept["name"]: kept for kept in before}
    found = {}
    for new in list(listed)[:MOST]:
        old = known.get(new["name"], {})
        kept = {"approved": "", "approved_as": {}, "is_enabled": True}
        kept |= {key: old[key] for key in kept if key in old} | dict(new)
        found.setdefault(new["name"], approved(kept) if is_first else kept)
    if not is_whole:
        found = {name: dict(kept) for name, kept in known.items()} | found
    return list(found.values())[:MOST]


def _shown(kept: Mapping) -> dict:
    return {"description": kept["description"], "inputSchema": kept["inputSchema"]}
