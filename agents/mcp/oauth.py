"""Signing in at a server, each person for themselves: begun here, finished when they come back, kept sealed.

A sign-in that is under way is good for ten minutes and once, for the session, person and server that began it.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents.mcp import clients, sealed
from agents.mcp.connection import target
from agents.models import McpOAuthSession, McpServer
from agents.runs import runtime
from agents.tools import Failed, Failure
from sambung.lib import crypto
from sambung.lib.database import patiently
from sambung.lib.errors import Refused
from sambung.lib.threads import in_thread
from sambung.lib.waiting import SERVERS, Busy
from teams import access, audit
from teams.models import User

GOOD_FOR = timedelta(minutes=10)  # from the beginning of a sign-in to its end
WITHIN = 45.0  # seconds for a page to wait
EARLY = timedelta(seconds=30)  # before a token ends, another one is asked for
REMEMBERED = timedelta(seconds=5)  # for which a token is not read anew
LONGEST_CODE, LONGEST_SCOPE = 4_000, 1_000  # characters


_renewals: dict[tuple, asyncio.Lock] = {}


# ---- Beginning and end ----------------------------------------------------------------------------------
def begin(server: McpServer, user: User, session_key: str, redirect_uri: str, document_url: str = "") -> str:
    """Begin a sign-in; return the page to send the person to. Raises Refused and Busy.

    It asks for all rights that the person has given and the server has wanted. `document_url`: where other servers can
    read who Sambung is.
    """
    if "url" not in server.config:
        raise Refused(Failure("mcp_sign_in_nowhere"))
    session = _sessions(server, user).first()
    ways = clients.Ways(clients.entered(server), _known_clients(session), redirect_uri, document_url)
    try:
        place, client = runtime.wait(_found(server.pk, user.pk, ways), WITHIN, SERVERS)
    except Failed as problem:
        raise Refused(problem.failure) from None
    except TimeoutError:
        raise Refused(Failure("mcp_no_answer_in_time")) from None
    clients.pin(server, place.issuer)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    scope = " ".join(dict.fromkeys([*place.scope.split(), *_given(session), *_wanted(session)]))
    about = {"verifier": verifier, "redirect_uri": redirect_uri, "session": _hash(session_key), "client": client}
    _keep_pending(server, user, state, asdict(place) | {"scope": scope} | about)
    asked = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("="),
        "code_challenge_method": "S256",
        "resource": place.resource,
    } | ({"scope": scope} if scope else {})
    join = "&" if "?" in place.authorization_endpoint else "?"
    return f"{place.authorization_endpoint}{join}{urlencode(asked)}"


async def _found(server_id, user_id, ways: clients.Ways):
    """Return where to sign in, and as whom: registered where that place, or the way back, is new."""
    from agents.mcp import discovery  # brings the SDK, which takes a second

    place = await discovery.find(await in_thread(target, server_id, user_id), ways.fits)
    if client := ways.at(place):
        return place, client
    about = {"issuer": place.issuer, "redirect_uri": ways.redirect_uri}
    return place, await discovery.register(place, ways.redirect_uri) | about


def _sessions(server: McpServer, user: User) -> QuerySet[McpOAuthSession]:
    return McpOAuthSession.objects.filter(mcp_server=server, user=user).select_related("mcp_server")


def _known_clients(session: McpOAuthSession | None) -> tuple[dict, ...]:
    """As whom the person has signed in, and as whom they began to."""
    found = (_opened(session, "client"), _opened(session, "pending").get("client"))
    return tuple(client for client in found if client)


def _opened(session: McpOAuthSession | None, field: str) -> dict:
    try:
        return sealed.unseal(session, field) if session else {}
    except crypto.CryptoError:
        return {}


def _given(session: McpOAuthSession | None) -> list[str]:
    """The rights that the person has given."""
    return _opened(session, "tokens").get("scope", "").split()


def _wanted(session: McpOAuthSession | None) -> list[str]:
    """The rights that the server has asked for beside."""
    return session.wanted_scope.split() if session else []


@transaction.atomic
def _keep_pending(server: McpServer, user: User, state: str, pending: dict) -> None:
    """Keep a sign-in that is under way beside the one that there may be."""
    McpOAuthSession.objects.get_or_create(mcp_server=server, user=user)
    session = McpOAuthSession.objects.select_for_update().get(mcp_server=server, user=user)
    session.state, session.pending_until = _hash(state), timezone.now() + GOOD_FOR
    session.pending = sealed.seal(session, "pending", pending)
    session.save()


def finish(user: User, session_key: str, state: str, code: str, iss: str = "") -> McpServer:
    """End a sign-in with what came back; return the server. Raises Refused, and Busy, after which it can still end."""
    from agents.mcp import discovery  # brings the SDK, which takes a second

    session, pending = _taken(user, session_key, state)
    if (iss or pending["tells_issuer"]) and not discovery.is_same_issuer(iss, pending["issuer"]):
        raise Refused(Failure("mcp_other_place"))
    data = {
        "grant_type": "authorization_code",
        "code": code[:LONGEST_CODE],
        "redirect_uri": pending["redirect_uri"],
        "code_verifier": pending["verifier"],
        "resource": pending["resource"],
    }
    try:
        found = runtime.wait(discovery.tokens(pending["token_endpoint"], pending["client"], data), WITHIN, SERVERS)
    except Busy:
        _keep_pending(session.mcp_server, user, state, pending)
        raise
    except discovery.Unusable as problem:
        raise Refused(problem.failure) from None
    except TimeoutError:
        raise Refused(Failure("mcp_no_answer_in_time")) from None
    about = {"token_endpoint": pending["token_endpoint"], "resource": pending["resource"]}
    found["scope"] = found["scope"] or pending["scope"]  # a place that says nothing of them has given all
    with transaction.atomic():
        _keep_tokens(session.pk, found | about, pending["client"])
        server = session.mcp_server
        audit.record("mcp_server.signed_in", by=user, target=server, team=server.team, server=str(server.pk))
    return server


@transaction.atomic
def _taken(user: User, session_key: str, state: str) -> tuple[McpOAuthSession, dict]:
    """Take a sign-in that is under way, so that nobody can take it again. Raises Refused."""
    rows = McpOAuthSession.objects.select_for_update(of=("self",)).select_related("mcp_server")
    session = rows.filter(user=user, state=_hash(state), pending_until__gt=timezone.now()).first() if state else None
    if session is None or not access.rows(user, McpServer.objects.filter(pk=session.mcp_server_id)).exists():
        raise Refused(Failure("mcp_sign_in_stale"))
    try:
        pending = sealed.unseal(session, "pending")
    except crypto.CryptoError:
        raise Refused(Failure("mcp_sign_in_stale")) from None
    if not hmac.compare_digest(pending["session"], _hash(session_key)):
        raise Refused(Failure("mcp_sign_in_stale"))
    session.state, session.pending, session.pending_until = "", None, None
    session.save(update_fields=["state", "pending", "pending_until", "updated_at"])
    return session, pending


def _keep_tokens(session_id, found: dict, client: dict | None = None) -> None:
    """Keep tokens, if the sign-in has not been given up meanwhile. `client`: as whom Sambung got them anew."""
    rows = McpOAuthSession.objects.select_for_update(of=("self",)).select_related("mcp_server")
    session = rows.filter(pk=session_id).first()
    if session is None:
        return
    lasts = found.pop("expires_in", None)
    session.tokens = sealed.seal(session, "tokens", found)
    session.expires_at = timezone.now() + timedelta(seconds=lasts) if lasts else None
    if client:
        session.client, session.wanted_scope = sealed.seal(session, "client", client), ""
    session.save(update_fields=["tokens", "expires_at", "client", "wanted_scope", "updated_at"])


def forget(server: McpServer, user: User) -> None:
    """Sign a person out: what was kept of their sign-in goes."""
    McpOAuthSession.objects.filter(mcp_server=server, user=user).delete()


def note_wanted(server_id, user_id, scope: str) -> str:
    """Keep which further rights the server has asked of a person who is signed in there; return those that they have
    not given, as far as that is known.
    """
    session = _session(server_id, user_id)
    given = _given(session)
    missing = [one for one in scope.split() if one not in given] or scope.split()
    wanted = " ".join(dict.fromkeys([*_wanted(session), *missing]))
    if session and len(wanted) <= LONGEST_SCOPE:
        McpOAuthSession.objects.filter(pk=session.pk).update(wanted_scope=wanted, updated_at=timezone.now())
    return " ".join(missing)


def wanted(server: McpServer, user: User) -> str:
    """The rights that the server has asked of a person beside those that they gave it."""
    return " ".join(_wanted(_sessions(server, user).first()))


def status(server: McpServer, user: User) -> str:
    """Whether a person is signed in: "signed_in", "more" where the server wants further rights of them, "needed" where
    they must be, else "".
    """
    sign_ins = McpOAuthSession.objects.filter(mcp_server=server).exclude(tokens=None)
    if own := sign_ins.filter(user=user).first():
        return "more" if own.wanted_scope else "signed_in"
    return "needed" if server.last_status == "sign_in" or sign_ins.exists() else ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# ---- Tokens in use --------------------------------------------------------------------------------------
class Bearer:
    """A person's token at a server, renewed by one request at a time."""

    def __init__(self, server_id, user_id) -> None:
        self._who = server_id, user_id
        self._token, self._until = "", timezone.now()

    async def current(self) -> str:
        """Return the token to send, "" for none."""
        if timezone.now() < self._until:
            return self._token
        token, until = await in_thread(_tokens, *self._who)
        if token and until and until - EARLY < timezone.now():
            token = await self.renewed(token) or token
        self._remember(token)
        return token

    async def renewed(self, refused: str) -> str:
        """Return another token than the one that was refused, "" where there is none."""
        async with _renewals.setdefault(self._who, asyncio.Lock()):
            token, _until = await in_thread(_tokens, *self._who)
            if token == refused:
                token = await self._asked_anew()
            self._remember(token)
            return token

    def _remember(self, token: str) -> None:
        self._token, self._until = token, timezone.now() + REMEMBERED

    async def _asked_anew(self) -> str:
        from agents.mcp import discovery  # brings the SDK, which takes a second

        session_id, kept, client = await in_thread(_renewable, *self._who)
        if not kept.get("refresh_token"):
            return ""
        data = {"grant_type": "refresh_token", "refresh_token": kept["refresh_token"], "resource": kept["resource"]}
        try:
            found = await discovery.tokens(kept["token_endpoint"], client, data)
        except discovery.Unusable:
            return ""
        scope = {"scope": found["scope"] or kept.get("scope", "")}
        # the old ones are worth nothing any more: a database that takes nothing just now must not lose these
        await patiently(partial(in_thread, transaction.atomic(_keep_tokens), session_id, kept | found | scope))
        return found["access_token"]


def _session(server_id, user_id) -> McpOAuthSession | None:
    rows = McpOAuthSession.objects.filter(mcp_server=server_id, user=user_id).exclude(tokens=None)
    return rows.select_related("mcp_server").first()


def _tokens(server_id, user_id) -> tuple[str, datetime | None]:
    session = _session(server_id, user_id)
    try:
        return (sealed.unseal(session, "tokens")["access_token"], session.expires_at) if session else ("", None)
    except crypto.CryptoError:
        return "", None


def _renewable(server_id, user_id) -> tuple:
    session = _session(server_id, user_id)
    try:
        if session:
            return session.pk, sealed.unseal(session, "tokens"), sealed.unseal(session, "client")
    except crypto.CryptoError:
        pass
    return None, {}, {}
