"""The toolkits that are built in. Each is a module; heavy libraries are imported when a tool first needs them."""

from agents.toolkits.limits import ToolkitLimits
from agents.toolkits.toolkit import KIND, Toolkit
from agents.tools import Caller, Progress, Result, Source, Tool
from teams.workspace import Workspace

__all__ = ["KIND", "Toolkit", "Toolkits"]


class Toolkits:
    """The kind of tools that are built in."""

    limits = ToolkitLimits()

    def __init__(self) -> None:
        from agents.toolkits import calculator, chart, clock, code, table, web, web_search

        modules = (calculator, clock, code, web, web_search, chart, table)
        self._toolkits: dict[str, Toolkit] = {module.toolkit.id: module.toolkit for module in modules}

    def sources(self, workspace: Workspace) -> list[Source]:
        """All toolkits; those that cannot be used here tell why."""
        return [toolkit.source(workspace) for toolkit in self._toolkits.values()]

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Run one tool. Raises Failed."""
        return await self._toolkits[tool.source].members[tool.name].act(args, caller)
