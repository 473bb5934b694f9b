"""What the scripted servers share: their memory, and one reply on its way out, whatever the protocol."""

import asyncio
import collections
import contextlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from aiohttp import web

from bench.manners import NOISE, TYPES
from bench.script import WINDOW, Call, Fault, Script, calls_due, continued_from, token_count
from bench.scripted_refusals import refused

BIG = 2_000_000
BATCH = 16  # events in one write when there is no pace
LIMITS = {"requests": (1000, 999), "tokens": (90_000, 89_000)}


class Wrong(Exception):
    """A request that the real service would refuse: its status, kind and words."""

    def __init__(self, message: str, status: int = 400, kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


@dataclass
class State:
    """What one server remembers between requests."""

    stats: dict = field(default_factory=dict)
    recent: collections.deque = field(default_factory=lambda: collections.deque(maxlen=200))
    refused: collections.Counter = field(default_factory=collections.Counter)
    asked: collections.Counter = field(default_factory=collections.Counter)
    scripts: dict[str, Script] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    cached: set[str] = field(default_factory=set)
    models: tuple[str, ...] = ()
    takes_any_schema: bool = False  # of a tool, as most servers do, and unlike OpenAI

    def reset(self) -> None:
        """Forget everything but the streams that still run."""
        now = self.stats.get("now", 0)
        self.stats = {"now": now, "peak": now, "held": self.stats.get("held", 0), "max_lag_ms": 0.0}
        self.stats |= dict.fromkeys(("requests", "started", "finished", "aborted", "tokens"), 0)
        for memory in (self.recent, self.refused, self.asked, self.scripts, self.cached):
            memory.clear()

    def count(self, key: str, by: int = 1) -> None:
        """Add to a statistic and wake whoever waits for it."""
        self.stats[key] += by
        self.stats["peak"] = max(self.stats["peak"], self.stats["now"])
        self.changed.set()
        self.changed = asyncio.Event()

    def script(self, model: str) -> Script | None:
        """Return the script of a name: given text first, then the grammar."""
        return self.scripts.get(model) or Script.parse(model)

    def note(self, request: web.Request, body: dict) -> None:
        """Remember what was received."""
        self.recent.append({"path": request.path_qs, "headers": dict(request.headers), "body": body})


STATE = web.AppKey("state", State)


class Asked(ABC):
    """One request, read in the words of its protocol; and the words of the answer."""

    content_type: ClassVar[str] = "text/event-stream"

    def __init__(self, request: web.Request, body: dict) -> None:
        self.request, self.body = request, body
        self.state = request.app[STATE]
        self.model = self.name()
        self.number = self.state.stats["started"]

    # ---- what is asked
    @abstractmethod
    def name(self) -> str:
        """The model."""

    @abstractmethod
    def check(self) -> None:
        """Raise Wrong for what the real service would refuse, the key first."""

    @abstractmethod
    def failure(self, status: int, message: str, kind: str) -> web.Response:
        """An error in the protocol's shape."""

    @abstractmethod
    def prompt(self) -> str:
        """All text that the model reads."""

    @abstractmethod
    def tools(self) -> list[tuple[str, dict]]:
        """Names and schemas of the tools."""

    @property
    @abstractmethod
    def turns(self) -> int:
        """How many messages there are."""

    @property
    @abstractmethod
    def is_answered(self) -> bool:
        """Whether the last message holds the results of calls."""

    def calls(self, script: Script) -> list[Call]:
        """What the model calls now."""
        return calls_due(script, self.tools(), self.is_answered, self.turns)

    script: Script
    limit: int | None = None
    schema: dict | None = None
    unfinished: str = ""
    is_streamed: bool = True

    # ---- what is answered
    def headers(self) -> dict[str, str]:
        """Headers beside the usual ones."""
        return {}

    @abstractmethod
    def opening(self) -> bytes:
        """What comes before all tokens."""

    @abstractmethod
    def frames(self, kind: str) -> list[bytes]:
        """What stands before and after the text of a token (`text`, `reasoning`), so that none needs JSON work."""

    def turning(self, kind: str) -> bytes:
        """What comes before the first token of a kind."""
        return b""

    @abstractmethod
    def calling(self, calls: list[Call]) -> list[bytes]:
        """The events of some calls."""

    @abstractmethod
    def ending(self, reason: str) -> bytes:
        """What comes after the last token: the reason (`stop`, `length`, `tool_calls`) and perhaps the usage."""

    def closing(self) -> bytes:
        """What comes at the very end, even of an answer that said nothing."""
        return b""

    @abstractmethod
    def nothing(self) -> bytes:
        """An event that says nothing."""

    @abstractmethod
    def breaking(self) -> bytes:
        """An error in the middle of the stream, and whatever follows it."""

    def counted(self) -> int:
        """How many tokens the model reads."""
        return token_count(self.prompt())

    def too_long(self) -> str:
        """What is said of a prompt beyond the window."""
        return f"request exceeds the available context size ({WINDOW} tokens), try increasing it"

    def unknown(self) -> str:
        """What is said of a model that is not there."""
        return f"The model '{self.model}' does not exist"

    async def whole(self, script: Script) -> web.Response:
        """The answer in one piece; only for protocols that have it."""
        raise NotImplementedError


def required(condition: object, message: str) -> None:
    """Raise Wrong unless the condition holds."""
    if not condition:
        raise Wrong(message)


class Reply:
    """One streamed reply on its way out."""

    def __init__(self, asked: Asked, script: Script):
        self.asked, self.script = asked, script
        asked.script = script
        self.request, self.state = asked.request, asked.state
        self.start = continued_from(script, asked.unfinished) if asked.unfinished else 0
        self.manners = script.manners
        kind = asked.content_type if self.manners.type == "stream" else TYPES[self.manners.type]
        headers = {"Content-Type": kind, "Cache-Control": "no-cache"} | asked.headers()
        self.response = web.StreamResponse(headers=headers)
        self.batch: list[bytes] = []
        self.frames = {kind: asked.frames(kind) for kind in ("text", "reasoning")}

    async def _send(self, data: bytes) -> None:
        data = self.manners.sent(data)
        if "utf8" in self.script.flags and (cut := data.find("😀".encode())) > 0:
            await self.response.write(data[: cut + 2])
            await asyncio.sleep(0.002)  # so that the halves arrive as two reads
            data = data[cut + 2 :]
        if data:
            await self.response.write(data)

    async def _flush(self) -> None:
        if self.batch:
            await self._send(b"".join(self.batch))
            self.batch.clear()

    async def run(self) -> bool:
        """Play the script. Gives whether it came to a proper end."""
        asked, script = self.asked, self.script
        await self.response.prepare(self.request)
        await self._send(NOISE[self.manners.noise])
        if script.first:
            await asyncio.sleep(script.first)
        if "empty" in script.flags:
            await self._send(asked.nothing())
        else:
            await self._send(asked.opening())
            calls = asked.calls(script)
            if (verdict := await self._tokens(script.thinking if calls else script.length)) is not None:
                return verdict
            await self._call(asked.calling(calls))
            await self._send(asked.ending("tool_calls" if calls else script.finish))
        closing = asked.closing()
        await self._send(closing if self.manners.last == "whole" else closing.rstrip())
        await self.response.write_eof()
        return True

    async def _call(self, events: list[bytes]) -> None:
        """Send the pieces of calls."""
        for n, event in enumerate(events):
            if "halfway" in self.script.flags and n == len(events) // 2:
                await self._hold()
            await self._send(event)

    async def _tokens(self, length: int) -> bool | None:
        """Send the text. None when all of it is out, else how a fault has ended the reply."""
        script, clock, kind = self.script, asyncio.get_running_loop().time, ""
        faults = collections.defaultdict(list)
        for fault in script.faults:
            faults[fault.at].append(fault)
        due, i = clock(), self.start
        while i < length or "endless" in script.flags:
            for fault in faults.get(i, ()):
                await self._flush()
                before = clock()
                if (verdict := await self._fault(fault)) is not None:
                    return verdict
                due += clock() - before
            if script.rate:
                await self._pace(due + (i - self.start) / script.rate - clock())
            if (now := "reasoning" if self._is_reasoning(i) else "text") != kind:
                self.batch.append(self.asked.turning(now))
                kind = now
            before, after = self.frames[kind]
            self.batch.append(before + json.dumps(script.piece(i), ensure_ascii=False)[1:-1].encode() + after)
            self.state.stats["tokens"] += 1
            i += 1
            if script.rate or len(self.batch) >= BATCH or "utf8" in script.flags:
                await self._flush()
                await asyncio.sleep(0)
        await self._flush()
        return None

    def _is_reasoning(self, i: int) -> bool:
        return i < self.script.thinking and not self.script.is_inline

    async def _pace(self, wait: float) -> None:
        if wait > 0:
            await asyncio.sleep(wait)
        else:
            stats = self.state.stats
            stats["max_lag_ms"] = max(stats["max_lag_ms"], round(-wait * 1000, 1))

    async def _fault(self, fault: Fault) -> bool | None:
        """Play one fault. None goes on; a truth value ends the reply (True: properly)."""
        match fault.kind:
            case "cut" | "fin":
                if transport := self.request.transport:
                    transport.abort() if fault.kind == "cut" else transport.close()
                return False
            case "eof":
                await self.response.write_eof()
                return False
            case "garbage":
                await self.response.write(b"data: {not json \xff\xfe\n\n")
            case "bigline":
                before, after = self.frames["text"]
                await self.response.write(before + b"x" * BIG + after)
            case "empty":
                await self._send(self.asked.nothing())
            case "err":
                await self._send(self.asked.breaking())
                await self.response.write_eof()
                return True
            case "stall":
                await asyncio.sleep(fault.pause)
            case "hold":
                await self._hold()
        return None

    async def _hold(self) -> None:
        gate = self.state.gates.setdefault(self.asked.model, asyncio.Event())
        self.state.count("held")
        try:
            await gate.wait()
        finally:
            self.state.count("held", -1)


def refusal(asked: Asked, script: Script) -> web.Response | None:
    """Return the error that this request must get, or None."""
    state, model, refused = asked.state, asked.model, script.refusal
    if "full" in script.flags:
        return asked.failure(400, asked.too_long(), "exceed_context_size_error")
    if not refused or (refused.times is not None and state.refused[model] >= refused.times):
        return None
    state.refused[model] += 1
    if refused.is_page:
        page = "<html><head><title>Bad gateway</title></head><body><h1>nginx</h1></body></html>"
        return web.Response(status=refused.status, text=page, content_type="text/html")
    kind = "rate_limit_error" if refused.status == 429 else "server_error"
    response = asked.failure(refused.status, f"scripted failure {refused.status}", kind)
    if refused.status == 429:
        response.headers["Retry-After"] = "1"
    return response


async def answer(asked: Asked) -> web.StreamResponse:
    """Answer one request by its model's script."""
    state = asked.state
    state.note(asked.request, asked.body)
    state.asked[asked.model] += 1
    state.count("requests")
    try:
        asked.check()
    except Wrong as wrong:
        return asked.failure(wrong.status, str(wrong), wrong.kind)
    script = state.script(asked.model)
    if script is None:
        return asked.failure(404, asked.unknown(), "not_found_error")
    if response := refusal(asked, script) or refused(asked.body, script.refuses):
        return response
    script, is_done = script.shaped(asked.schema).capped(asked.limit), False
    state.count("now")
    state.count("started")
    try:
        if not asked.is_streamed or script.manners.body == "whole":
            response, is_done = await asked.whole(script), True
            response.content_type = TYPES[script.manners.type] if asked.is_streamed else response.content_type
            return response
        playing = Reply(asked, script)
        with contextlib.suppress(ConnectionError):
            is_done = await playing.run()
        return playing.response
    finally:
        state.count("now", -1)
        state.count("finished" if is_done else "aborted")
