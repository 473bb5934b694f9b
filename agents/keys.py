"""Keys to providers: kept, used, tested. A key is opened for its endpoint alone, and shown to nobody."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from itertools import chain, count

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from agents import engine, errors
from agents.errors import Unavailable
from agents.models import ApiKey, Provider, ToolKey
from agents.runs import runtime
from sambung.lib import crypto, egress, lookalikes
from sambung.lib.errors import Refused
from sambung.lib.failures import Failure, columns
from sambung.lib.waiting import KEYS, Busy
from teams import access, audit, sealing
from teams.models import Team, User

logger = logging.getLogger(__name__)

WITHIN = 20.0  # seconds for a provider to answer a test
LISTED, MOST_LISTED = timedelta(days=1), 20  # how long a list of models counts; keys that are asked together
NOTED = timedelta(minutes=1)  # for which one success stands for the next ones
LONGEST_ADDRESS = 500  # characters, with what had to be quoted
SHORTEST_SHOWN = 12  # characters of a key whose last four tell too little to matter


# ---- Who may use which ----------------------------------------------------------------------------------
def usable(user: User, team: Team | None) -> QuerySet[ApiKey]:
    """The active keys that a person may use in a team, or without one: the team's, their own, the instance's."""
    held = access.rows(user, ApiKey.objects.filter(Q(team=None) | Q(team=team), is_active=True))
    own, instances = Q(team=None, user__isnull=False), Q(team=None, user=None)
    return held.alias(is_own=own, is_instances=instances).order_by("is_instances", "is_own", "label", "id")


def endpoint(key: ApiKey) -> engine.Endpoint:
    """Return where the key is used, with the key itself. Raises Unavailable with what to do."""
    try:
        base_url, is_trusted = checked(key.base_url)
        secret = sealing.unseal(key.encrypted_key, place(key)) if key.encrypted_key else ""
    except Refused as refused:
        raise Unavailable(refused.code, **refused.params) from None
    except crypto.UnknownKey:
        raise Unavailable("key_lost", label=key.label) from None
    except crypto.CryptoError:
        raise Unavailable("key_changed", label=key.label) from None
    protocol = engine.protocol_of(key.provider)
    return engine.Endpoint(protocol, base_url, secret, trusted=is_trusted, provider=key.provider)


def checked(address: str) -> tuple[str, bool]:
    """Return an address in one form, and whether the operator allowed it by name. Raises Refused."""
    if lookalikes.has_unseen(address):
        raise Refused(Failure("address_unseen"), field="base_url")
    try:
        url = egress.plain(address)
        if label := lookalikes.mixed_label(address):
            raise Refused(Failure("address_mixed", {"label": label}), field="base_url")
    except egress.Blocked:
        raise Refused(Failure("no_address"), field="base_url") from None
    if url.query_string or url.fragment:
        raise Refused(Failure("address_with_more"), field="base_url")
    if url.scheme not in egress.SCHEMES or url.user or url.password:
        raise Refused(Failure("no_address"), field="base_url")
    allowed = egress.Policy(settings.EGRESS_ALLOW)
    is_trusted = allowed.names(url.host, url.port)
    try:
        egress.check(url, allowed)
        if url.scheme == "http" and not is_trusted:
            raise egress.Blocked("What is public is asked over https alone.")
    except egress.Blocked:
        told = {"place": _host_and_port(url)}
        raise Refused(Failure("address_not_allowed", told), field="base_url") from None
    if len(found := str(url).rstrip("/")) > LONGEST_ADDRESS:
        raise Refused(Failure("no_address"), field="base_url")
    return found, is_trusted


def seal(key: ApiKey, secret: str) -> bytes:
    """Return the secret sealed for this row and this address."""
    return sealing.seal(secret, place(key))


def last4(secret: str) -> str:
    """What of a key may be shown, "" of a short one."""
    return secret[-4:] if len(secret) >= SHORTEST_SHOWN else ""


def _host_and_port(url: egress.URL) -> str:
    return f"{url.host_subcomponent}:{url.port}"


def place(key: ApiKey | ToolKey) -> str:
    """What the sealed key is bound to: its row, and the only scheme, host and port that it is sent to."""
    url = egress.plain(key.base_url)
    return f"{key._meta.db_table}:encrypted_key:{key.pk}:{url.scheme}://{_host_and_port(url)}"


# ---- What people do with them ---------------------------------------------------------------------------
@transaction.atomic
def save(
    *,
    by: User,
    scope: dict,
    provider: str,
    label: str,
    base_url: str,
    secret: str,
    added_models: Sequence[str] = (),
    key: ApiKey | None = None,
) -> ApiKey:
    """Keep a new key, or change one; the caller has made sure that `by` may. Raises Refused.

    `base_url` "" = the provider's usual one; `secret` "" keeps the one that is there, as long as the address does.
    `added_models`: names of models that the provider may not list.
    """
    kept = ApiKey.objects.select_for_update().get(pk=key.pk) if key else ApiKey(**scope, provider=provider)
    before = place(kept) if key else ""
    if _beside(kept.user, kept.team).filter(label__iexact=label).exclude(pk=kept.pk).exists():
        raise Refused(Failure("key_name_taken"), field="label")
    kept.label, kept.base_url = label, checked(base_url or engine.DEFAULT_URLS[kept.provider])[0]
    kept.added_models = list(added_models)
    if secret:
        kept.encrypted_key = seal(kept, secret)
        kept.key_last4 = last4(secret)
    elif kept.encrypted_key and place(kept) != before:
        raise Refused(Failure("key_asked_again"), field="secret")
    if secret or place(kept) != before:
        _forget_health(kept)
    kept.save()
    _record("key.changed" if key else "key.made", by, kept, address=kept.base_url, is_key_new=bool(secret))
    return kept


def free_label(scope: dict, provider: str) -> str:
    """A name that no other key of the scope has: the provider's, with a number where that is taken."""
    name, taken = str(Provider(provider).label), set(_beside(**scope).values_list("label", flat=True))
    return next(label for label in chain([name], (f"{name} {n}" for n in count(2))) if label not in taken)


