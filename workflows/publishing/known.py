"""What a workflow may name where it is: models, agents, tools, documents and people that its workspace can use.

Asked when a workflow is checked, when it is published, and again at each node of a run, with the rights of whoever it
runs as.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from django.db.models import QuerySet

from agents import catalog
from agents.models import Agent
from agents.policies import present_to
from agents.tools import sources
from sambung.lib.ids import as_uuid
from teams import access
from teams.models import User
from teams.workspace import Workspace
from workflows.nodes.faults import Known

#: The rows of which a workflow of a workspace may name some, by their ids.
Rows = Callable[[Workspace], QuerySet]

_others: dict[str, Rows] = {}


def offer(name: str, rows: Rows) -> None:
    """Have workflows be allowed to name these rows of another app; `name` is the field of `Known` for them."""
    _others[name] = rows


class Held(frozenset):
    """Ids of rows, of which only those are looked up that somebody asks for: there may be a million."""

    _rows: QuerySet

    @classmethod
    def of(cls, rows: QuerySet) -> "Held":
        made = cls()
        made._rows = rows
        return made

    def __contains__(self, pk: object) -> bool:
        return isinstance(pk, str) and (found := as_uuid(pk)) is not None and self._rows.filter(pk=found).exists()

    def __iter__(self) -> Iterator[str]:
        return (str(pk) for pk in self._rows.values_list("pk", flat=True).iterator())


def known(workspace: Workspace) -> Known:
    """Return what workflows may name in a workspace, as its person holds it now."""
    user = workspace.user
    found = Known(
        models=frozenset(model.value for model in catalog.usable(workspace)),
        agents=Held.of(access.rows(user, Agent.objects.filter(present_to(user)))),
        tools={tool.ref: tool.digest for source in sources(workspace) for tool in source.tools},
        people=Held.of(_people(workspace)),
    )
    return replace(found, **{name: Held.of(rows(workspace)) for name, rows in _others.items()})


def _people(workspace: Workspace) -> QuerySet[User]:
    """Those who can be asked: the team's, or oneself."""
    if workspace.team is None:
        return User.objects.filter(pk=workspace.user.pk)
    return User.objects.filter(memberships__team=workspace.team, is_active=True)
