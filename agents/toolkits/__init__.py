"""The toolkits that are built in. Each is a module; heavy libraries are imported when a tool first needs them."""

from agents.toolkits import calculator, chart, clock, code, table, web, web_search
from agents.toolkits.limits import ToolkitLimits
from agents.toolkits.toolkit import KIND, Toolkit
from agents.tools import Caller, Progress, Result, Source, Tool
from teams.workspace import Workspace

__all__ = ["KIND", "Toolkit", "Toolkits", "add"]

_MODULES = (calculator, clock, code, web, web_search, chart, table)
_toolkits: dict[str, Toolkit] = {module.toolkit.id: module.toolkit for module in _MODULES}


def add(toolkit: Toolkit) -> None:
    """Offer a toolkit of another app as well."""
    _toolkits[toolkit.id] = toolkit


class Toolkits:
    """The kind of tools that are built in, here and in other apps."""

    noun = ""
    limits = ToolkitLimits()

    def sources(self, workspace: Workspace) -> list[Source]:
        """All toolkits; those that cannot be used here tell why."""
        return [toolkit.source(workspace) for toolkit in _toolkits.values()]

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Run one tool. Raises Failed."""
        return await _toolkits[tool.source].members[tool.name].act(args, caller)

    def keep(self, source: str, name: str, args: dict, caller: Caller) -> Result | None:
        """Store what came of a call that was cut off, where the tool does so. Raises Failed."""
        member = _toolkits[source].members.get(name) if source in _toolkits else None
        return member.keep(args, caller) if member and member.keep else None
