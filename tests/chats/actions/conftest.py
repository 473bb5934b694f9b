"""What the catalog offers while acts are tried."""

import pytest

from agents.catalog import servers
from tests.chats.steps import PLAIN


@pytest.fixture
def offered(monkeypatch):
    """Choose what the catalog offers."""

    def offer(*models):
        monkeypatch.setattr(servers, "models", lambda: list(models))

    offer(PLAIN)
    return offer
