"""The socket: one per tab. Authorise, follow, send."""

import asyncio
import contextlib
import json
import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable

from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from agents.runs import frames, registry, runtime
from agents.runs.follow import follow
from sambung.lib import database
from sambung.lib.threads import in_thread, in_vital_thread
from teams import mfa
from teams.models import User

logger = logging.getLogger(__name__)

SIGNED_OUT = 4401  # the close code that sends a page to sign-in
LATER = 1013  # the one that says: try again
CLOSING = 2.0  # seconds for which a socket may take to close
RECHECK = 4.0  # seconds between looks whether the person still may; a look at 50 sockets takes 50 ms of CPU
PONG = json.dumps({"v": frames.VERSION, "kind": "pong"})
RATE, BURST = 10, 40  # events a second, and at once, that a tab may send


class BadEvent(Exception):
    """An event that cannot be understood or is not allowed; its sentence goes back to the page."""


class FollowConsumer(AsyncWebsocketConsumer):
    """Events in: `join` {topic, after}, `leave` {topic}, `ping`. Out: frames, `pong`, `error` {text}."""

    async def connect(self):
        self._follows: dict[str, asyncio.Task] = {}
        self._allowance, self._asked_at = float(BURST), asyncio.get_running_loop().time()
        self.session_key = self.scope["session"].session_key
        async with self._or_later():
            self.user = (await in_thread(people, [self.session_key])).get(self.session_key)
            if self.user is None:
                await self.close(SIGNED_OUT)
                return
            await self.accept()
            _open.add(self)

    @contextlib.asynccontextmanager
    async def _or_later(self):
        """Around what asks the database: while it is away the page tries again."""
        try:
            yield
        except Exception as error:
            if not database.will_pass(error):
                raise
            await self.close(LATER)

    async def disconnect(self, code):
        _open.discard(self)
        tasks = list(self._follows.values())
        for topic in self.topics:
            self._leave(topic)
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def topics(self) -> set[str]:
        """What this socket follows."""
        return set(self._follows)

    async def receive(self, text_data=None, bytes_data=None):
        try:
            self._count()
            async with self._or_later():
                await self._handle(self._parse(text_data))
        except BadEvent as error:
            await self.send(json.dumps({"v": frames.VERSION, "kind": "error", "text": str(error)}))

    def _count(self) -> None:
        """A token bucket for this socket."""
        now = asyncio.get_running_loop().time()
        self._allowance = min(BURST, self._allowance + (now - self._asked_at) * RATE)
        self._asked_at = now
        if self._allowance < 1:
            raise BadEvent("Too many events; slow down.")
        self._allowance -= 1

    @staticmethod
    def _parse(text: str | None) -> dict:
        try:
            event = json.loads(text or "")
        except (ValueError, RecursionError):
            raise BadEvent("That is not JSON.") from None
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            raise BadEvent("An event is an object with a type.")
        return event

    async def _handle(self, event: dict) -> None:
        match event:
            case {"type": "ping"}:
                await self.send(PONG)
            case {"type": "join", "topic": str(topic), "after": dict(after)}:
                await self._join(topic, _seqs(after))
            case {"type": "leave", "topic": str(topic)}:
                self._leave(topic)
            case _:
                raise BadEvent("Unknown event.")

    async def _join(self, topic: str, after: dict[str, int]) -> None:
        user, may_follow = await in_thread(_asked, self.session_key, topic)
        if user is None:
            await self.close(SIGNED_OUT)
            return
        if not may_follow:
            raise BadEvent("There is nothing to follow here.")
        self._leave(topic)
        self._follows[topic] = asyncio.create_task(self._send_frames(topic, after))
        _tell_who_is_here(topic)

    def _leave(self, topic: str) -> None:
        if task := self._follows.pop(topic, None):
            task.cancel()
            _tell_who_is_here(topic)

    async def _send_frames(self, topic: str, after: dict[str, int]) -> None:
        try:
            async for frame in follow(topic, after):
                if not await self._is_sent(frame.text):
                    return
        except Exception:
            logger.exception("Following failed; the page joins again.")
            await self.close(1011)

    async def _is_sent(self, text: str) -> bool:
        """Send, and tell whether anybody was there: for a socket that closes or has closed uvicorn raises these."""
        try:
            await self.send(text)
        except (OSError, RuntimeError):
            return False
        return True


