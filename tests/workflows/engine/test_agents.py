"""Agent nodes: a whole turn, its calls as steps, what people say in its middle, what is told where it cannot go on."""

import pytest

from agents import tools
from agents.models import Agent
from agents.tools import Asks, Failed, Result, Source, Tool
from sambung.lib.threads import in_thread
from tests.factories import Sketch, line
from tests.workflows.engine import scripts
from tests.workflows.engine.scripts import OBEYS, SAYS, orders
from workflows.engine import deciding
from workflows.engine.executors import models
from workflows.models import Approval, WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}
FOUND = ("look", {"place": "Bandung"})


class Weather:
    """A kind of tools of the tests' own, which notes what it was called with."""

    noun, limits = "", None

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.asks, self.answer = Asks.NEVER, Result({"sky": "clear"})

    def sources(self, workspace) -> list[Source]:
        tool = Tool("weather", "w", "look", "Look", "Tells the weather.", PLACE, self.asks)
        return [Source("weather", "w", "Weather", tools=(tool,))]

    async def call(self, tool, args, caller, progress) -> Result:
        self.asked.append(args)
        if isinstance(self.answer, Failed):
            raise self.answer
        return self.answer


@pytest.fixture
def weather(monkeypatch) -> Weather:
    kinds = dict(tools.kinds())
    monkeypatch.setattr(tools.registry, "_kinds", kinds)
    kinds["weather"] = Weather()
    return kinds["weather"]


@pytest.fixture
async def model(settings):
    async with scripts.model(settings) as found:
        yield found


@pytest.fixture
def agent(alice, model):
    """Make an agent of Alice's that answers with a model of the scripted server."""

    async def make(name: str = OBEYS, **fields) -> Agent:
        told = {"name": "Guide", "user": alice, "chat_model": model.stored(name)} | fields
        return await in_thread(lambda: Agent.objects.create(**told))

    return make


def asking(agent, message: str, **data) -> Sketch:
    node = {"agent": str(getattr(agent, "pk", agent)), "message": [{"text": message}]} | data
    return line(("agent", node))


def answer_of(played) -> object:
    return played.row.output["result"]["answer"]


async def test_an_agent_answers(play, agent, model):
    await model.say("Clear skies.")
    played = await play(asking(await agent(SAYS), "How is it?"))
    assert answer_of(played) == "Clear skies."
    given = played.row.output["result"]
    assert given["model"] == {"provider": "openai_compatible", "model": SAYS}
    assert given["usage"]["outputTokens"] > 0
    assert played.steps["agent0"].usage == given["usage"]


@pytest.mark.parametrize("kind", ["agent", "llm"])
async def test_an_answer_of_many_reads_is_taken_to_its_end(play, agent, model, kind):
    """What is read in one go needs no second read, so a short answer would not show that none comes."""
    await model.say(long := "So it was told. " * 2_000)
    messages = [{"role": "user", "content": [{"text": "Tell."}]}]
    sketch = line(("llm", {"model": model.named(SAYS), "messages": messages}))
    if kind == "agent":
        sketch = asking(await agent(SAYS), "Tell.")
    assert answer_of(await play(sketch)) == long


async def test_each_call_of_a_tool_is_a_step(play, agent, weather):
    played = await play(asking(await agent(), orders([FOUND, FOUND], [FOUND])))
    assert played.status == "succeeded", played.run.error_code
    assert weather.asked == [{"place": "Bandung"}] * 3
    calls = [step for step in played.rows if "#call" in step.path]
    assert [step.path.partition("#")[2] for step in calls] == ["call1", "call2", "call3"]
    assert {(step.status, step.node_type) for step in calls} == {("done", "tool")}
    assert calls[0].input["arguments"] == {"place": "Bandung"}
    assert calls[0].output == {"result": {"sky": "clear"}}


async def test_a_tool_that_fails_is_told_to_the_agent_and_shown(play, agent, weather):
    weather.answer = Failed("web_no_answer")
    played = await play(asking(await agent(), orders([FOUND])))
    assert played.status == "succeeded"
    assert [step.status for step in played.rows if "#call" in step.path] == ["failed"]


async def test_a_tool_that_there_is_not_is_told_to_the_agent(play, agent, weather):
    played = await play(asking(await agent(), orders([("no_such_tool", {"x": 1})], [FOUND])))
    assert played.status == "succeeded", played.run.error_code
    assert weather.asked == [{"place": "Bandung"}]


async def test_it_uses_tools_only_so_often(play, agent, weather):
    played = await play(asking(await agent(), orders([FOUND], [FOUND], [FOUND]), maxSteps=2))
    assert (played.status, played.run.error_code) == ("failed", "workflow_agent_steps")
    assert len(weather.asked) == 2


