"""Keys and addresses of the services behind toolkits: kept, used. A key is opened for its service alone."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from agents import keys
from agents.models import SearchService, ToolKey
from agents.tools import Failed, looks
from sambung.lib import crypto, egress
from sambung.lib.errors import Refused
from teams import access, audit, sealing
from teams.models import User
from teams.workspace import Workspace

#: Where each service is usually reached; SearXNG runs at an address of one's own.
DEFAULT_URLS = {
    SearchService.BRAVE: "https://api.search.brave.com",
    SearchService.EXA: "https://api.exa.ai",
    SearchService.TAVILY: "https://api.tavily.com",
}

_ANY = looks.any_row(ToolKey, "is_active")


@dataclass(frozen=True, slots=True)
class Access:
    """How a service is reached. `policy` is where its connections may go."""

    service: str
    base_url: str
    secret: str = field(repr=False, default="")
    policy: egress.Policy = egress.PUBLIC


def usable(workspace: Workspace) -> QuerySet[ToolKey]:
    """The active keys that a person may use in a workspace: the team's first, then their own, then the instance's."""
    found = access.rows(workspace.user, ToolKey.objects.filter(Q(team=None) | Q(team=workspace.team), is_active=True))
    own, instances = Q(team=None, user__isnull=False), Q(team=None, user=None)
    return found.alias(is_own=own, is_instances=instances).order_by("is_instances", "is_own", "service", "id")


def is_there(workspace: Workspace) -> bool:
    """Whether there is any service to search with."""
    return bool(settings.SEARCH_SERVICES) or (_ANY.value and usable(workspace).exists())


def chosen(workspace: Workspace) -> Access | None:
    """The service to ask: the nearest key, or else the environment's. Raises Failed where a key cannot be opened."""
    if key := usable(workspace).first():
        return _opened(key)
    for service, (address, secret) in settings.SEARCH_SERVICES.items():
        base_url = address or DEFAULT_URLS[service]
        url = egress.plain(base_url)
        return Access(service, base_url, secret, egress.trusted(url.host, url.port))
    return None


def _opened(key: ToolKey) -> Access:
    try:
        base_url, is_trusted = keys.checked(key.base_url)
        secret = sealing.unseal(key.encrypted_key, keys.place(key)) if key.encrypted_key else ""
    except Refused as refused:
        raise Failed(refused.code, **refused.params) from None
    except crypto.CryptoError:
        raise Failed("tool_key_lost", service=key.get_service_display()) from None
    url = egress.plain(base_url)
    return Access(key.service, base_url, secret, egress.trusted(url.host, url.port) if is_trusted else egress.PUBLIC)


@transaction.atomic
def save(*, by: User, scope: dict, service: str, base_url: str = "", secret: str = "") -> ToolKey:
    """Keep the key of a scope to a service, in the place of the one before; the caller has made sure that `by` may.

    `base_url` "" is the service's usual one. Raises Refused.
    """
    ToolKey.objects.filter(service=service, **_beside(scope)).delete()
    kept = ToolKey(service=service, base_url=keys.checked(base_url or DEFAULT_URLS.get(service, ""))[0], **scope)
    if secret:
        kept.encrypted_key = sealing.seal(secret, keys.place(kept))
        kept.key_last4 = keys.last4(secret)
    kept.save()
    _record("tool_key.kept", by, kept, address=kept.base_url)
    return kept


def _beside(scope: dict) -> dict:
    """The fields by which the keys of a scope are found: a team's are its own, whoever added them."""
    return {"team": scope["team"]} if scope["team"] else scope


@transaction.atomic
def delete(*, by: User, key: ToolKey) -> None:
    """Remove a key for good."""
    _record("tool_key.deleted", by, key)
    key.delete()


def _record(action: str, by: User, key: ToolKey, **data) -> None:
    audit.record(action, by=by, target=key, team=key.team, key=str(key.pk), last4=key.key_last4, **data)


# ---- Rotation -------------------------------------------------------------------------------------------
def sealed_rows() -> QuerySet[ToolKey]:
    """The keys that there is something to open of."""
    return ToolKey.objects.exclude(encrypted_key=None)
