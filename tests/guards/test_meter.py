"""One door to a model: whatever asks one passes the meter."""

import inspect

import pytest

from agents import engine
from tests.guards.apps import APPS
from tests.guards.imports import PROJECT, asked_models
from tests.guards.test_imports import _plant

METER = "agents/usage/meter.py"
#: What of the engine asks a model for an answer, which is paid.
ASKING = {"reply", "complete", "embed"}
#: What else of it waits for a service, and why nobody pays for that.
UNPAID = {
    "check": "looks at an address",
    "list_models": "reads a list",
    "count_tokens": "asks a server of one's own for its tokenizer",
    "warm_up": "plays an answer of ours",
    "close": "lets connections go",
}


def test_the_meter_alone_asks_models():
    assert asked_models(PROJECT, APPS, ASKING) == {METER}


def test_each_function_of_the_engine_that_waits_is_known():
    waiting = {name for name in engine.__all__ if inspect.iscoroutinefunction(getattr(engine, name))}
    assert waiting == ASKING | set(UNPAID)


@pytest.mark.parametrize(
    "code",
    [
        "from agents import engine\nasync def ask(): await engine.reply(None, None)",
        "from agents import engine as models\nlater = models.complete",
        "from agents.engine import reply",
        "import agents.engine\nasync def ask(): await agents.engine.complete(None)",
        "def late():\n    from agents.engine.asking import reply",
        "from agents.engine import chat",
        "import agents.engine.services",
    ],
)
def test_a_planted_door_is_found(tmp_path, code):
    harmless = "from agents import engine\nfrom agents.engine.schemas import DATA\nx = engine.Usage(1, 2)\n"
    _plant(tmp_path, {"planted/room.py": code, "planted/other.py": harmless})
    assert asked_models(tmp_path, ["planted"], ASKING) == {"planted/room.py"}
