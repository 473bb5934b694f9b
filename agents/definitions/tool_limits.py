"""Which tools an agent may use: as it is kept, and as its editor shows it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from agents.mcp import servers
from agents.tools import Source, sources
from sambung.lib import words
from teams.workspace import Workspace

TOOLKITS, SERVERS = "allowed_app_default_toolkit", "allowed_mcp_servers"


def row(source: Source, is_given: Callable[[str], bool]) -> dict:
    """A source as templates/components/_tool_source.html shows it; `is_given` tells whether a reference is chosen."""
    is_whole = is_given(source.ref)
    tools = [{"tool": tool, "is_chosen": is_whole or is_given(tool.ref)} for tool in source.tools]
    return {
        "source": source,
        "problem": words.shown(source.problem) if source.problem else "",
        "is_chosen": is_whole,
        "tools": tools,
        "n_chosen": sum(one["is_chosen"] for one in tools),
    }


def offered(workspace: Workspace) -> list[Source]:
    """What an agent's editor offers: toolkits as a whole, and servers with their tools."""
    found = [source for source in sources(workspace) if source.kind in {"toolkit", "mcp"}]
    return [source if source.kind == "mcp" else replace(source, tools=()) for source in found]


def refs(content: dict, shown: Iterable[Source]) -> set[str]:
    """The references, of sources as a whole or of single tools, that an agent's content allows."""
    return {ref for source in shown for ref in allowed(content, source)}


def allowed(content: dict, source: Source) -> list[str]:
    """The references of one source that an agent's content allows."""
    kept = content[SERVERS if source.kind == "mcp" else TOOLKITS]
    if kept is None or (source.kind != "mcp" and source.id in kept):
        return [source.ref]
    rule = kept.get(source.id) if source.kind == "mcp" else None
    if rule is None or rule.get("disableAll"):
        return []
    return [f"{source.ref}:{name}" for name in rule["enabledToolNames"]] if "enabledToolNames" in rule else [source.ref]


def limited(given: Collection[str], shown: Collection[Source], before: dict) -> dict:
    """Return what an agent keeps for these references; what is not among the `shown` stays as it was."""
    toolkits = [source for source in shown if source.kind == "toolkit"]
    listed = [source for source in shown if source.kind == "mcp"]
    return {TOOLKITS: _toolkits(given, toolkits, before[TOOLKITS]), SERVERS: _servers(given, listed, before[SERVERS])}


def _toolkits(given: Collection[str], shown: list[Source], before: list[str] | None) -> list[str] | None:
    names = [source.id for source in shown if source.ref in given]
    if before is None and len(names) == len(shown):
        return None
    known = {source.id for source in shown}
    return [*names, *(name for name in before or () if name not in known)]


def _servers(given: Collection[str], shown: list[Source], before: dict | None) -> dict | None:
    if before is None and all(source.ref in given for source in shown):
        return None
    found = {}
    for source in shown:
        names = [tool.name for tool in source.tools if tool.ref in given]
        if source.ref in given:
            found[source.id] = {}
        elif names:
            found[source.id] = {"enabledToolNames": names}
    known = {source.id for source in shown}
    return found | {name: rule for name, rule in (before or {}).items() if name not in known}


def without_unknown(content: dict, workspace: Workspace) -> tuple[dict, int]:
    """Return an imported content without servers that are not here, and how many were left out."""
    if not (named := content.get(SERVERS)):
        return content, 0
    here = {str(pk) for pk in servers.usable(workspace).values_list("pk", flat=True)}
    kept = {name: rule for name, rule in named.items() if name in here}
    return content | {SERVERS: kept}, len(named) - len(kept)