_open: set[FollowConsumer] = set()
_here: dict[str, frozenset] = {}  # topic -> the people who were last told to follow it, where there is more than one


def _tell_who_is_here(topic: str) -> None:
    """Tell those who follow a topic who else does, when that has changed. Whoever is alone is told nothing."""
    people = {socket.user.pk: socket.user for socket in _open if topic in socket.topics}
    before, now = _here.get(topic, frozenset()), frozenset(people)
    if now == before or len(before | now) < 2 or (served := runtime.current()) is None:
        return
    if len(now) > 1:
        _here[topic] = now
    else:
        _here.pop(topic, None)
    told = [{"id": str(pk), "name": str(user), "initials": user.initials} for pk, user in people.items()]
    # after the step in which who just joined begins to listen
    asyncio.get_running_loop().call_soon(served.hub.publish, frames.hint(topic, "here", people=told))


def people(session_keys: Iterable[str | None]) -> dict[str, User]:
    """Return who is signed in under each of these sessions, read afresh: two queries for any number.

    Whoever owes a second factor is not in yet.
    """
    rows = Session.objects.filter(session_key__in=[k for k in session_keys if k], expire_date__gt=timezone.now())
    sessions = {row.session_key: row.get_decoded() for row in rows}
    users = (
        User.objects.annotate(owes_factor=mfa.owed())
        .filter(owes_factor=False, is_active=True)
        .in_bulk({User._meta.pk.to_python(data[SESSION_KEY]) for data in sessions.values() if SESSION_KEY in data})
    )
    present = {}
    for key, data in sessions.items():
        user = users.get(User._meta.pk.to_python(data[SESSION_KEY])) if SESSION_KEY in data else None
        if user and constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            present[key] = user
    return present


def _asked(session_key: str | None, topic: str) -> tuple[User | None, bool]:
    """Who is signed in under the session, and whether they may follow the topic."""
    user = people([session_key]).get(session_key)
    return user, user is not None and topic in registry.may_follow({user: {topic}})[user]


async def watch_rights() -> None:
    """Close, within a few seconds, the sockets of people who signed out, were deactivated, or lost what they follow."""
    while True:
        await asyncio.sleep(RECHECK)
        # What they follow now: a join during the check has been checked itself, and must not look like a right lost.
        sockets = {socket: socket.topics for socket in _open}
        if sockets:
            await asyncio.gather(*(_bar(socket) for socket in await in_vital_thread(_barred, sockets)))


async def _bar(socket: FollowConsumer) -> None:
    """Close a socket. One that has gone, or takes nothing more, holds up no other."""
    _open.discard(socket)
    with contextlib.suppress(OSError, RuntimeError, TimeoutError):
        async with asyncio.timeout(CLOSING):
            await socket.close(SIGNED_OUT)


def _barred(sockets: dict[FollowConsumer, set[str]]) -> list[FollowConsumer]:
    present = people({socket.session_key for socket in sockets})
    asked: dict[User, set[str]] = defaultdict(set)
    for socket, topics in sockets.items():
        if user := present.get(socket.session_key):
            asked[user] |= topics
    held = registry.may_follow(asked)
    return [
        socket
        for socket, topics in sockets.items()
        if (user := present.get(socket.session_key)) is None or not topics <= held.get(user, set())
    ]


def _seqs(after: dict) -> dict[str, int]:
    """Check the `after` of a join: run ids and whole numbers, a few."""
    if len(after) > 50:
        raise BadEvent("Too many runs.")
    with contextlib.suppress(ValueError, TypeError, AttributeError, OverflowError):
        return {str(uuid.UUID(run)): int(seq) for run, seq in after.items()}
    raise BadEvent("`after` maps run ids to numbers.")
