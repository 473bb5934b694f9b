"""Workflows that agents may run: each agent lists its own, and has no others."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agents.definitions import given
from agents.models import Agent, Visibility
from teams import access, audit
from teams.models import User
from teams.workspace import Workspace
from workflows.models import Workflow


def available(workspace: Workspace) -> QuerySet[Workflow]:
    """Those that agents of a workspace can be given: its own published ones, and those that are open to everybody."""
    rows = access.rows(workspace.user, Workflow.objects.filter(published=True))
    return rows.filter(workspace.q | ~Q(visibility=Visibility.PRIVATE)).order_by("name", "id")


def offered(workspace: Workspace) -> list[tuple[str, str]]:
    """The workflows that an agent of the workspace can be given, with what they are called."""
    return [(str(pk), name) for pk, name in available(workspace).values_list("pk", "name")]


def of_agent(agent: Agent) -> set[str]:
    """The ids of the workflows that an agent may run."""
    return set(agent.allowed_workflows)


@transaction.atomic
def keep_of_agent(by: User, workspace: Workspace, agent: Agent, chosen: Collection[str]) -> list[str]:
    """Have an agent run these of the offered workflows; those that are not offered now stay as they were."""
    kept = Agent.objects.select_for_update(of=("self",)).get(pk=agent.pk)
    shown = {pk for pk, _name in offered(workspace)}
    before = list(kept.allowed_workflows)
    after = [*(pk for pk in before if pk not in shown), *(pk for pk in sorted(shown) if pk in set(chosen))]
    if set(after) != set(before):
        kept.allowed_workflows = agent.allowed_workflows = after
        kept.save(update_fields=["allowed_workflows", "updated_at"])
        audit.record("agent.workflows_changed", by=by, target=kept, team=kept.team, workflows=after)
    return []


KIND = given.Kind(
    _("Workflows it may run"),
    _("They run with the rights of whoever asks the agent. It has those that are chosen here, and no others."),
    offered,
    of_agent,
    keep_of_agent,
)
