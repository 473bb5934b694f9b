"""Which tools a model is given with one message, and under which names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from agents import engine
from agents.models import Agent
from agents.tools import limits, missing
from agents.tools.registry import sources
from agents.tools.values import Away, Source, Tool
from sambung.lib.failures import Failure
from teams.workspace import Workspace

MOST = 128  # tools that every provider takes
_BEYOND = Failure("too_many_tools")


@dataclass(frozen=True)
class Bound:
    """Tools by the names that the model calls them by; `instructions` go into the system prompt.

    `is_wanted`: somebody counts on them, who chose or named them. `missing` are those of them that cannot be used.
    """

    tools: Mapping[str, Tool] = field(default_factory=dict)
    instructions: str = ""
    is_wanted: bool = False
    missing: tuple[Away, ...] = ()

    @property
    def without_tools(self) -> "Bound":
        """What is left of it where the model gets no tools: it is told so, where somebody counts on them."""
        told = missing.TAKEN_AWAY if self.is_wanted and self.tools else ""
        return Bound(instructions=told or missing.told(self.missing), missing=self.missing)

    @cached_property
    def offered(self) -> tuple[engine.Tool, ...]:
        """The same for the engine."""
        return tuple(
            engine.Tool(name, tool.description, tool.parameters, is_followed=bool(tool.field))
            for name, tool in self.tools.items()
        )


def bind(
    workspace: Workspace,
    *,
    agent: Agent | None = None,
    chosen: Collection[str] | None = None,
    named: Iterable[str] = (),
    also: Collection[str] = (),
) -> Bound:
    """Return the tools for one message.

    `chosen`: references, None = all that there are. `named`: references that the message itself names; if there are
    any, they are bound and nothing else. An agent's own choice bounds what is chosen, not what is named. `also`:
    sources that are bound in any case, since the message asks for what they do.
    """
    found = sources(workspace, with_resting=True)
    named = set(named)
    if named:
        wanted = [tool for source in found for tool in source.tools if {tool.ref, source.ref} & named.union(also)]
    else:
        wanted = [
            tool
            for source in found
            for tool in source.tools
            if tool.source_ref in also or (_is_chosen(tool, chosen) and (agent is None or limits.allows(agent, tool)))
        ]
    refs = named or (limits.named_by(agent) if chosen is None else chosen)
    away = (*missing.among(found, refs), *(Away(tool.ref, tool.title, _BEYOND) for tool in wanted[MOST:]))
    tools = named_for_model(wanted[:MOST])
    told = filter(None, (_instructions(found, list(tools.values())), missing.told(away)))
    return Bound(tools, "\n\n".join(told), bool(refs or also), away)


def _is_chosen(tool: Tool, chosen: Collection[str] | None) -> bool:
    return chosen is None or tool.ref in chosen or tool.source_ref in chosen


def named_for_model(tools: Iterable[Tool]) -> dict[str, Tool]:
    """Return the tools by names that are distinct and that every provider takes."""
    found: dict[str, Tool] = {}
    for tool in tools:
        whole = f"{tool.prefix}_{tool.name}" if tool.prefix else tool.name
        name = base = engine.tool_name(whole)
        n = 2
        while name in found:
            name, n = f"{base[: engine.LONGEST_NAME - 4]}_{n}", n + 1
        found[name] = tool
    return found


def _instructions(found: Iterable[Source], bound: list[Tool]) -> str:
    """What is told of the sources and tools that are bound, and of no other."""
    told = []
    for source in found:
        names = {tool.name for tool in bound if tool.source_ref == source.ref}
        lines = [source.instructions] if names and source.instructions else []
        lines += [f"{name}: {text}" for name, text in source.tool_instructions.items() if name in names and text]
        if lines:
            told.append("\n".join([f"About the tools of {source.title}:", *lines]))
    return "\n\n".join(told)
