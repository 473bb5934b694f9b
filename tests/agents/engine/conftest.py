"""The scripted server in this event loop, and what talks to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
import pytest_asyncio

from agents import engine
from bench.scripted_model import serving

#: Where each service of the scripted server lies, beside the compatible one that most tests ask.
SERVICES = {
    "openai": "/openai/v1",
    "responses": "/openai/v1",
    "groq": "/groq/openai/v1",
    "ollama": "/ollama/v1",
    "anthropic": "/anthropic",
    "google": "/google",
}


@dataclass
class Heard:
    """What one reply came to. `events` leaves out the acceptance, what was told of the key's limits, and learned."""

    events: list = field(default_factory=list)
    error: engine.EngineError | None = None
    accepted: int = 0  # requests
    allowances: list[engine.Allowance] = field(default_factory=list)
    learned: list[engine.Learned] = field(default_factory=list)

    def take(self, event: engine.Event) -> None:
        """Be the sink of a reply."""
        match event:
            case engine.Accepted():
                self.accepted += 1
            case engine.Allowance():
                self.allowances.append(event)
            case engine.Learned():
                self.learned.append(event)
            case _:
                self.events.append(event)

    @property
    def text(self) -> str:
        return "".join(part["text"] for part in self.parts if part["type"] == "text")

    @property
    def reasoning(self) -> str:
        return "".join(part["text"] for part in self.parts if part["type"] == "reasoning")

    @property
    def calls(self) -> list[engine.ToolCall]:
        return [event for event in self.events if isinstance(event, engine.ToolCall)]

    @property
    def parts(self) -> tuple[dict, ...]:
        """The answer as it is stored and sent back."""
        found: list[dict] = []
        for event in self.events:
            match event:
                case engine.Text(text) | engine.Reasoning(text):
                    kind = "text" if isinstance(event, engine.Text) else "reasoning"
                    if text and found and found[-1]["type"] == kind and "providerMetadata" not in found[-1]:
                        found[-1]["text"] += text
                    else:
                        found.append({"type": kind, "text": text})
                case engine.Reconsidered():
                    found[-1]["type"] = "reasoning"
                case engine.Signature(metadata):
                    found[-1]["providerMetadata"] = metadata
                case engine.ToolCall(id_, name, args, metadata):
                    call = {"type": "tool-call", "toolCallId": id_, "toolName": name, "args": args}
                    found.append(call | ({"providerMetadata": metadata} if metadata else {}))
        return tuple(found)

    @property
    def usage(self) -> engine.Usage | None:
        return next((event for event in self.events if isinstance(event, engine.Usage)), None)

    @property
    def ends(self) -> list:
        return [event for event in self.events if isinstance(event, (engine.Usage, engine.Finish))]


@dataclass
class Wire:
    """A running scripted server, asked as one of its services."""

    url: str
    client: aiohttp.ClientSession
    provider: str = ""

    @property
    def endpoint(self) -> engine.Endpoint:
        return self.endpoint_of(self.provider)

    def endpoint_of(self, provider: str, key: str = "secret-key") -> engine.Endpoint:
        url, protocol = self.url + SERVICES.get(provider, "/v1"), engine.protocol_of(provider)
        provider = "openai" if provider == "responses" else provider
        return engine.Endpoint(protocol, url, key, trusted=True, provider=provider)

    def ask(self, model: str, *turns: engine.Turn, **options) -> engine.Ask:
        return engine.Ask(self.endpoint, model, turns or (engine.Turn.of("user", "Hello"),), **options)

    async def hear(
        self,
        model: str,
        limits: engine.Limits | None = None,
        pace: engine.Pace | None = None,
        turns: tuple[engine.Turn, ...] = (),
        **options,
    ) -> Heard:
        heard = Heard()
        try:
            await engine.reply(self.ask(model, *turns, **options), heard.take, limits or engine.Limits(), pace)
        except engine.EngineError as error:
            heard.error = error
        return heard

    async def get(self, path: str) -> dict | list:
        async with self.client.get(self.url + path) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, body: dict) -> dict:
        async with self.client.post(self.url + path, json=body) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def wait(self, key: str, least: int = 1) -> dict:
        """Wait until the server has counted so many."""
        return await self.get(f"/_wait?key={key}&least={least}")


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[Wire]:
    async with serving() as url, aiohttp.ClientSession() as client:
        yield Wire(url, client)
        await engine.close()


@pytest.fixture
def service(wire: Wire, request: pytest.FixtureRequest) -> Wire:
    """The same server as another service; the test names it: `parametrize("service", [...], indirect=True)`."""
    wire.provider = request.param
    return wire


@pytest.fixture
def naps(monkeypatch) -> list[float]:
    """The waits before retries, which take no time here."""
    taken: list[float] = []

    async def nap(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr("agents.engine.asking._sleep", nap)
    return taken
