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
    UsageEntry,
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
    """Each personal agent as a file that can be imported again, servers without secrets with what was said of them, and
    what models took."""
    for agent in Agent.objects.filter(user=person, team=None, deleted_at=None).order_by("created_at", "id").iterator():
        yield f"agents/{agent.pk}.json", portable.written(agent)
    servers = McpServer.objects.filter(user=person, team=None).order_by("name", "id")
    if told := [{"name": one.name, "description": one.description, "config": one.config} for one in servers]:
        yield "mcp_servers.json", told
    instructions = list(_instructions(person))
    if instructions:
        yield "mcp_instructions.json", instructions
    if usage := list(_usage(person)):
        yield "usage.json", usage


def _usage(person: User) -> Iterator[dict]:
    """Each call of a model that was made for the person, in teams as well; which key and agent it was is theirs."""
    told = ("kind", "team__name", "provider", "model", "input_tokens", "cached_tokens", "cache_write_tokens")
    told += ("output_tokens", "reasoning_tokens", "cost", "price_source", "is_estimate", "created_at")
    rows = UsageEntry.objects.filter(user=person).order_by("created_at", "id").values(*told).iterator()
    yield from ({"team": row.pop("team__name")} | row for row in rows)


def _instructions(person: User) -> Iterator[dict]:
    for row in McpServerCustomInstructions.objects.filter(user=person).select_related("mcp_server"):
        yield {"server": row.mcp_server.name, "instructions": row.instructions}
    for row in McpServerToolCustomInstructions.objects.filter(user=person).select_related("mcp_server"):
        yield {"server": row.mcp_server.name, "tool": row.tool_name, "instructions": row.instructions}
