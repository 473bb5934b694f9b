"""MCP servers: kept, shared, looked at. What a server says is kept as it was listed; nothing starts on its own.

The caller has made sure that `by` may, but for what depends on the role of `by`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from django.db import transaction
from django.db.models import Q, QuerySet

from agents import keys, policies
from agents.mcp import clients, listing, operator_config, sealed
from agents.mcp.config_import import Pasted, parsed
from agents.mcp.inspector import get_prompt, read_resource, refresh, try_tool
from agents.models import (
    McpOAuthSession,
    McpServer,
    McpServerCustomInstructions,
    McpServerToolCustomInstructions,
    Visibility,
)
from agents.models.mcp import SERVER_INSTRUCTIONS, TOOL_INSTRUCTIONS
from sambung.lib import crypto, egress
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure
from teams import access, audit
from teams.models import User, UserRole
from teams.workspace import Workspace

__all__ = ["Pasted", "get_prompt", "parsed", "read_resource", "refresh", "try_tool"]


MOST_HEADERS, LONGEST_HEADER = 20, 4_000
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: Headers that are the connection's or the protocol's business.
_OURS = {
    *("host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "te", "upgrade"),
    *("accept", "accept-encoding", "user-agent", "cookie", "trailer", "expect", "last-event-id"),
    *("mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name"),
}


# ---- Who may use which ----------------------------------------------------------------------------------
def known(workspace: Workspace) -> QuerySet[McpServer]:
    """The servers that the person may know there: the team's, their own, the instance's, and shared ones."""
    is_shared = ~Q(visibility=Visibility.PRIVATE)
    near = McpServer.objects.filter(Q(team=None) | Q(team=workspace.team) | is_shared)
    return access.rows(workspace.user, near).order_by("name", "id")


def usable(workspace: Workspace) -> QuerySet[McpServer]:
    """Those of them that do not rest."""
    return known(workspace).filter(is_active=True)


# ---- What people do with them ---------------------------------------------------------------------------
@transaction.atomic
def save(
    *,
    by: User,
    scope: dict,
    name: str,
    description: str,
    transport: str,
    url: str = "",
    command: str = "",
    headers: Mapping[str, str] | None = None,
    client: tuple[str, str] | None = None,
    server: McpServer | None = None,
) -> McpServer:
    """Keep a new server, or change one. Raises Refused.

    `headers` None keeps those that are there, and a header with the value "" keeps its value, as long as scheme, host
    and port stay. `client`: the id and secret as which Sambung is known where one signs in, likewise; "" for the id is
    none. `command` is a name in the operator's file. What was listed at another address is forgotten.
    """
    kept = McpServer.objects.select_for_update(of=("self",)).get(pk=server.pk) if server else McpServer(**scope)
    _check_name(kept, name)
    before, place = (kept.config, sealed.origin(kept)) if server else ({}, "")
    known = _known_headers(kept) if server and headers else {}
    known_client = clients.entered(kept) if server else {}
    kept.name, kept.description, kept.config = name, description, _config(kept, by, transport, url, command)
    if server and before != kept.config:
        _forget(kept)
    if headers is None:
        if kept.encrypted_headers and sealed.origin(kept) != place:
            raise Refused(Failure("mcp_headers_asked_again"), field="headers")
        kept.config |= {"headers": before["headers"]} if before.get("headers") else {}
    else:
        _set_headers(kept, headers, known if sealed.origin(kept) == place else {})
    _set_client(kept, client, known_client, is_moved=sealed.origin(kept) != place)
    kept.full_clean(exclude=("user", "team"), validate_unique=False, validate_constraints=False)
    kept.save()
    _record("mcp_server.changed" if server else "mcp_server.made", by, kept, place=sealed.origin(kept))
    return kept


def _check_name(kept: McpServer, name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,60}", name):
        raise Refused(Failure("mcp_name_unfit"), field="name")
    beside = Q(team=kept.team) if kept.team_id else Q(team=None, user=kept.user)
    if McpServer.objects.filter(beside, name=name).exclude(pk=kept.pk).exists():
        raise Refused(Failure("mcp_name_taken"), field="name")


def _config(kept: McpServer, by: User, transport: str, url: str, command: str) -> dict:
    """How the server is reached. A program takes an admin of the instance, and a name of the operator's."""
    if transport != "stdio":
        return {"transport": transport, "url": _address(url)}
    if by.role != UserRole.ADMIN or kept.user_id or kept.team_id:
        raise Refused(Failure("mcp_program_for_admins"), field="command")
    if command not in operator_config.names():
        raise Refused(Failure("mcp_program_not_offered"), field="command")
    return {"transport": "stdio", "command": command}


