"""As whom Sambung is known where one signs in: as somebody entered it for a server, by our own document, or registered.

What is entered is sealed for the server's address, and goes to the place alone at which it was used first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from agents.mcp import sealed
from agents.models import McpServer
from agents.tools import Failed
from sambung.lib import crypto
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure

LONGEST = 1_000  # characters of an id, and of a secret
BASIC, POST = "client_secret_basic", "client_secret_post"


# ---- entered --------------------------------------------------------------------------------------------
def entered(server: McpServer) -> dict[str, str]:
    """Return {client_id, client_secret, issuer} as somebody entered it, {} where nobody did or it cannot be opened."""
    try:
        return sealed.client(server)
    except crypto.CryptoError:
        return {}


def enter(server: McpServer, client_id: str, client_secret: str, known: Mapping[str, str]) -> None:
    """Seal what is entered into the row, which the caller keeps; "" for an id removes it. Raises Refused.

    `known`: what there is: its secret stays where none is given for the same id.
    """
    if not client_id:
        server.encrypted_client = None
        return
    for field, value in (("client_id", client_id), ("client_secret", client_secret)):
        if len(value) > LONGEST or not value.isascii() or not value.isprintable():
            raise Refused(Failure("mcp_client_unfit"), field=field)
    if client_id == known.get("client_id") and client_secret in ("", known["client_secret"]):
        given = dict(known)
    else:
        given = {"client_id": client_id, "client_secret": client_secret, "issuer": ""}
    server.encrypted_client = sealed.seal_client(server, given)


def pin(server: McpServer, issuer: str) -> None:
    """Keep where what is entered is used: from now on nowhere else."""
    found = entered(server)
    if found and not found["issuer"]:
        server.encrypted_client = sealed.seal_client(server, found | {"issuer": issuer})
        server.save(update_fields=["encrypted_client", "updated_at"])


# ---- our document ---------------------------------------------------------------------------------------
def document(address: str, callback: str) -> dict[str, Any]:
    """Return what Sambung says of itself at `address`, which is its client id there.

    Source: https://datatracker.ietf.org/doc/draft-ietf-oauth-client-id-metadata-document/.
    """
    return {
        "client_id": address,
        "client_name": "Sambung",
        "client_uri": settings.PUBLIC_URL,
        "redirect_uris": [callback],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "application_type": "web",
    }


# ---- who it is at a place -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Ways:
    """As whom Sambung can be known: what was entered, who it was before (`known`), and the address of its document, ""
    where no other server can read it.
    """

    entered: Mapping[str, str]
    known: tuple[Mapping, ...]
    redirect_uri: str
    document_url: str = ""

    def fits(self, place) -> bool:
        """Whether the place (`discovery.Place`) can be signed in at."""
        if self.entered:
            return self.entered["issuer"] in ("", place.issuer)
        return bool(self.at(place) or place.registration_endpoint)

    def at(self, place) -> dict | None:
        """Return who Sambung is there: {client_id, client_secret, method, issuer, redirect_uri}; None where it must be
        registered. Raises Failed where what was entered is of another place.
        """
        about = {"issuer": place.issuer, "redirect_uri": self.redirect_uri}
        if self.entered:
            if not self.fits(place):
                raise Failed("mcp_client_elsewhere", place=place.issuer[:200])
            given = {name: self.entered[name] for name in ("client_id", "client_secret")}
            return given | {"method": _method(place, given["client_secret"]), "is_entered": True} | about
        if known := next(
            (one for one in self.known if about.items() <= one.items() and not one.get("is_entered")), None
        ):
            return dict(known)
        if place.reads_documents and self.document_url:
            return {"client_id": self.document_url, "client_secret": "", "method": "none"} | about
        return None


def _method(place, secret: str) -> str:
    """How a secret is shown: in the form, where the place takes that, for the usual way quotes it in two manners."""
    if not secret:
        return "none"
    return POST if POST in place.auth_methods or BASIC not in (place.auth_methods or (BASIC,)) else BASIC
