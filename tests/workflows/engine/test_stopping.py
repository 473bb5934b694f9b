"""Stop ends a run at once, whatever its nodes wait for; what may have happened by then is unknown."""

import asyncio
from collections.abc import Callable

import pytest

from agents import tools
from agents.catalog import Reference
from agents.models import Agent, Provider
from bench.scripted_model import serving as scripted
from sambung.lib.threads import in_thread
from tests.agents.toolkits.places import Answer, serving
from tests.factories import Sketch, line
from tests.scripts import HELD
from tests.workflows.engine.conftest import resting
from tests.workflows.engine.test_tools import Weather, named
from workflows.engine import live, stopping
from workflows.models import WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)


class Held(Weather):
    """Weather that nobody ever tells."""

    async def call(self, tool, args, caller, progress):
        self.asked.append(args)
        await asyncio.Event().wait()


@pytest.fixture
def place(settings):
    """A server that does not answer before the end of a test."""
    with serving() as found:
        settings.EGRESS_ALLOW = frozenset({("127.0.0.1", found.server_port)})
        found.answers["/busy"] = Answer(b"", 503)
        yield found
        found.is_open.set()


@pytest.fixture
async def model(settings):
    """A model that says a few words, and holds the rest."""
    async with scripted(names=(HELD,)) as url:
        settings.MODEL_SERVERS = {Provider.OPENAI_COMPATIBLE: (f"{url}/v1", "")}
        yield Reference(None, Provider.OPENAI_COMPATIBLE.value, HELD)


def request(place, method: str = "GET", path: str = "/x", **data) -> Sketch:
    return line(("http", {"method": method, "url": [{"text": f"{place.url}{path}"}]} | data))


def looped(place) -> Sketch:
    """Requests side by side in a loop."""
    sketch = Sketch().node("input", "input", schema={}).node("loop", "loop", over={"value": 5}, atOnce=3)
    sketch.node("http0", "http", "loop", method="GET", url=[{"text": f"{place.url}/x"}])
    sketch.nodes[1]["data"]["result"] = sketch.ref("http0", "status")
    sketch.node("output", "output", values=[{"name": "all", "value": sketch.value("loop", "results")}])
    return sketch.edge("input", "loop", "output")


async def stopped(play, sketch: Sketch, is_at_it: Callable[[], bool]):
    """Begin it, stop it once it is at what it waits for, and return it as it has ended."""
    made = await in_thread(play.begin, sketch)
    async with asyncio.timeout(30):
        while not await in_thread(is_at_it):
            await asyncio.sleep(0.02)
    assert await in_thread(stopping.stop, made)
    async with asyncio.timeout(10):
        return await resting(made.pk, {"stopped", "succeeded", "failed"})


@pytest.mark.parametrize(("method", "status"), [("GET", "stopped"), ("POST", "unknown")])
async def test_a_request(play, place, method, status):
    place.is_open.clear()
    ended = await stopped(play, request(place, method), lambda: place.asked)
    assert (ended.status, ended.statuses["http0"]) == ("stopped", status)


async def test_requests_in_a_loop(play, place):
    place.is_open.clear()
    ended = await stopped(play, looped(place), lambda: len(place.asked) == 3)
    assert ended.status == "stopped"
    assert {step.status for step in ended.rows if step.node_type in {"http", "loop"}} == {"stopped"}


async def test_a_pause_before_another_try(play, place):
    sketch = request(place, path="/busy", retry={"times": 3, "wait": 3_600})
    ended = await stopped(play, sketch, lambda: place.asked)
    assert (ended.status, len(place.asked)) == ("stopped", 1)


@pytest.mark.parametrize(("effect", "status"), [("none", "stopped"), ("unsafe", "unknown")])
async def test_a_tool(play, monkeypatch, effect, status):
    kinds = dict(tools.kinds())
    monkeypatch.setattr(tools.registry, "_kinds", kinds)
    kinds["weather"] = weather = Held()
    weather.effect = effect
    sketch = line(("tool", {"tool": named(weather), "arguments": {"place": {"value": "Ende"}}}))
    ended = await stopped(play, sketch, lambda: weather.asked)
    assert (ended.status, ended.statuses["tool0"]) == ("stopped", status)


@pytest.mark.parametrize(("kind", "status"), [("llm", "stopped"), ("agent", "unknown")])
async def test_a_model(play, model, alice, monkeypatch, kind, status):
    said: list[str] = []
    monkeypatch.setattr(live.Telling, "__call__", lambda _self, text: said.append(text))
    named = {"apiKey": None, "provider": model.provider, "model": model.model}
    node = ("llm", {"model": named, "messages": [{"role": "user", "content": [{"text": "Hi"}]}]})
    if kind == "agent":
        made = await in_thread(lambda: Agent.objects.create(name="A", user=alice, chat_model=model.stored))
        node = ("agent", {"agent": str(made.pk), "message": [{"text": "Hi"}]})
    ended = await stopped(play, line(node), lambda: said)
    assert (ended.status, ended.statuses[f"{kind}0"]) == ("stopped", status)


async def test_code(play):
    sketch = line(("code", {"code": "while True: pass", "inputs": []}))
    ended = await stopped(play, sketch, WorkflowStep.objects.filter(node_type="code", status="running").exists)
    assert (ended.status, ended.statuses["code0"]) == ("stopped", "stopped")
