"""Which MCP servers an agent may use, and which of their tools: `{server: {enabledToolNames?, disableAll?}}`."""

from collections.abc import Collection

from agents.mcp.listing import KIND
from agents.mcp.servers import usable
from agents.tools import Source, Tool
from teams.workspace import Workspace

Kept = dict[str, dict] | None


class ServerLimits:
    """See agents.tools.limits.Limits. A server without names stands for all its tools."""

    column = "allowed_mcp_servers"

    def shown(self, source: Source) -> Source:
        return source

    def allows(self, kept: Kept, tool: Tool) -> bool:
        if kept is None:
            return True
        rule = kept.get(tool.source)
        if rule is None or rule.get("disableAll"):
            return False
        return "enabledToolNames" not in rule or tool.name in rule["enabledToolNames"]

    def refs(self, kept: Kept) -> list[str]:
        return [ref for server, rule in (kept or {}).items() for ref in _refs(f"{KIND}:{server}", rule)]

    def of_source(self, kept: Kept, source: Source) -> list[str]:
        if kept is None:
            return [source.ref]
        rule = kept.get(source.id)
        return [] if rule is None else _refs(source.ref, rule)

    def chosen(self, given: Collection[str], shown: list[Source], before: Kept) -> Kept:
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

    def here(self, kept: dict[str, dict], workspace: Workspace) -> tuple[dict[str, dict], int]:
        here = {str(pk) for pk in usable(workspace).values_list("pk", flat=True)}
        found = {name: rule for name, rule in kept.items() if name in here}
        return found, len(kept) - len(found)


def _refs(source: str, rule: dict) -> list[str]:
    if rule.get("disableAll"):
        return []
    return [f"{source}:{name}" for name in rule["enabledToolNames"]] if "enabledToolNames" in rule else [source]
