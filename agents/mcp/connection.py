"""Where a server is, and with what it is asked: read from the database once for each connection."""

import uuid
from dataclasses import dataclass, field

from agents import keys
from agents.mcp import operator_config, sealed
from agents.models import McpServer
from agents.tools import Failed, Failure
from sambung.lib import crypto, egress
from sambung.lib.errors import Refused
from teams import access
from teams.models import User


class SignInNeeded(Failed):
    """The server wants to know who the person is."""

    def __init__(self) -> None:
        super().__init__("mcp_sign_in_needed")


class RightsNeeded(Failed):
    """The server wants rights that the person has not given it: `scope` has their names, with spaces between them."""

    def __init__(self, failure: Failure, scope: str) -> None:
        super().__init__(failure)
        self.scope = scope

    def lacking(self, scope: str) -> "RightsNeeded":
        """The same, where it is known which of the rights are missing."""
        named = self.failure.params | {"scope": scope}
        return RightsNeeded(Failure(self.failure.code, named), scope) if scope else self


@dataclass(frozen=True, slots=True)
class Target:
    """One server for one person."""

    server_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    transport: str
    url: str = ""
    is_trusted: bool = False
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    program: operator_config.Program | None = None

    @property
    def policy(self) -> egress.Policy:
        """Where its connections may go: inside the network to exactly the place that the operator named."""
        url = egress.plain(self.url)
        return egress.trusted(url.host, url.port) if self.is_trusted else egress.PUBLIC


def target(server_id: uuid.UUID, user_id: uuid.UUID) -> Target:
    """Return where the server is for this person, as of now. Raises Failed."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    server = user and access.rows(user, McpServer.objects.filter(pk=server_id)).first()
    if not server:
        raise Failed("mcp_server_gone")
    about = {"server_id": server.pk, "user_id": user_id, "name": server.name, "transport": server.config["transport"]}
    try:
        if "command" in server.config:
            return Target(**about, program=operator_config.program(server.config["command"]))
        is_trusted = keys.checked(server.config["url"])[1]
        headers = tuple(sealed.headers(server).items())
    except Refused as refused:
        raise Failed(refused.code, **refused.params) from None
    except crypto.CryptoError:
        raise Failed("mcp_headers_lost") from None
    return Target(**about, url=server.config["url"], is_trusted=is_trusted, headers=headers)
