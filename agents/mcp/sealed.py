"""What is kept secret of a server: the values of its headers, as whom Sambung is known where one signs in for it, and
people's sign-ins. Bound to row and address.
"""

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


def seal_client(server: McpServer, client: Mapping[str, str]) -> bytes:
    """Return as whom Sambung is known, as it was entered, sealed."""
    return sealing.seal(json.dumps(dict(client)), _client_place(server))


def client(server: McpServer) -> dict[str, str]:
    """Return the same opened, {} where nobody entered it. Raises CryptoError."""
    if not server.encrypted_client:
        return {}
    return json.loads(sealing.unseal(server.encrypted_client, _client_place(server)))


def seal(session: McpOAuthSession, field: str, value: Mapping) -> bytes:
    """Return a part of a sign-in sealed."""
    return sealing.seal(json.dumps(dict(value)), _place(session, field))


def unseal(session: McpOAuthSession, field: str) -> dict:
    """Return a part of a sign-in, {} where there is none. Raises CryptoError."""
    kept = getattr(session, field)
    return json.loads(sealing.unseal(kept, _place(session, field))) if kept else {}


def _headers_place(server: McpServer) -> str:
    return f"mcp_server:encrypted_headers:{server.pk}:{origin(server)}"


def _client_place(server: McpServer) -> str:
    return f"mcp_server:encrypted_client:{server.pk}:{origin(server)}"


def _place(session: McpOAuthSession, field: str) -> str:
    return f"mcp_oauth_session:{field}:{session.pk}:{session.user_id}:{origin(session.mcp_server)}"


# ---- Rotation -------------------------------------------------------------------------------------------
def servers_sealed() -> QuerySet[McpServer]:
    """The servers with something to open."""
    return McpServer.objects.exclude(Q(encrypted_headers=None) & Q(encrypted_client=None))


def renew_server(server: McpServer) -> bool:
    """Seal a locked server's secrets anew; whether they changed. Raises CryptoError."""
    kept = {"encrypted_headers": _headers_place(server), "encrypted_client": _client_place(server)}
    return _renew(server, {field: place for field, place in kept.items() if getattr(server, field)})


def sign_ins_sealed() -> QuerySet[McpOAuthSession]:
    """The sign-ins with something to open."""
    return McpOAuthSession.objects.exclude(Q(pending=None) & Q(client=None) & Q(tokens=None))


def renew_sign_in(session: McpOAuthSession) -> bool:
    """Seal a locked sign-in anew; whether it changed. Raises CryptoError."""
    return _renew(session, {field: _place(session, field) for field in SIGN_IN if getattr(session, field)})


def _renew(row: McpServer | McpOAuthSession, places: Mapping[str, str]) -> bool:
    renewed = {field: sealing.renew(getattr(row, field), place) for field, place in places.items()}
    changed = {field: value for field, value in renewed.items() if value}
    if changed:
        type(row).objects.filter(pk=row.pk).update(**changed)
    return bool(changed)
