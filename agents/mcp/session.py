"""One connection to a server, for one person: opened, listed, asked, closed. All of it belongs to one loop."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from time import monotonic
from typing import TypeVar

import httpx2
import mcp
import mcp_types as types
from django.conf import settings
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter, ValidationError

from agents.mcp import connection, http_transport, listing, lists, refusals, stdio_transport
from agents.mcp.refusals import Refusal
from agents.tools import Failed, Failure, Progress
from sambung.lib import terminal
from sambung.lib.jsonb import clean

for _talkative in ("mcp", "client", "httpx2"):  # they note addresses, and what servers said
    logging.getLogger(_talkative).setLevel(logging.CRITICAL)

CONNECT_SECONDS, CLOSE_SECONDS, LIST_SECONDS = 30.0, 8.0, 30.0
LARGEST = 8 * 1024 * 1024  # bytes of one message
MOST_PAGES = 20  # of a list
PROGRESS_SECONDS = 0.1  # between two words about a call's progress
LONGEST_PROGRESS = 200  # characters


Answer = TypeVar("Answer")
_CALLED = TypeAdapter(types.CallToolResult | types.InputRequiredResult)
_READ = TypeAdapter(types.ReadResourceResult | types.InputRequiredResult)
_PROMPT = TypeAdapter(types.GetPromptResult | types.InputRequiredResult)
#: What the SDK itself says where a connection ended; servers use the same number for anything of their own.
_CLOSED = ("Connection closed", "SSE stream ")


class NotSent(Failed):
    """The server has surely not carried the request out: it may be asked again on a new connection."""


class Busy(Failed):
    """The server has not carried the request out, and takes it in so many seconds."""

    def __init__(self, failure: Failure, after: float) -> None:
        super().__init__(failure)
        self.after = after


class Session:
    """A connection that is held open. `target` is what it was opened with; `digests` are those of its tools, by name.

    `on_change` is awaited with the tools when the server says that they are others now.
    """

    def __init__(
        self,
        target: connection.Target,
        bearer: http_transport.Bearer | None,
        on_change: Callable[[connection.Target, tuple[dict, ...]], Awaitable[None]],
    ) -> None:
        self.target, self.fault, self.digests = target, "", {}
        self.uses, self.last_used = 0, monotonic()
        hear = self._hear_refusal
        self._door = http_transport.Door(LARGEST, target.headers, bearer, refused=hear) if target.url else None
        self._hide = self._door.without_secrets if self._door else str
        self._refusal: Refusal | None = None
        self._on_change = on_change
        self._ready: asyncio.Future[mcp.Client] = asyncio.get_running_loop().create_future()
        self._leaving, self._changed = asyncio.Event(), asyncio.Event()
        self._life = asyncio.create_task(self._live())
        self._watching: asyncio.Task | None = None

    @property
    def is_dead(self) -> bool:
        """Whether nothing can be asked any more."""
        return self._life.done() or self._leaving.is_set()

    # ---- life ----------------------------------------------------------------------------------------------
    async def open(self) -> tuple[dict, ...]:
        """Wait until the server has answered; return its tools. Raises Failed."""
        tools = await self.list_tools()
        self._watching = asyncio.create_task(self._watch())
        return tools

    async def close(self) -> None:
        """End the connection; a program is ended with it."""
        self._leaving.set()
        if self._watching:
            self._watching.cancel()
        if not (await asyncio.wait({self._life}, timeout=CLOSE_SECONDS))[0]:
            self._life.cancel()
            await asyncio.wait({self._life})

    def _hear_refusal(self, refusal: Refusal) -> None:
        """SSE: the SDK sends nothing more after a message that was refused, and answers nobody."""
        if self.target.transport == "sse":
            self._refusal = refusal
            self._leaving.set()

    async def _live(self) -> None:
        """Enter and leave the SDK's scopes in one task, as they demand."""
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(CONNECT_SECONDS):
                    http = self._door and await stack.enter_async_context(http_transport.client(self._door))
                    client = await stack.enter_async_context(self._client(http))
                self._ready.set_result(client)
                await self._leaving.wait()
        except BaseException as error:  # groups of the SDK's, and what servers make of it
            if isinstance(error, asyncio.CancelledError) and not self._ready.done():
                self._ready.cancel()
            self._fail(error)
        finally:
            self._leaving.set()

    def _client(self, http: httpx2.AsyncClient | None) -> mcp.Client:
        target = self.target
        if target.program:
            transport = stdio_transport.running(target.name, target.program, LARGEST, self._broke)
        elif target.transport == "sse":
            transport = sse_client(target.url, httpx_client_factory=lambda **_: _Held(http), sse_read_timeout=None)
        else:
            transport = streamable_http_client(target.url, http_client=http, max_sse_event_size=LARGEST)
        who = types.Implementation(name="Sambung", version=settings.VERSION)
        return mcp.Client(
            lists.readable(transport, self._hide), client_info=who, message_handler=self._hear, cache=None
        )

    def _broke(self, fault: str) -> None:
        self.fault = self.fault or fault
        self._leaving.set()

    def _fail(self, error: BaseException) -> None:
        if not self._ready.done():
            self._ready.set_exception(self._explained(error))
            self._ready.exception()  # somebody may have stopped waiting

    # ---- asking --------------------------------------------------------------------------------------------
    async def call(self, name: str, args: dict, progress: Progress) -> types.CallToolResult:
        """Call a tool. Raises Failed, and NotSent; when cancelled, the server is told."""
        request = types.CallToolRequest(params=types.CallToolRequestParams(name=name, arguments=args))
        return await self._ask(
            request, _CALLED, settings.MCP_CALL_SECONDS, _told(lambda text: progress(self._hide(text)))
        )

    async def read(self, uri: str) -> types.ReadResourceResult:
        """Read a resource. Raises Failed."""
        request = types.ReadResourceRequest(params=types.ReadResourceRequestParams(uri=uri))
        return await self._ask(request, _READ, LIST_SECONDS)

    async def prompt(self, name: str, args: dict[str, str]) -> types.GetPromptResult:
        """Have a prompt filled in. Raises Failed."""
        request = types.GetPromptRequest(params=types.GetPromptRequestParams(name=name, arguments=args))
        return await self._ask(request, _PROMPT, LIST_SECONDS)

    async def _ask(self, request, adapter: TypeAdapter, seconds: float, on_progress=None):
        client = await asyncio.shield(self._ready)
        ask = partial(client.session.send_request, request, adapter, progress_callback=on_progress)
        answer = await self._while_alive(ask, seconds)
        if isinstance(answer, types.InputRequiredResult):
            raise Failed("mcp_asks")
        return answer

    async def _while_alive(self, ask: Callable[[], Awaitable[Answer]], seconds: float) -> Answer:
        """Return the answer, within so many seconds and as long as the connection lives. Raises Failed."""
        if self.is_dead:
            raise NotSent(self.fault or "mcp_connection_broke")
        asked, leaving = asyncio.ensure_future(ask()), asyncio.ensure_future(self._leaving.wait())
        self.uses += 1
        try:
            await asyncio.wait({asked, leaving}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            if leaving.done() and self._refusal:
                raise self._refused(self._refusal, is_only=self.uses == 1)
            raise Failed((self.fault or "mcp_connection_broke") if leaving.done() else "mcp_too_slow")
        except Failed:
            raise
        except Exception as error:
            raise self._explained(error) from error
        finally:
            leaving.cancel()
            asked.cancel()
            with contextlib.suppress(BaseException):
                await asyncio.wait({asked}, timeout=1)  # the server is told that nobody waits any more
            self.uses -= 1
            self.last_used = monotonic()

    def _explained(self, error: BaseException) -> Failed:
        """Say what went wrong."""
        if self._door and self._door.is_unauthorized:
            return connection.SignInNeeded()
        fault, found = self.fault or (self._door.fault if self._door else ""), _innermost(error)
        if isinstance(found, MCPError) and (refusal := refusals.of(found.error.data)):
            return self._refused(refusal)
        match found:
            case _ if fault:
                return Failed(fault)
            case MCPError() as said if said.error.code == types.CONNECTION_CLOSED and _is_closed(said.error.message):
                return Failed("mcp_connection_broke")
            case MCPError() as said:
                words = clean(terminal.plain(self._hide(said.error.message)))[: refusals.LONGEST_WORDS]
                return Failed("mcp_refused_saying", detail=words)
            case TimeoutError():
                return Failed("mcp_too_slow")
            case ValidationError() | httpx2.StreamError():
                return Failed("mcp_answer_unreadable")
            case OSError() | ValueError() if self.target.program:
                return Failed("mcp_program_not_started")
            case _:
                return Failed("mcp_no_server" if self._door else "mcp_answer_unreadable")

    def _refused(self, refusal: Refusal, is_only: bool = True) -> Failed:
        """Return what a refusal means; `is_only`: no other request may be the one that was refused."""
        if refusal.missing is not None:
            return connection.RightsNeeded(refusal.failure, refusal.missing)
        if not is_only or not refusal.is_repeatable:
            return Failed(refusal.failure)
        return Busy(refusal.failure, refusal.after or 1) if refusal.status == 429 else NotSent(refusal.failure)

    # ---- listing -------------------------------------------------------------------------------------------
    async def list_tools(self) -> tuple[dict, ...]:
        """Return the tools as they are kept. Raises Failed."""
        client = await asyncio.shield(self._ready)
        if not client.server_capabilities.tools and client.protocol_version < "2026":
            self.digests = {}
            return ()
        pages = await self._pages(client.session.list_tools)
        readable = {tool.name for page in pages for tool in page.tools}
        tools = await asyncio.to_thread(lists.tools, lists.rows(pages), readable)
        self.digests = {kept["name"]: kept["digest"] for kept in reversed(tools) if not kept["problem"]}
        return tools

    async def listed(self) -> lists.Listed:
        """Return all that the server offers. Raises Failed; a list that is not offered is empty."""
        tools, client = await self.list_tools(), await asyncio.shield(self._ready)
        resources = prompts = []
        if client.server_capabilities.resources:
            resources = lists.resources(lists.rows(await self._pages(client.session.list_resources)))
        if client.server_capabilities.prompts:
            prompts = lists.prompts(lists.rows(await self._pages(client.session.list_prompts)))
        said = clean(self._hide(client.instructions or ""))[: listing.LONGEST_TEXT]
        return lists.Listed(tools, resources, prompts, said)

    async def _pages(self, ask) -> list:
        """Return the pages of a list, as far as anybody would want them."""
        found, cursor = [], None
        while len(found) < MOST_PAGES and len(lists.rows(found)) < lists.MOST_READ:
            params = types.PaginatedRequestParams(cursor=cursor) if cursor else None
            page = await self._while_alive(partial(ask, params=params), LIST_SECONDS)
            found.append(page)
            cursor = page.next_cursor
            if not cursor:
                break
        return found

    # ---- news ----------------------------------------------------------------------------------------------
    async def _hear(self, message) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._changed.set()

    async def _watch(self) -> None:
        """List anew whenever the server says that its tools are others now."""
        client = await asyncio.shield(self._ready)
        listening = asyncio.create_task(self._listen(client))
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                with contextlib.suppress(Failed):
                    await self._on_change(self.target, await self.list_tools())
                await asyncio.sleep(PROGRESS_SECONDS)
        finally:
            listening.cancel()

    async def _listen(self, client: mcp.Client) -> None:
        """Subscribe to the news, where the protocol is the one in which they must be asked for."""
        tools = client.server_capabilities.tools
        with contextlib.suppress(Exception):  # a server without news is one that is listed at each opening
            if tools and tools.list_changed and client.protocol_version >= "2026":
                async with client.listen(tools_list_changed=True) as news:
                    async for _ in news:
                        self._changed.set()


class _Held:
    """The client that is held elsewhere, where the SDK wants to enter and leave one of its own."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def __aenter__(self) -> httpx2.AsyncClient:
        return self._client

    async def __aexit__(self, *_) -> None:
        """It is closed by whoever made it."""


def _told(progress: Progress):
    """Return the SDK's callback: a few words, and not too often."""
    last = 0.0

    async def tell(done: float, total: float | None, message: str | None) -> None:
        nonlocal last
        if monotonic() - last < PROGRESS_SECONDS:
            return
        last = monotonic()
        progress(clean(message or "")[:LONGEST_PROGRESS] or (f"{done:g} / {total:g}" if total else f"{done:g}"))

    return tell


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _is_closed(message: str) -> bool:
    return message.startswith(_CLOSED)
