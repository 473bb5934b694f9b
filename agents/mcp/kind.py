"""The tools of MCP servers, as tools are known everywhere: listed from the database, called at the server."""

import uuid

from django.db.models import Exists, OuterRef, Subquery

from agents.mcp import listing, loading
from agents.mcp.limits import ServerLimits
from agents.mcp.servers import known, usable
from agents.models import (
    McpOAuthSession,
    McpServer,
    McpServerCustomInstructions,
    McpServerToolCustomInstructions,
    Visibility,
)
from agents.tools import Away, Caller, Failed, Failure, Progress, Result, Source, Tool, looks
from sambung.lib.threads import in_thread
from teams.workspace import Workspace

_ANY = looks.any_row(McpServer)


class McpTools:
    """The kind “mcp”: a source is a server."""

    noun = "MCP server"
    limits = ServerLimits()

    def sources(self, workspace: Workspace) -> list[Source]:
        """The person's servers in a workspace with the tools that may run, by two queries for all of them."""
        if not _ANY.value:
            return []
        user = workspace.user
        sign_ins = McpOAuthSession.objects.filter(mcp_server=OuterRef("pk")).exclude(tokens=None)
        told = McpServerCustomInstructions.objects.filter(mcp_server=OuterRef("pk"), user=user)
        servers = list(
            known(workspace)
            .defer("encrypted_headers", "resource_cache", "prompt_cache", "instructions")
            .annotate(
                is_signed_in=Exists(sign_ins.filter(user=user)),
                has_sign_ins=Exists(sign_ins),
                told=Subquery(told.values("instructions")[:1]),
            )
        )
        about: dict[uuid.UUID, dict[str, str]] = {}
        rows = McpServerToolCustomInstructions.objects.filter(user=user, mcp_server__in=[one.pk for one in servers])
        for server_id, name, text in rows.values_list("mcp_server", "tool_name", "instructions") if servers else ():
            about.setdefault(server_id, {})[name] = text
        return [_source(server, about.get(server.pk, {})) for server in servers]

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Run a tool as it was seen, as this person. Raises Failed."""
        server_id = await in_thread(_checked, tool, caller.workspace)
        user_id = caller.workspace.user.pk
        pool = await loading.pool()
        return await pool.call(server_id, user_id, tool.name, tool.digest, args, progress)


def _source(server: McpServer, tool_instructions: dict[str, str]) -> Source:
    problem = _problem(server)
    ready = [kept for kept in server.tool_cache if listing.is_ready(kept) and not problem]
    away = [kept for kept in server.tool_cache if problem or not listing.is_ready(kept)]
    return Source(
        kind=listing.KIND,
        id=str(server.pk),
        title=server.name,
        description=server.description,
        icon="plug",
        tools=tuple(listing.tool(kept, str(server.pk), server.name) for kept in ready),
        instructions=server.told or "",
        tool_instructions=tool_instructions,
        away=tuple(_away(kept, server, problem) for kept in away),
        problem=problem or (None if ready else _why_none(server.tool_cache)),
        whose=_whose(server),
        is_resting=not server.is_active,
        is_connected=True,
    )


def _away(kept: dict, server: McpServer, problem: Failure | None) -> Away:
    """A tool that cannot be used now, for what is wrong with its server or with itself."""
    resting = Failure("mcp_tool_waits" if listing.is_waiting(kept) else "mcp_tool_off")
    why = problem or listing.problem(kept) or resting
    return Away(f"{listing.KIND}:{server.pk}:{kept['name']}", kept["title"] or kept["name"], why)


def _why_none(listed: list[dict]) -> Failure:
    if not listed:
        return Failure("mcp_not_looked_at")
    return Failure("mcp_no_tool_usable" if all(map(listing.problem, listed)) else "mcp_no_tool_ready")


def _problem(server: McpServer) -> Failure | None:
    """Why none of its tools can be used now by this person."""
    if not server.is_active:
        return Failure("mcp_server_rests")
    if not server.is_signed_in and (server.has_sign_ins or server.last_status == "sign_in"):
        return Failure("mcp_sign_in_needed")
    return server.problem if server.last_status == "failed" else None


def _whose(server: McpServer) -> str:
    if server.visibility != Visibility.PRIVATE:
        return "shared"
    if server.team_id:
        return "team"
    return "own" if server.user_id else "instance"


def _checked(tool: Tool, workspace: Workspace) -> uuid.UUID:
    """Return the server of a tool that still may run as it was bound. Raises Failed."""
    server = usable(workspace).filter(pk=tool.source).only("tool_cache").first()
    kept = next((one for one in server.tool_cache if one["name"] == tool.name), None) if server else None
    if kept is None or not listing.is_ready(kept) or kept["digest"] != tool.digest:
        raise Failed("mcp_tool_not_ready")
    return server.pk
