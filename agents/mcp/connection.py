"""Where a server is, and with what it is asked: read from the database once for each connection."""

import uuid
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from agents import keys
from agents.mcp import operator_config, sealed
from agents.models import McpServer
from agents.tools import Failed
from sambung.lib import crypto, egress, words
from sambung.lib.errors import Refused
from teams import access
from teams.models import User

GONE = words.known(gettext_noop("This server is no longer here, or not for you any more."))
LOST = words.known(gettext_noop("The headers of this server cannot be opened any more. Enter them again."))
SIGN_IN = words.known(gettext_noop("This server asks who you are. Sign in on its page."))


class SignInNeeded(Failed):
    """The server wants to know who the person is."""

    def __init__(self) -> None:
        super().__init__(SIGN_IN)


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
        raise Failed(GONE)
    about = {"server_id": server.pk, "user_id": user_id, "name": server.name, "transport": server.config["transport"]}
    try:
        if "command" in server.config:
            return Target(**about, program=operator_config.program(server.config["command"]))
        is_trusted = keys.checked(server.config["url"])[1]
        headers = tuple(sealed.headers(server).items())
    except operator_config.Unusable as unusable:
        raise Failed(str(unusable)) from None
    except Refused as refused:
        raise Failed(refused.sentence) from None
    except crypto.CryptoError:
        raise Failed(LOST) from None
    return Target(**about, url=server.config["url"], is_trusted=is_trusted, headers=headers)
