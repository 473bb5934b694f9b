"""The load: signed-in people who send and follow. A token's stamp tells when the model server had sent it."""

import asyncio
import collections
import contextlib
import json
import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

TOKEN = re.compile(r"w(\d+)@(\d{19})")
CSRF = "b" * 32  # Django compares the cookie with the header; any secret will do
TIMEOUT = 180.0  # seconds for one reply


@dataclass(frozen=True, slots=True)
class Seat:
    """A signed-in person at a chat of theirs."""

    session: str
    chat: str
    place: str = "/app"  # the workspace of the chat, as addresses begin there
    own_chat: str = ""  # of one who sits at a team's chat


@dataclass
class Tally:
    """What a load has seen. Times in milliseconds."""

    length: int
    first: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    latency: list[float] = field(default_factory=list)
    errors: collections.Counter = field(default_factory=collections.Counter)
    tokens: int = 0
    complete: int = 0
    begun: float = 0.0
    seconds: float = 0.0
    load_cpu: float = 0.0


class Reader:
    """Counts the tokens of one reply. A sender may repeat what it has sent, so each index counts once."""

    def __init__(self, tally: Tally):
        self.tally = tally
        self.seen = 0
        self.sent_at = 0  # ns

    def feed(self, text: str) -> None:
        """Take a message as it came."""
        start = text.find(f"w{self.seen}@")
        if start < 0:
            return
        now, tally = time.time_ns(), self.tally
        for match in TOKEN.finditer(text, start):
            if int(match[1]) != self.seen:
                continue
            if self.seen == 0:
                tally.first.append((now - self.sent_at) / 1e6)
            self.seen += 1
            tally.tokens += 1
            tally.latency.append((now - int(match[2])) / 1e6)


def cookies(url: str, session: str) -> str:
    """What a browser sends to the server at `url`: by the names with its port, and by those of older builds."""
    ends = ("", f"_{urlsplit(url).port}")
    return "; ".join(f"sambung_session{end}={session}; sambung_csrf{end}={CSRF}" for end in ends)


class Client:
    """Speaks to Sambung and to the bare relay."""

    def __init__(self, url: str, relay_port: int):
        self._url, self._relay = url, f"http://127.0.0.1:{relay_port}/"

    async def __aenter__(self) -> "Client":
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        )
        return self

    async def __aexit__(self, *exc) -> None:
        await self.http.close()

    def headers(self, seat: Seat) -> dict[str, str]:
        """What the browser of this person sends with a script's request."""
        return {
            "Cookie": cookies(self._url, seat.session),
            "X-CSRFToken": CSRF,
            "HX-Request": "true",
            "Origin": self._url,
        }

    async def get(self, seat: Seat, path: str, **headers: str) -> tuple[int, int]:
        """Fetch a page; return status and length."""
        async with self.http.get(self._url + path, headers=self.headers(seat) | headers) as response:
            return response.status, len(await response.read())

    async def send(self, seat: Seat, text: str) -> int:
        """Post a message; return the status."""
        url = f"{self._url}{seat.place}/chats/{seat.chat}/messages/"
        form = {"text": text, "client_id": str(uuid.uuid4())}
        async with self.http.post(url, data=form, headers=self.headers(seat)) as response:
            await response.read()
            return response.status

    @contextlib.asynccontextmanager
    async def following(self, seat: Seat) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """A socket that has joined the chat: the answer to a ping tells that the join was dealt with."""
        url = f"{self._url}/ws/"
        async with self.http.ws_connect(url, headers=self.headers(seat), max_msg_size=0) as socket:
            await socket.send_json({"type": "join", "topic": f"chat:{seat.chat}", "after": {}})
            await socket.send_json({"type": "ping"})
            while (await socket.receive_json())["kind"] != "pong":
                pass
            yield socket

    # ---- one reply, in full ------------------------------------------------------------------------
    async def reply(self, seat: Seat, tally: Tally, turn: "Turn") -> None:
        """Join the chat, send when it is this one's turn, and read until the end."""
        reader = Reader(tally)
        async with self.following(seat) as socket:
            await turn.wait()
            reader.sent_at = time.time_ns()
            sending = asyncio.create_task(self._timed_send(seat, tally, reader))
            async for message in socket:
                reader.feed(message.data)
                if '"kind":"end"' in message.data[:300]:
                    state = json.loads(message.data)["state"]
                    break
            else:
                state = "closed"
            await sending
        if state != "succeeded":
            tally.errors[state] += 1
        elif reader.seen == tally.length:
            tally.complete += 1
        else:
            tally.errors["short"] += 1

    async def _timed_send(self, seat: Seat, tally: Tally, reader: Reader) -> None:
        status = await self.send(seat, "Tell me more about it, please.")
        tally.answered.append((time.time_ns() - reader.sent_at) / 1e6)
        if status != 200:
            tally.errors[f"HTTP {status}"] += 1

    async def relayed(self, model: str, tally: Tally, turn: "Turn") -> None:
        """The same by the bare relay, whose send and socket are one."""
        reader = Reader(tally)
        async with self.http.ws_connect(self._relay, max_msg_size=0) as socket:
            await turn.wait()
            reader.sent_at = time.time_ns()
            await socket.send_json({"model": model})
            async for message in socket:
                if message.data == "[DONE]":
                    break
                reader.feed(message.data)
        if reader.seen == tally.length:
            tally.complete += 1
        else:
            tally.errors["short"] += 1


class Turn:
    """When each of `count` replies is asked for: evenly over `ramp` seconds, once all are ready."""

    def __init__(self, crowd: "Crowd", place: int):
        self._crowd, self._place = crowd, place

    @classmethod
    def now(cls) -> "Turn":
        """A turn that need not be waited for."""
        alone = Crowd(1, 0)
        alone.go.set()
        return cls(alone, 0)

    async def wait(self) -> None:
        crowd = self._crowd
        crowd.ready += 1
        if crowd.ready == crowd.count:
            crowd.all_ready.set()
        await crowd.go.wait()
        await asyncio.sleep(crowd.ramp * self._place / crowd.count)


class Crowd:
    """The meeting point of a load."""

    def __init__(self, count: int, ramp: float):
        self.count, self.ramp, self.ready = count, ramp, 0
        self.all_ready, self.go = asyncio.Event(), asyncio.Event()


async def crowd(make, count: int, length: int, ramp: float, on_ready=None) -> Tally:
    """Run `make(place, tally, turn)` for each place; `on_ready` is awaited once all are joined, before any sends."""
    tally, meeting = Tally(length), Crowd(count, ramp)

    async def one(place: int) -> None:
        try:
            async with asyncio.timeout(TIMEOUT):
                await make(place, tally, Turn(meeting, place))
        except Exception as error:  # a load that fails is a figure, not a crash
            tally.errors[f"{type(error).__name__}: {str(error)[:60]}"] += 1

    tasks = [asyncio.create_task(one(place)) for place in range(count)]
    waiting = asyncio.create_task(meeting.all_ready.wait())
    await asyncio.wait([waiting, asyncio.gather(*tasks)], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if on_ready is not None:
        await on_ready()
    used, tally.begun = time.process_time(), time.monotonic()
    meeting.go.set()
    await asyncio.gather(*tasks)
    tally.seconds, tally.load_cpu = time.monotonic() - tally.begun, time.process_time() - used
    return tally
