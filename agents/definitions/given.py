"""What apps above give an agent beside its content, each a field of its form: such as what it searches."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise

from agents.models import Agent
from teams.models import User
from teams.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what is given, several of which can be chosen.

    `offered`: (value, label) of those that there are in a workspace; `of`: the values that an agent has; `keep` has it
    have these of the offered ones, and returns sentences that whoever chose should read.
    """

    label: str | Promise
    help_text: str | Promise
    offered: Callable[[Workspace], list[tuple[str, str]]]
    of: Callable[[Agent], set[str]]
    keep: Callable[[User, Workspace, Agent, Collection[str]], list[str]]


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Have this be given to agents."""
    _kinds[name] = kind


def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    return dict(_kinds)


def keep(by: User, workspace: Workspace, agent: Agent, chosen: dict[str, Collection[str]]) -> str:
    """Keep what was chosen, by kind; return what is to be said of it, "" if nothing."""
    return " ".join(said for name, values in chosen.items() for said in _kinds[name].keep(by, workspace, agent, values))
