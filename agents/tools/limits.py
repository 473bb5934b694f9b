"""Which tools an agent may use: a kind of tools keeps it in a column of the agent, and says itself what that means."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol

from agents.models import Agent
from agents.tools.registry import kinds, sources
from agents.tools.values import Source, Tool
from teams.workspace import Workspace


class Limits(Protocol):
    """How an agent is kept to some tools of a kind. What is kept is None where it may use all of them."""

    column: str  # of the agent

    def shown(self, source: Source) -> Source:
        """The source as an agent's editor offers it."""

    def allows(self, kept: Any, tool: Tool) -> bool:
        """Whether the agent has the tool."""

    def refs(self, kept: Any) -> list[str]:
        """The references, of sources as a whole or of single tools, that are named."""

    def of_source(self, kept: Any, source: Source) -> list[str]:
        """The references of one source that are allowed."""

    def chosen(self, given: Collection[str], shown: list[Source], before: Any) -> Any:
        """What is kept for these references; what is not among the `shown` stays as it was."""

    def here(self, kept: Any, workspace: Workspace) -> tuple[Any, int]:
        """What is kept without sources that are not in a workspace, and how many were left out."""


def _of_kinds() -> dict[str, Limits]:
    """The kinds that an agent can be kept to."""
    return {name: kind.limits for name, kind in kinds().items() if kind.limits is not None}


def columns() -> list[str]:
    """The agent's columns for them."""
    return [limits.column for limits in _of_kinds().values()]


def allows(agent: Agent, tool: Tool) -> bool:
    """Whether an agent has the tool among those it may use."""
    if (given := _given_to(agent, tool.kind)) is not None:
        return tool.source_ref in given
    limits = _of_kinds().get(tool.kind)
    return limits is None or limits.allows(getattr(agent, limits.column), tool)


def _given_to(agent: Agent, kind: str) -> Collection[str] | None:
    """The sources of a kind that the agent was given; None where the kind's need not be given."""
    given = getattr(kinds().get(kind), "given_to", None)
    return given and given(agent)


def named_by(agent: Agent | None) -> list[str]:
    """The references that an agent names; none where it may use whatever there is."""
    if agent is None:
        return []
    chosen = [ref for limits in _of_kinds().values() for ref in limits.refs(getattr(agent, limits.column))]
    return [*chosen, *(ref for kind in kinds() for ref in _given_to(agent, kind) or ())]


def offered(workspace: Workspace) -> list[Source]:
    """What an agent's editor offers."""
    limited = _of_kinds()
    return [limited[source.kind].shown(source) for source in sources(workspace) if source.kind in limited]


def refs(content: dict, shown: Iterable[Source]) -> set[str]:
    """The references, of sources as a whole or of single tools, that an agent's content allows."""
    return {ref for source in shown for ref in allowed(content, source)}


def allowed(content: dict, source: Source) -> list[str]:
    """The references of one source that an agent's content allows."""
    limits = _of_kinds()[source.kind]
    return limits.of_source(content[limits.column], source)


def limited(given: Collection[str], shown: Collection[Source], before: dict) -> dict:
    """Return what an agent keeps for these references, by its columns."""
    return {
        limits.column: limits.chosen(given, [one for one in shown if one.kind == name], before[limits.column])
        for name, limits in _of_kinds().items()
    }


def without_unknown(content: dict, workspace: Workspace) -> tuple[dict, int]:
    """Return an imported content without what is not here, and how many of it were left out."""
    n_left_out = 0
    for limits in _of_kinds().values():
        if content.get(limits.column):
            kept, n = limits.here(content[limits.column], workspace)
            content, n_left_out = content | {limits.column: kept}, n_left_out + n
    return content, n_left_out


def row(source: Source, is_given: Callable[[str], bool]) -> dict:
    """A source as templates/components/_tool_source.html shows it; `is_given` tells whether a reference is chosen."""
    is_whole = is_given(source.ref)
    tools = [{"tool": tool, "is_chosen": is_whole or is_given(tool.ref)} for tool in source.tools]
    return {
        "source": source,
        "problem": source.problem,
        "is_chosen": is_whole,
        "tools": tools,
        "n_chosen": sum(one["is_chosen"] for one in tools),
    }