def _beside(user: User | None, team: Team | None) -> QuerySet[ApiKey]:
    """The keys of a scope."""
    return ApiKey.objects.filter(team=team) if team else ApiKey.objects.filter(team=None, user=user)


def _forget_health(key: ApiKey) -> None:
    key.last_success_at = key.last_error_at = key.listed_at = None
    key.last_error_code, key.last_error_params, key.limits, key.model_cache, key.learned = "", {}, {}, [], {}


@transaction.atomic
def delete(*, by: User, key: ApiKey) -> None:
    """Remove a key for good. Chats and agents that used it ask for another model."""
    _record("key.deleted", by, key)
    key.delete()


@transaction.atomic
def set_active(*, by: User, key: ApiKey, is_active: bool) -> None:
    """Rest a key, or use it again."""
    key.is_active = is_active
    key.save(update_fields=["is_active", "updated_at"])
    _record("key.activated" if is_active else "key.deactivated", by, key)


def _record(action: str, by: User, key: ApiKey, **data) -> None:
    audit.record(action, by=by, target=key, team=key.team, key=str(key.pk), last4=key.key_last4, **data)


# ---- Health ---------------------------------------------------------------------------------------------
def refresh(key: ApiKey) -> Failure | None:
    """Ask the provider whether the key works and which models there are; keep what it said, and no more what its
    models had refused.

    Returns the problem, None where there is none. Waits for the provider.
    """
    return refresh_all([key])[key.pk]


def stale() -> list[ApiKey]:
    """Active keys whose models were listed a day ago, the oldest first; those that failed within the day rest."""
    yesterday = timezone.now() - LISTED
    rows = ApiKey.objects.filter(is_active=True, listed_at__lt=yesterday).exclude(last_error_at__gt=yesterday)
    return list(rows.order_by("listed_at", "id")[:MOST_LISTED])