# ---- people ---------------------------------------------------------------------------------------------
async def waiting(play, agent, weather) -> tuple:
    """A run whose agent waits for a word about a call."""
    weather.asks = Asks.ALWAYS
    played = await play(asking(await agent(), orders([FOUND])))
    assert played.status == "waiting"
    assert weather.asked == []
    step = await in_thread(lambda: WorkflowStep.objects.get(workflow_run=played.row, status="waiting_person"))
    return played, step


async def decide(step: WorkflowStep, button: str, comment: str = "") -> None:
    output = {"button": button, "values": {}, "comment": comment}
    await in_thread(lambda: deciding.answer_step(step, output=output, handle=button))


async def test_a_tool_that_asks_waits_for_whoever_the_run_is_of(play, agent, weather, alice):
    _played, step = await waiting(play, agent, weather)
    approval = await in_thread(lambda: Approval.objects.get(step=step))
    assert approval.audience == {"people": [str(alice.pk)], "role": ""}
    assert "place: Bandung" in approval.text
    assert [button["id"] for button in approval.buttons] == ["approve", "reject"]


async def test_what_was_allowed_runs_once_and_the_turn_goes_on(play, agent, weather):
    played, step = await waiting(play, agent, weather)
    await decide(step, "approve")
    again = await play.resting(played.row.pk)
    assert again.status == "succeeded", again.run.error_code
    assert weather.asked == [{"place": "Bandung"}]
    assert [one.status for one in again.rows if "#call" in one.path] == ["done"]


async def test_what_was_refused_does_not_run_and_the_agent_is_told(play, agent, weather):
    played, step = await waiting(play, agent, weather)
    await decide(step, "reject", "Not today.")
    again = await play.resting(played.row.pk)
    assert again.status == "succeeded", again.run.error_code
    assert weather.asked == []


async def test_a_tool_that_has_changed_since_it_asked_does_not_run(play, agent, weather, monkeypatch):
    played, step = await waiting(play, agent, weather)
    monkeypatch.setitem(PLACE["properties"], "other", {"type": "string"})
    await decide(step, "approve")
    await play.resting(played.row.pk)
    assert weather.asked == []


# ---- what is asked for ----------------------------------------------------------------------------------
SKY = {"type": "object", "properties": {"sky": {"type": "string"}}, "required": ["sky"]}


async def test_fields_are_read_of_what_it_says(play, agent, model):
    await model.say('{"sky": "clear"}')
    structured = {"answer": {"type": "structured", "schema": SKY}}
    played = await play(asking(await agent(SAYS), "How is it?", **structured))
    assert answer_of(played) == {"sky": "clear"}


async def test_what_is_not_as_it_is_asked_for_is_told_with_what_was_said(play, agent, model):
    await model.say("It is clear.")
    structured = {"answer": {"type": "structured", "schema": SKY}}
    played = await play(asking(await agent(SAYS), "How is it?", **structured))
    assert played.run.error_code == "workflow_answer_unfit"
    assert played.steps["agent0"].output == {"raw": "It is clear."}


# ---- who is asked ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("named", ["nobody", "00000000-0000-7000-8000-000000000000", ""])
async def test_an_agent_that_is_not_there_is_told(play, model, named):
    assert (await play(asking(named, "Hello"))).run.error_code == "workflow_agent_unknown"


async def test_an_agent_of_somebody_else_is_not_there(play, agent, carol):
    found = await agent(SAYS, user=carol)
    assert (await play(asking(found, "Hello"))).run.error_code == "workflow_agent_unknown"


async def test_an_agent_that_rests_is_not_there(play, agent):
    found = await agent(SAYS, is_active=False)
    assert (await play(asking(found, "Hello"))).run.error_code == "workflow_agent_unknown"


async def test_money_is_held_before_each_call(play, agent, weather):
    played = await play(asking(await agent(), orders([FOUND])), limits={"money": 0.01})
    assert (played.status, played.run.error_code) == ("failed", "workflow_price_unknown")
    assert weather.asked == []


async def test_a_turn_that_breaks_off_after_an_effect_is_not_tried_again(play, agent, weather, monkeypatch):
    """Its first call has happened: trying again by itself would do it twice."""
    settled = models.settle

    async def break_off(call, *rest):
        await settled(call, *rest)
        if weather.asked:
            raise Failed("workflow_no_model")

    monkeypatch.setattr(models, "settle", break_off)
    played = await play(asking(await agent(), orders([FOUND], [FOUND]), retry={"times": 3, "wait": 0}))
    assert (played.status, played.statuses["agent0"]) == ("waiting", "unknown")
    assert len(weather.asked) == 1
