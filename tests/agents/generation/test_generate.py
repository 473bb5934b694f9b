"""A reply that is being made."""

from types import SimpleNamespace

import pytest
from psycopg_pool import PoolTimeout

from agents import catalog
from agents.catalog import Reference
from agents.errors import Unavailable
from agents.generation.generate import Answering
from agents.generation.report import Report
from sambung.lib import database


async def test_a_database_that_is_away_when_the_model_is_reached_costs_no_reply(monkeypatch):
    asked = []

    async def reach(reference, workspace):
        asked.append(reference)
        raise PoolTimeout("none came free") if len(asked) < 3 else Unavailable("model_not_offered", model="x")

    monkeypatch.setattr(database, "AGAIN", 0)
    monkeypatch.setattr(catalog, "reach", reach)
    question = SimpleNamespace(order=(Reference(None, "bundled", "smollm2"),), workspace=None)
    with pytest.raises(Unavailable):
        await Answering(SimpleNamespace(context=question), Report(), None)._ask((), None)
    assert len(asked) == 3
