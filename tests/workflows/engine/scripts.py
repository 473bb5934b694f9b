"""The scripted model in this event loop, as the model of the runs of a test."""

from contextlib import asynccontextmanager

import aiohttp

from agents.catalog import Reference
from agents.models import Provider
from bench.scripted_model import serving
from tests.scripts import OBEYS, orders

SAYS = "fake-plain-n1"  # what `say` gives it
__all__ = ["OBEYS", "SAYS", "Model", "model", "orders"]


class Model:
    """The scripted server: who is asked, and what it is to say."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self._url, self._client = url, client

    def named(self, name: str) -> dict:
        """A model as nodes keep it."""
        return {"apiKey": None, "provider": Provider.OPENAI_COMPATIBLE.value, "model": name}

    def stored(self, name: str) -> dict:
        """A model as agents keep it."""
        return Reference(None, Provider.OPENAI_COMPATIBLE.value, name).stored

    async def say(self, text: str) -> None:
        """Have `SAYS` answer with this text."""
        async with self._client.post(f"{self._url}/_script", json={"model": SAYS, "text": text}) as response:
            assert response.status == 200


@asynccontextmanager
async def model(settings):
    """Serve it, and have the settings name it."""
    async with serving(names=(OBEYS, SAYS)) as url, aiohttp.ClientSession() as client:
        settings.MODEL_SERVERS = {Provider.OPENAI_COMPATIBLE: (f"{url}/v1", "")}
        yield Model(url, client)
