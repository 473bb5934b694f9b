"""What becomes of a person's keys, agents and servers when they leave, and what they take with them."""

from collections.abc import Iterator

from agents.definitions import portable
from agents.models import (
    Agent,
    AgentDraft,
    ApiKey,
    McpOAuthSession,
    McpServer,
    McpServerCustomInstructions,
    McpServerToolCustomInstructions,
    ToolKey,
)
from teams.models import User


def delete_personal(person: User) -> None:
    """Remove the person's own: a key without its owner would be the instance's, an agent nobody's. A team's stay."""
    AgentDraft.objects.filter(user=person).delete()
    Agent.objects.filter(user=person, team=None).delete()
    ApiKey.objects.filter(user=person, team=None).delete()
    McpServer.objects.filter(user=person, team=None).delete()
    ToolKey.objects.filter(user=person, team=None).delete()
    for model in (McpOAuthSession, McpServerCustomInstructions, McpServerToolCustomInstructions):
        model.objects.filter(user=person).delete()


def export(person: User) -> Iterator[tuple[str, object]]:
    """Each personal agent as a file that can be imported again; servers without secrets, and what was said of them."""
    for agent in Agent.objects.filter(user=person, team=None, deleted_at=None).order_by("created_at", "id").iterator():
        yield f"agents/{agent.pk}.json", portable.written(agent)
    servers = McpServer.objects.filter(user=person, team=None).order_by("name", "id")
    if told := [{"name": one.name, "description": one.description, "config": one.config} for one in servers]:
        yield "mcp_servers.json", told
    instructions = list(_instructions(person))
    if instructions:
        yield "mcp_instructions.json", instructions


def _instructions(person: User) -> Iterator[dict]:
    for row in McpServerCustomInstructions.objects.filter(user=person).select_related("mcp_server"):
        yield {"server": row.mcp_server.name, "instructions": row.instructions}
    for row in McpServerToolCustomInstructions.objects.filter(user=person).select_related("mcp_server"):
        yield {"server": row.mcp_server.name, "tool": row.tool_name, "instructions": row.instructions}
