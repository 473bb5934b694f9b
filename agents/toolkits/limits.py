"""Which toolkits an agent may use: a list of their names, each as a whole."""

from collections.abc import Collection
from dataclasses import replace

from agents.toolkits.toolkit import KIND
from agents.tools import Source, Tool
from teams.workspace import Workspace


class ToolkitLimits:
    """See agents.tools.limits.Limits."""

    column = "allowed_app_default_toolkit"

    def shown(self, source: Source) -> Source:
        return replace(source, tools=())

    def allows(self, kept: list[str] | None, tool: Tool) -> bool:
        return kept is None or tool.source in kept

    def refs(self, kept: list[str] | None) -> list[str]:
        return [f"{KIND}:{name}" for name in kept or ()]

    def of_source(self, kept: list[str] | None, source: Source) -> list[str]:
        return [source.ref] if kept is None or source.id in kept else []

    def chosen(self, given: Collection[str], shown: list[Source], before: list[str] | None) -> list[str] | None:
        names = [source.id for source in shown if source.ref in given]
        if before is None and len(names) == len(shown):
            return None
        known = {source.id for source in shown}
        return [*names, *(name for name in before or () if name not in known)]

    def here(self, kept: list[str], workspace: Workspace) -> tuple[list[str], int]:
        return kept, 0  # they are the same everywhere
