"""What is kept secret of a server: the values of its headers, and people's sign-ins. Bound to row and address."""

import json
from collections.abc import Mapping

from django.db.models import Q, QuerySet

from agents.models import McpOAuthSession, McpServer
from sambung.lib import egress
from teams import sealing

SIGN_IN = ("pending", "client", "tokens")


def origin(server: McpServer) -> str:
    """Scheme, host and port that secrets of the server may be sent to; of a program its name."""
    if "url" not in server.config:
        return f"stdio:{server.config['command']}"
    url = egress.plain(server.config["url"])
    return f"{url.scheme}://{url.host_subcomponent}:{url.port}"


def seal_headers(server: McpServer, headers: Mapping[str, str]) -> bytes | None:
    """Return the headers sealed, None where there are none."""
    return sealing.seal(json.dumps(dict(headers)), _headers_place(server)) if headers else None


def headers(server: McpServer) -> dict[str, str]:
    """Return the headers that go with every request. Raises CryptoError."""
    if not server.encrypted_headers:
        return {}
    return json.loads(sealing.unseal(server.encrypted_headers, _headers_place(server)))


def seal(session: McpOAuthSession, field: str, value: Mapping) -> bytes:
    """Return a part of a sign-in sealed."""
    return sealing.seal(json.dumps(dict(value)), _place(session, field))


def unseal(session: McpOAuthSession, field: str) -> dict:
    """Return a part of a sign-in, {} where there is none. Raises CryptoError."""
    kept = getattr(session, field)
    return json.loads(sealing.unseal(kept, _place(session, field))) if kept else {}


def _headers_place(server: McpServer) -> str:
    return f"mcp_server:encrypted_headers:{server.pk}:{origin(server)}"


def _place(session: McpOAuthSession, field: str) -> str:
    return f"mcp_oauth_session:{field}:{session.pk}:{session.user_id}:{origin(session.mcp_server)}"


# ---- Rotation -------------------------------------------------------------------------------------------
def servers_sealed() -> QuerySet[McpServer]:
    """The servers with headers to open."""
    return McpServer.objects.exclude(encrypted_headers=None)


def renew_server(server: McpServer) -> bool:
    """Seal a locked server's headers anew; whether they changed. Raises CryptoError."""
    renewed = sealing.renew(server.encrypted_headers, _headers_place(server))
    if renewed:
        McpServer.objects.filter(pk=server.pk).update(encrypted_headers=renewed)
    return renewed is not None


def sign_ins_sealed() -> QuerySet[McpOAuthSession]:
    """The sign-ins with something to open."""
    return McpOAuthSession.objects.exclude(Q(pending=None) & Q(client=None) & Q(tokens=None))


def renew_sign_in(session: McpOAuthSession) -> bool:
    """Seal a locked sign-in anew; whether it changed. Raises CryptoError."""
    kept = {field: getattr(session, field) for field in SIGN_IN}
    renewed = {field: sealing.renew(value, _place(session, field)) for field, value in kept.items() if value}
    changed = {field: value for field, value in renewed.items() if value}
    if changed:
        McpOAuthSession.objects.filter(pk=session.pk).update(**changed)
    return bool(changed)
