"""Connections kept open between calls: one for each person and server, in the loop of the runtime."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar
from weakref import WeakKeyDictionary

from agents.mcp import drift, oauth, results
from agents.mcp.connection import RightsNeeded, Target, target
from agents.mcp.lists import Listed
from agents.mcp.oauth import Bearer
from agents.mcp.session import Busy, NotSent, Session
from agents.runs import runtime
from agents.tools import Failed, Progress, Result
from sambung.lib.threads import in_thread

IDLE = 600.0  # seconds without a use until a connection is closed
MOST_PROGRAMS, MOST_SESSIONS = 20, 200
LONGEST_WAIT = 20.0  # seconds that a server may ask for before it is asked once more


# What a wait is done with; a name of its own, so that tests need not wait.
_sleep = asyncio.sleep

Answer = TypeVar("Answer")
_Key = tuple[uuid.UUID, uuid.UUID]


class Pool:
    """The connections of one loop."""

    def __init__(self) -> None:
        self._sessions: dict[_Key, Session] = {}
        self._locks: WeakKeyDictionary | dict[_Key, asyncio.Lock] = {}
        self._sweeping: asyncio.Task | None = None

    async def call(self, server_id, user_id, name: str, digest: str, args: dict, progress: Progress) -> Result:
        """Call a tool as it was seen: one with another digest does not run. Raises Failed."""

        async def ask(session: Session) -> Result:
            if session.digests.get(name) != digest:
                raise Failed("mcp_tool_changed")
            return results.of_call(await session.call(name, args, progress))

        return await self._asked(server_id, user_id, ask)

    async def listing(self, server_id, user_id, anew: bool = False) -> Listed:
        """Return all that the server offers, by a new connection if `anew`. Raises Failed."""
        if anew:
            await self.leave(server_id, user_id)
        return await self._asked(server_id, user_id, Session.listed)

    async def read_resource(self, server_id, user_id, uri: str) -> Result:
        """Return a resource. Raises Failed."""

        async def ask(session: Session) -> Result:
            return results.of_resource(await session.read(uri))

        return await self._asked(server_id, user_id, ask)

    async def get_prompt(self, server_id, user_id, name: str, args: dict[str, str]) -> Result:
        """Return a prompt, filled in. Raises Failed."""

        async def ask(session: Session) -> Result:
            return results.of_prompt(await session.prompt(name, args))

        return await self._asked(server_id, user_id, ask)

    async def _asked(self, server_id, user_id, ask: Callable[[Session], Awaitable[Answer]]) -> Answer:
        """Ask, and keep which rights the server wants of the person beside, should it refuse for that."""
        try:
            return await self._answered(server_id, user_id, ask)
        except RightsNeeded as refused:
            missing = await in_thread(oauth.note_wanted, server_id, user_id, refused.scope)
            raise refused.lacking(missing) from None

    async def _answered(self, server_id, user_id, ask: Callable[[Session], Awaitable[Answer]]) -> Answer:
        """Ask by the connection that there is, or a new one; once more if the request was surely not carried out."""
        where = await in_thread(target, server_id, user_id)
        session = await self._session(where)
        try:
            return await ask(session)
        except NotSent:
            await self.leave(server_id, user_id, session)
            return await ask(await self._session(where))
        except Busy as busy:
            if busy.after > LONGEST_WAIT:
                raise
            await _sleep(busy.after)
            return await ask(await self._session(where))

    # ---- connections -----------------------------------------------------------------------------------
    async def _session(self, where: Target) -> Session:
        """Return an open connection to where the server is now. Raises Failed."""
        key = where.server_id, where.user_id
        async with self._locks.setdefault(key, asyncio.Lock()):
            session = self._sessions.get(key)
            if session and session.target == where and not session.is_dead:
                return session
            if session:
                await self._drop(key)
            await self._make_room(where)
            return await self._opened(key, where)

    async def _opened(self, key: _Key, where: Target) -> Session:
        bearer = Bearer(where.server_id, where.user_id) if where.url else None
        session = self._sessions[key] = Session(where, bearer, drift.store)
        try:
            tools = await session.open()
            await drift.store(where, tools)
        except BaseException:
            await self._drop(key)
            raise
        self._sweeping = self._sweeping or asyncio.create_task(self._sweep())
        return session

    async def _make_room(self, where: Target) -> None:
        """Close the connection that rested longest where there are too many. Raises Failed if all are in use."""
        same = {key: held for key, held in self._sessions.items() if bool(held.target.program) == bool(where.program)}
        if len(same) < (MOST_PROGRAMS if where.program else MOST_SESSIONS):
            return
        resting = [key for key, held in same.items() if not held.uses]
        if not resting:
            raise Failed("mcp_too_many_in_use")
        await self._drop(min(resting, key=lambda key: same[key].last_used))

    async def leave(self, server_id, user_id, session: Session | None = None) -> None:
        """Close a person's connection to a server, or only if it still is this one."""
        if session is None or self._sessions.get((server_id, user_id)) is session:
            await self._drop((server_id, user_id))

    async def _drop(self, key: _Key) -> None:
        if session := self._sessions.pop(key, None):
            await session.close()

    async def _sweep(self) -> None:
        """Close what nobody has used for long."""
        while True:
            await asyncio.sleep(IDLE / 10)
            old = monotonic() - IDLE
            for key in [key for key, held in self._sessions.items() if not held.uses and held.last_used < old]:
                await self._drop(key)

    async def close(self) -> None:
        """Close everything."""
        if self._sweeping:
            self._sweeping.cancel()
        await asyncio.gather(*map(self._drop, list(self._sessions)))


_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, Pool] = WeakKeyDictionary()


def current() -> Pool:
    """The pool of the running loop."""
    return _pools.setdefault(asyncio.get_running_loop(), Pool())


async def close() -> None:
    """Close the connections of the running loop."""
    if pool := _pools.pop(asyncio.get_running_loop(), None):
        await pool.close()


runtime.at_end(close)