def _address(url: str) -> str:
    """The address in one form. A slash at its end stays: for some servers it is another place without it."""
    try:
        address = keys.checked(url)[0]
    except Refused as refused:
        raise Refused(refused.why, field="url") from None
    return f"{address}/" if url.strip().endswith("/") and egress.plain(address).path != "/" else address


def _known_headers(kept: McpServer) -> dict[str, str]:
    """The headers that there are; none where they cannot be opened any more, so that they are asked for again."""
    try:
        return sealed.headers(kept)
    except crypto.CryptoError:
        return {}


def _set_headers(kept: McpServer, headers: Mapping[str, str], known: Mapping[str, str]) -> None:
    """Seal the headers; those without a value keep the one that is known."""
    given = {}
    for name, value in headers.items():
        name, value = name.strip(), value.strip() or known.get(name.strip(), "")
        is_sendable = value.isprintable() and value.isascii() and 0 < len(value) <= LONGEST_HEADER
        if not _HEADER.fullmatch(name) or name.lower() in _OURS or not is_sendable:
            raise Refused(Failure("mcp_header_unfit", {"name": name[:100]}), field="headers")
        given[name] = value
    if len(given) > MOST_HEADERS or (given and kept.config["transport"] == "stdio"):
        raise Refused(Failure("mcp_header_unfit", {"name": list(given)[-1][:100]}), field="headers")
    kept.config |= {"headers": sorted(given)} if given else {}
    kept.encrypted_headers = sealed.seal_headers(kept, given)


def _set_client(kept: McpServer, client: tuple[str, str] | None, known: Mapping[str, str], *, is_moved: bool) -> None:
    """Seal as whom Sambung is known where one signs in. What was entered for another address stays there."""
    client_id, secret = client or (known.get("client_id", ""), "")
    if is_moved and known.get("client_secret") and client_id == known["client_id"] and not secret:
        raise Refused(Failure("mcp_client_asked_again"), field="client_secret" if client else None)
    if client or is_moved:
        clients.enter(kept, client_id.strip(), secret.strip(), {} if is_moved else known)


def _forget(kept: McpServer) -> None:
    """Forget what another address listed, and the sign-ins there."""
    kept.tool_cache, kept.resource_cache, kept.prompt_cache = [], [], []
    kept.last_status = kept.last_error_code = kept.instructions = ""
    kept.last_error_params = {}
    kept.checked_at = None
    McpOAuthSession.objects.filter(mcp_server=kept).delete()


@transaction.atomic
def import_pasted(*, by: User, scope: dict, pasted: Collection[Pasted]) -> list[McpServer]:
    """Make the pasted servers that have no problem, all or none. A name that is taken gets a number. Raises Refused."""
    return [
        save(
            by=by,
            scope=scope,
            name=_free_name(scope, one.name or "server"),
            description="",
            transport=one.transport,
            url=one.url,
            headers=one.headers,
        )
        for one in pasted
        if not one.problem
    ]


def judged(pasted: Pasted) -> Pasted:
    """Return a pasted server with the problem that keeping it would have: its address, its headers."""
    if pasted.problem:
        return pasted
    try:
        trial = McpServer(config={"transport": pasted.transport, "url": _address(pasted.url)})
        _set_headers(trial, pasted.headers, {})
    except Refused as refused:
        return replace(pasted, problem=refused.why)
    return pasted