def refresh_all(found: list[ApiKey], *, forgets: bool = True) -> dict[uuid.UUID, Failure | None]:
    """Ask for several keys at once; return the problem of each, like `refresh`.

    `forgets`: their models are asked in full again.
    """
    try:
        told = runtime.wait(_ask_all(found), WITHIN + 1, KEYS)
    except Busy as busy:
        return dict.fromkeys((key.pk for key in found), Failure(busy.code))
    return {key.pk: _keep(key, answer, forgets) for key, answer in zip(found, told, strict=True)}


async def _ask_all(found: list[ApiKey]) -> list[list[engine.ModelInfo] | Exception]:
    return await asyncio.gather(*map(_ask, found), return_exceptions=True)


async def _ask(key: ApiKey) -> list[engine.ModelInfo]:
    asked = endpoint(key)
    async with asyncio.timeout(WITHIN):
        try:
            await engine.check(asked)
        except engine.NoList:
            if not key.added_models:
                raise
            return []
        return await engine.list_models(asked)


def _keep(key: ApiKey, answer: list[engine.ModelInfo] | Exception, forgets: bool) -> Failure | None:
    """Store what a provider said; return the problem."""
    match answer:
        case list():
            same = ApiKey.objects.filter(pk=key.pk, base_url=key.base_url)
            told = [row for row in key.model_cache if row.get("context_window") and not row.get("is_window_guessed")]
            found = engine.remembered(answer, {row["id"]: row["context_window"] for row in told})
            listed = {"model_cache": [_row(info) for info in found], "listed_at": timezone.now()}
            same.update(**listed | ({"learned": {}} if forgets else {}))
            problem = None
        case engine.AddressRefused():
            told = {"place": _host_and_port(egress.plain(key.base_url))}
            problem = Failure("address_not_allowed", told)
        case engine.EngineError():
            problem = errors.failure(answer)
        case TimeoutError():
            problem = Failure("timed_out")
        case _:
            logger.error("The models of a key could not be read.", exc_info=answer, extra={"key": str(key.pk)})
            problem = Failure("garbled")
    note(key.pk, error=problem, is_asked=True)
    return problem


def _row(info: engine.ModelInfo) -> dict:
    """A model as it is kept: what is known of it, prices as text."""
    known = {name: value for name, value in asdict(info).items() if value not in (None, "")}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in known.items()}


def note(
    key_id: uuid.UUID, *, error: Failure | None = None, limits: dict | None = None, is_asked: bool = False
) -> None:
    """Keep how a use of the key went: why it failed, or success, which counts for a minute.

    `limits` is what the provider said of its rate limits; `is_asked`: somebody looks at the result now.
    """
    now = timezone.now()
    changed = {"last_used_at": now} | ({"limits": limits} if limits else {})
    rows = ApiKey.objects.filter(pk=key_id)
    if error:
        changed |= columns(error, "last_error") | {"last_error_at": now}
    else:
        changed |= {"last_success_at": now}
        if not is_asked:
            is_well = Q(last_error_at=None) | Q(last_error_at__lt=F("last_success_at"))
            rows = rows.exclude(is_well, last_success_at__gt=now - NOTED)
    rows.update(**changed)


# ---- Rotation -------------------------------------------------------------------------------------------
def sealed_rows() -> QuerySet[ApiKey]:
    """The keys that there is something to open of."""
    return ApiKey.objects.exclude(encrypted_key=None)


def renew(key: ApiKey | ToolKey) -> bool:
    """Seal a locked key anew; whether it changed. Raises CryptoError."""
    sealed = sealing.renew(key.encrypted_key, place(key))
    if sealed:
        type(key).objects.filter(pk=key.pk).update(encrypted_key=sealed)
    return sealed is not None
