"""The scripted server in this event loop, and what talks to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
import pytest_asyncio

from agents import engine
from bench.scripted_model import serving


@dataclass
class Heard:
    """What one reply came to."""

    events: list = field(default_factory=list)
    error: engine.EngineError | None = None

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, engine.Text))

    @property
    def reasoning(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, engine.Reasoning))

    @property
    def ends(self) -> list:
        return [event for event in self.events if isinstance(event, (engine.Usage, engine.Finish))]


@dataclass
class Wire:
    """A running scripted server."""

    url: str
    client: aiohttp.ClientSession

    @property
    def endpoint(self) -> engine.Endpoint:
        return engine.Endpoint("openai", f"{self.url}/v1", "secret-key", trusted=True)

    def ask(self, model: str, *turns: engine.Turn, **options) -> engine.Ask:
        return engine.Ask(self.endpoint, model, turns or (engine.Turn.of("user", "Hello"),), **options)

    async def hear(
        self, model: str, limits: engine.Limits | None = None, pace: engine.Pace | None = None, **options
    ) -> Heard:
        heard = Heard()
        try:
            await engine.reply(self.ask(model, **options), heard.events.append, limits or engine.Limits(), pace)
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
def naps(monkeypatch) -> list[float]:
    """The waits before retries, which take no time here."""
    taken: list[float] = []

    async def nap(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr("agents.engine.asking._sleep", nap)
    return taken
