"""The kind of tools “workflow”: what is published in a workspace, called from chats, by agents and by other workflows.

A call goes on in a run of its own. While that run is at work, the card shows its steps; where it waits for a person or
a time, the run that called waits as well, held by nobody, until this one ends.
"""

import asyncio
from time import monotonic
from uuid import UUID

from django.db.models import Q

from agents.models import Agent, Visibility
from agents.tools import Caller, Later, Progress, Result, Source, Tool, looks
from sambung.lib.threads import in_thread
from teams import access
from teams.workspace import Workspace
from workflows.actions import calling
from workflows.models import Workflow
from workflows.publishing.calls import KIND

LOOK = 0.3  # seconds between looks at a run
WITHIN = 540.0  # seconds for which a call is held; then it waits as for a person
_ANY = looks.any_row(Workflow)
_NONE = {"type": "object", "properties": {}, "additionalProperties": False}


class WorkflowTools:
    """What the registry of tools asks: a source is a workflow, which is one tool."""

    noun = "workflow"
    limits = None

    def sources(self, workspace: Workspace) -> list[Source]:
        """The published workflows of the workspace, and those that are open to everybody, by one query."""
        if not _ANY.value:
            return []
        rows = access.rows(workspace.user, Workflow.objects.filter(published=True).exclude(tool_config=None))
        here = rows.filter(workspace.q | ~Q(visibility=Visibility.PRIVATE)).order_by("name", "id")
        told = ("pk", "name", "description", "tool_config", "team", "user", "visibility")
        return [_source(row, workspace) for row in here.values(*told)]

    def given_to(self, agent: Agent) -> list[str]:
        """The workflows that an agent was given: it has no others."""
        return [f"{KIND}:{pk}" for pk in agent.allowed_workflows]

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Run the workflow to its end. Raises Failed, and Later where it waits or takes long."""
        pk = await in_thread(calling.begin, tool.source, args, caller)
        if await in_thread(calling.is_of_workflow, caller):
            return await _at_once(pk, caller)
        try:
            return await _followed(pk, caller, progress)
        except asyncio.CancelledError:
            await in_thread(calling.stop, pk)
            raise


async def _at_once(pk: UUID, caller: Caller) -> Result:
    """What a run has given already. Raises Later where it goes on: the step that called waits for it."""
    found = await in_thread(calling.standing, pk, caller.workspace)
    if found.result is None:
        raise Later
    return found.result


async def _followed(pk: UUID, caller: Caller, progress: Progress) -> Result:
    """Tell how far a run is until it ends. Raises Later where it waits, or takes longer than a call is held."""
    told, until = "", monotonic() + WITHIN
    while True:
        found = await in_thread(calling.standing, pk, caller.workspace)
        if found.result is not None:
            return found.result
        if found.told != told:
            progress(told := found.told)
        if caller.run and (found.is_waiting or monotonic() > until):
            raise Later
        await asyncio.sleep(LOOK)


def _source(row: dict, workspace: Workspace) -> Source:
    config = row["tool_config"]
    when = [f"Use it when: {config['when']}"] if config.get("when") else []
    description = " ".join(filter(None, (config.get("description") or row["description"] or row["name"], *when)))
    parameters = config.get("parameters") or _NONE
    tool = Tool(KIND, str(row["pk"]), config["name"], row["name"], description, parameters)
    is_here = row["team"] == workspace.team.pk if workspace.team else row["user"] == workspace.user.pk
    about = {"icon": "git-branch", "tools": (tool,), "whose": "" if is_here else "shared"}
    return Source(KIND, str(row["pk"]), row["name"], row["description"], **about)
