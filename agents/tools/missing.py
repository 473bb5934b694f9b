"""Tools that were asked for, by a message, a chat or an agent, and that cannot be used: nobody is left to guess."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from agents import words
from agents.models import Agent
from agents.tools.values import Away, Source

MOST_TOLD = 20  # to a model
GONE = words.known(gettext_noop("It is not here any more, rests, or is not for you."))
#: What a model is told.
TAKEN_AWAY = "The person counts on tools that you cannot use here. Say so where it matters."
_TOLD = "These tools were asked for and cannot be used now. Say so where it matters:"


def among(found: Iterable[Source], refs: Iterable[str]) -> tuple[Away, ...]:
    """Return which of the references, of tools and of sources as a whole, lead to nothing that can be used."""
    found = list(found)
    whole = {source.ref: source for source in found}
    here = {tool.ref for source in found for tool in source.tools} | {ref for ref, one in whole.items() if one.tools}
    away = {one.ref: one for source in found for one in source.away}
    away |= {ref: Away(ref, one.title, one.problem or GONE) for ref, one in whole.items()}
    return tuple(away.get(ref) or Away(ref, _name(ref), GONE) for ref in dict.fromkeys(refs) if ref not in here)


def of_agent(agent: Agent | None) -> list[str]:
    """The references that an agent names; none where it may use whatever there is."""
    if agent is None:
        return []
    found = [f"toolkit:{name}" for name in agent.allowed_app_default_toolkit or ()]
    for server, rule in (agent.allowed_mcp_servers or {}).items():
        if "enabledToolNames" in rule:
            found += [f"mcp:{server}:{name}" for name in rule["enabledToolNames"] if not rule.get("disableAll")]
        elif not rule.get("disableAll"):
            found.append(f"mcp:{server}")
    return found


def told(away: Iterable[Away]) -> str:
    """What a model is told of them, "" where there are none."""
    lines = [f"- {one.title}: {one.why}" for one in away]
    more = [f"- and {len(lines) - MOST_TOLD} more"] if len(lines) > MOST_TOLD else []
    return "\n".join([_TOLD, *lines[:MOST_TOLD], *more]) if lines else ""


def _name(ref: str) -> str:
    """What can be said of a reference that leads nowhere: the tool's own name; a server has but a number."""
    kind, _, rest = ref.partition(":")
    source, _, tool = rest.partition(":")
    return tool or ("MCP server" if kind == "mcp" else source)
