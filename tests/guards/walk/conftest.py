"""What all walks share. They send thousands of requests: `make test` runs them, `make test-quick` does not."""

import logging
from pathlib import Path

import pytest

from agents import keys
from agents.mcp import oauth, servers
from agents.tools import Failed
from chats.messages import remote_images
from tests.guards.world import CANARY


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.walk)


@pytest.fixture(autouse=True)
def image(monkeypatch):
    """A remote image that is there, without the network."""
    monkeypatch.setattr(remote_images, "load", lambda message, index: remote_images.Image(CANARY.encode(), "image/png"))


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    """A provider that lists nothing, without the network."""

    async def ask(key):
        return []

    async def no_place(*args):
        raise Failed("mcp_unreachable")

    monkeypatch.setattr(keys, "_ask", ask)
    monkeypatch.setattr(servers, "refresh", lambda server, user: "")
    monkeypatch.setattr(oauth, "_found", no_place)


@pytest.fixture(scope="module", autouse=True)
def _silence():
    """Thousands of expected refusals need no log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
