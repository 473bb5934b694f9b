"""Tools that were asked for, by a message, a chat or an agent, and that cannot be used: nobody is left to guess."""

from collections.abc import Iterable

from agents.tools.registry import kinds
from agents.tools.values import Away, Source
from sambung.lib.failures import Failure

MOST_TOLD = 20  # to a model
_GONE = Failure("tool_gone")
#: What a model is told.
TAKEN_AWAY = "The person counts on tools that you cannot use here. Say so where it matters."
_TOLD = "These tools were asked for and cannot be used now. Say so where it matters:"


def among(found: Iterable[Source], refs: Iterable[str]) -> tuple[Away, ...]:
    """Return which of the references, of tools and of sources as a whole, lead to nothing that can be used."""
    found = list(found)
    whole = {source.ref: source for source in found}
    here = {tool.ref for source in found for tool in source.tools} | {ref for ref, one in whole.items() if one.tools}
    away = {one.ref: one for source in found for one in source.away}
    away |= {ref: Away(ref, one.title, one.problem or _GONE) for ref, one in whole.items()}
    return tuple(away.get(ref) or Away(ref, _name(ref), _GONE) for ref in dict.fromkeys(refs) if ref not in here)


def told(away: Iterable[Away]) -> str:
    """What a model is told of them, "" where there are none."""
    lines = [f"- {one.title}: {one.why.english}" for one in away]
    more = [f"- and {len(lines) - MOST_TOLD} more"] if len(lines) > MOST_TOLD else []
    return "\n".join([_TOLD, *lines[:MOST_TOLD], *more]) if lines else ""


def _name(ref: str) -> str:
    """What can be said of a reference that leads nowhere: the tool's own name, or what its kind calls such a source."""
    kind, _, rest = ref.partition(":")
    source, _, tool = rest.partition(":")
    known = kinds().get(kind)
    return tool or (known.noun if known else "") or source