def _free_name(scope: dict, name: str) -> str:
    beside = Q(team=scope["team"]) if scope["team"] else Q(team=None, user=scope["user"])
    taken = set(McpServer.objects.filter(beside).values_list("name", flat=True))
    names = (f"{name[:56]}-{n}" if n > 1 else name for n in range(1, len(taken) + 2))
    return next(free for free in names if free not in taken)


@transaction.atomic
def delete(*, by: User, server: McpServer) -> None:
    """Remove a server for good, with everybody's sign-ins and instructions."""
    _record("mcp_server.deleted", by, server)
    server.delete()


@transaction.atomic
def set_active(*, by: User, server: McpServer, is_active: bool) -> None:
    """Rest a server, or use it again."""
    server.is_active = is_active
    server.save(update_fields=["is_active", "updated_at"])
    _record("mcp_server.activated" if is_active else "mcp_server.deactivated", by, server)


@transaction.atomic
def set_visibility(*, by: User, server: McpServer, visibility: str) -> None:
    """Say who may use a server beside its workspace. Raises Refused."""
    if visibility not in Visibility.values or (visibility != Visibility.PRIVATE and not policies.may_open(by)):
        raise Refused(Failure("mcp_sharing_for_admins"), field="visibility")
    server.visibility = visibility
    server.save(update_fields=["visibility", "updated_at"])
    _record("mcp_server.visibility_changed", by, server, visibility=visibility)


# ---- Tools ----------------------------------------------------------------------------------------------
@transaction.atomic
def set_tool(*, by: User, server: McpServer, name: str, is_enabled: bool) -> None:
    """Switch one tool on or off."""
    _change_tools(server, lambda kept: {**kept, "is_enabled": is_enabled} if kept["name"] == name else kept)
    _record("mcp_tool.enabled" if is_enabled else "mcp_tool.disabled", by, server, tool=name)


@transaction.atomic
def approve(*, by: User, server: McpServer, names: Mapping[str, str] | Collection[str]) -> None:
    """Let tools run as they are listed now. `names` to digests approves only what still is what was seen."""
    seen = names if isinstance(names, Mapping) else {}

    def allowed(kept: dict) -> dict:
        is_meant = kept["name"] in names and seen.get(kept["name"], kept["digest"]) == kept["digest"]
        return listing.approved(kept) if is_meant else kept

    _change_tools(server, allowed)
    _record("mcp_tool.approved", by, server, tools=sorted(names))


def _change_tools(server: McpServer, change) -> None:
    kept = McpServer.objects.select_for_update(of=("self",)).get(pk=server.pk)
    kept.tool_cache = server.tool_cache = [change(one) for one in kept.tool_cache]
    kept.save(update_fields=["tool_cache", "updated_at"])


# ---- A person's instructions ----------------------------------------------------------------------------
@transaction.atomic
def instruct(*, by: User, server: McpServer, text: str) -> None:
    """Keep what a person wants a model to know when it has tools of the server; "" removes it. Raises Refused."""
    _instruct(McpServerCustomInstructions, {"mcp_server": server, "user": by}, text, SERVER_INSTRUCTIONS)


@transaction.atomic
def instruct_tool(*, by: User, server: McpServer, tool_name: str, text: str) -> None:
    """The same for one tool. Raises Refused."""
    about = {"mcp_server": server, "user": by, "tool_name": tool_name}
    _instruct(McpServerToolCustomInstructions, about, text, TOOL_INSTRUCTIONS)


def _instruct(model, about: dict, text: str, most: int) -> None:
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > most:
        raise Refused(Failure("mcp_text_too_long", {"most": most}), field="instructions")
    if text:
        model.objects.update_or_create(**about, defaults={"instructions": text})
    else:
        model.objects.filter(**about).delete()


def _record(action: str, by: User, server: McpServer, **data) -> None:
    audit.record(action, by=by, target=server, team=server.team, server=str(server.pk), **data)
