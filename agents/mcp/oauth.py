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
from django.utils import timezone

from agents.mcp import sealed
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
LONGEST_CODE = 4_000


_renewals: dict[tuple, asyncio.Lock] = {}


# ---- Beginning and end ----------------------------------------------------------------------------------
def begin(server: McpServer, user: User, session_key: str, redirect_uri: str) -> str:
    """Begin a sign-in; return the page to send the person to. Raises Refused and Busy."""
    if "url" not in server.config:
        raise Refused(Failure("mcp_sign_in_nowhere"))
    known = _known_client(server, user)
    try:
        place, client = runtime.wait(_found(server.pk, user.pk, known, redirect_uri), WITHIN, SERVERS)
    except Failed as problem:
        raise Refused(problem.failure) from None
    except TimeoutError:
        raise Refused(Failure("mcp_no_answer_in_time")) from None
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    pending = asdict(place) | {"verifier": verifier, "redirect_uri": redirect_uri, "session": _hash(session_key)}
    _keep_pending(server, user, state, pending, client)
    asked = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("="),
        "code_challenge_method": "S256",
        "resource": place.resource,
    } | ({"scope": place.scope} if place.scope else {})
    join = "&" if "?" in place.authorization_endpoint else "?"
    return f"{place.authorization_endpoint}{join}{urlencode(asked)}"


async def _found(server_id, user_id, known: dict, redirect_uri: str):
    """Return where to sign in, and as whom: registered anew where that place, or the way back, is another."""
    from agents.mcp import discovery  # brings the SDK, which takes a second

    place = await discovery.find(await in_thread(target, server_id, user_id))
    about = {"issuer": place.issuer, "redirect_uri": redirect_uri}
    if about.items() <= known.items():
        return place, known
    return place, await discovery.register(place, redirect_uri) | about


def _known_client(server: McpServer, user: User) -> dict:
    session = McpOAuthSession.objects.filter(mcp_server=server, user=user).select_related("mcp_server").first()
    try:
        return sealed.unseal(session, "client") if session else {}
    except crypto.CryptoError:
        return {}


@transaction.atomic
def _keep_pending(server: McpServer, user: User, state: str, pending: dict, client: dict) -> None:
    McpOAuthSession.objects.get_or_create(mcp_server=server, user=user)
    session = McpOAuthSession.objects.select_for_update().get(mcp_server=server, user=user)
    session.state, session.pending_until = _hash(state), timezone.now() + GOOD_FOR
    session.pending = sealed.seal(session, "pending", pending)
    session.client = sealed.seal(session, "client", client)
    session.save()


def finish(user: User, session_key: str, state: str, code: str, iss: str = "") -> McpServer:
    """End a sign-in with what came back; return the server. Raises Refused, and Busy, after which it can still end."""
    from agents.mcp import discovery  # brings the SDK, which takes a second

    session, pending, client = _taken(user, session_key, state)
    if (iss or pending["tells_issuer"]) and iss != pending["issuer"]:
        raise Refused(Failure("mcp_other_place"))
    data = {
        "grant_type": "authorization_code",
        "code": code[:LONGEST_CODE],
        "redirect_uri": pending["redirect_uri"],
        "code_verifier": pending["verifier"],
        "resource": pending["resource"],
    }
    try:
        found = runtime.wait(discovery.tokens(pending["token_endpoint"], client, data), WITHIN, SERVERS)
    except Busy:
        _keep_pending(session.mcp_server, user, state, pending, client)
        raise
    except discovery.Unusable as problem:
        raise Refused(problem.failure) from None
    except TimeoutError:
        raise Refused(Failure("mcp_no_answer_in_time")) from None
    about = {"token_endpoint": pending["token_endpoint"], "resource": pending["resource"]}
    with transaction.atomic():
        _keep_tokens(session.pk, found | about)
        server = session.mcp_server
        audit.record("mcp_server.signed_in", by=user, target=server, team=server.team, server=str(server.pk))
    return server


@transaction.atomic
def _taken(user: User, session_key: str, state: str) -> tuple[McpOAuthSession, dict, dict]:
    """Take a sign-in that is under way, so that nobody can take it again. Raises Refused."""
    rows = McpOAuthSession.objects.select_for_update(of=("self",)).select_related("mcp_server")
    session = rows.filter(user=user, state=_hash(state), pending_until__gt=timezone.now()).first() if state else None
    if session is None or not access.rows(user, McpServer.objects.filter(pk=session.mcp_server_id)).exists():
        raise Refused(Failure("mcp_sign_in_stale"))
    try:
        pending, client = sealed.unseal(session, "pending"), sealed.unseal(session, "client")
    except crypto.CryptoError:
        raise Refused(Failure("mcp_sign_in_stale")) from None
    if not hmac.compare_digest(pending["session"], _hash(session_key)):
        raise Refused(Failure("mcp_sign_in_stale"))
    session.state, session.pending, session.pending_until = "", None, None
    session.save(update_fields=["state", "pending", "pending_until", "updated_at"])
    return session, pending, client


def _keep_tokens(session_id, found: dict) -> None:
    """Keep tokens, if the sign-in has not been given up meanwhile."""
    rows = McpOAuthSession.objects.select_for_update(of=("self",)).select_related("mcp_server")
    session = rows.filter(pk=session_id).first()
    if session is None:
        return
    lasts = found.pop("expires_in", None)
    session.tokens = sealed.seal(session, "tokens", found)
    session.expires_at = timezone.now() + timedelta(seconds=lasts) if lasts else None
    session.save(update_fields=["tokens", "expires_at", "updated_at"])


def forget(server: McpServer, user: User) -> None:
    """Sign a person out: what was kept of their sign-in goes."""
    McpOAuthSession.objects.filter(mcp_server=server, user=user).delete()


def status(server: McpServer, user: User) -> str:
    """Whether a person is signed in: "signed_in", "needed" where it must be, else ""."""
    sign_ins = McpOAuthSession.objects.filter(mcp_server=server).exclude(tokens=None)
    if sign_ins.filter(user=user).exists():
        return "signed_in"
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
        # the old ones are worth nothing any more: a database that takes nothing just now must not lose these
        await patiently(partial(in_thread, transaction.atomic(_keep_tokens), session_id, kept | found))
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
