"""Tool nodes: as the tool was when it was chosen, with arguments given or filled in, and what its failures mean."""

import pytest

from agents import tools
from agents.tools import Failed, Result, Source, Tool
from sambung.lib.threads import in_thread
from tests.factories import Sketch, line
from tests.workflows.engine import scripts
from workflows.engine import deciding
from workflows.models import WorkflowStep

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = {
    "type": "object",
    "properties": {"place": {"type": "string"}, "days": {"type": "integer", "maximum": 9}},
    "required": ["place"],
    "additionalProperties": False,
}
NUMBER = {"type": "object", "properties": {"city": {"type": "string"}}}


class Weather:
    """A kind of tools of the tests' own, which notes what it was called with."""

    noun, limits = "", None

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.effect, self.description = "none", "Tells the weather."
        self.answer: Result | Failed | Exception = Result({"sky": "clear"})

    @property
    def tool(self) -> Tool:
        return Tool("weather", "w", "look", "Look", self.description, PLACE, effect=self.effect)

    def sources(self, workspace) -> list[Source]:
        return [Source("weather", "w", "Weather", tools=(self.tool,))]

    async def call(self, tool, args, caller, progress) -> Result:
        self.asked.append(args)
        if isinstance(self.answer, Exception):
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


def named(weather: Weather, **more) -> dict:
    """The tool as a node keeps it."""
    kept = {"kind": "weather", "source": "w", "name": "look", "title": "Look", "digest": weather.tool.digest}
    return kept | {"effect": weather.effect} | more


def looking(weather: Weather, arguments: dict, **data) -> Sketch:
    sketch = line(("tool", {"tool": named(weather), "arguments": arguments} | data), schema=NUMBER)
    place = next(node for node in sketch.nodes if node["type"] == "tool")["data"]["arguments"].get("place")
    if place == "city":
        sketch.nodes[1]["data"]["arguments"]["place"] = sketch.value("input", "city")
    return sketch


async def test_arguments_that_are_given_reach_the_tool(play, weather):
    played = await play(looking(weather, {"place": "city", "days": {"value": 3}}), {"city": "Bandung"})
    assert weather.asked == [{"place": "Bandung", "days": 3}]
    assert played.row.output == {"result": {"result": {"sky": "clear"}}}
    step = played.steps["tool0"]
    assert step.input["arguments"] == {"place": "Bandung", "days": 3}
    assert step.effect == "none"


@pytest.mark.parametrize(
    ("content", "value"),
    [('{"a": [1]}', {"a": [1]}), ("plain words", "plain words"), ("", ""), ([1], [1]), ("{broken", "{broken")],
)
async def test_a_text_that_is_json_is_read(play, weather, content, value):
    weather.answer = Result(content)
    played = await play(looking(weather, {"place": {"value": "x"}}))
    assert played.row.output == {"result": {"result": value}}


async def test_a_reference_to_nothing_is_no_argument(play, weather):
    played = await play(looking(weather, {"place": "city"}), {})
    assert (played.status, played.run.error_code) == ("failed", "tool_arguments")
    assert weather.asked == []


async def test_arguments_that_do_not_fit_never_run(play, weather):
    played = await play(looking(weather, {"place": {"value": "x"}, "days": {"value": 99}}))
    assert played.run.error_code == "tool_arguments"
    assert weather.asked == []


async def test_a_tool_that_is_gone_is_told(play, weather):
    sketch = looking(weather, {})
    sketch.nodes[1]["data"]["tool"]["name"] = "gone"
    assert (await play(sketch)).run.error_code == "workflow_tool_unknown"


async def test_a_tool_that_is_not_what_it_was_does_not_run(play, weather):
    sketch = looking(weather, {"place": {"value": "x"}})
    weather.description = "Tells the weather, and everything else."
    assert (await play(sketch)).run.error_code == "workflow_tool_drifted"
    assert weather.asked == []


async def test_a_tool_that_turns_out_to_change_things_does_not_run(play, weather):
    """It said that it changes nothing when it was chosen: so it would be repeated freely."""
    sketch = looking(weather, {"place": {"value": "x"}})
    weather.effect = "unsafe"
    assert (await play(sketch)).run.error_code == "workflow_tool_drifted"


async def test_what_the_tool_itself_says_failed_is_a_failure(play, weather):
    weather.effect, weather.answer = "unsafe", Result("No such place.", is_error=True)
    played = await play(looking(weather, {"place": {"value": "x"}}))
    assert played.run.error_code == "workflow_tool_failed"
    assert played.run.error_params["detail"] == "No such place."


@pytest.mark.parametrize(("effect", "status"), [("unsafe", "waiting"), ("keyed", "failed"), ("none", "failed")])
async def test_where_a_tool_breaks_off_nobody_knows_what_it_did(play, weather, effect, status):
    weather.effect, weather.answer = effect, RuntimeError("gone")
    played = await play(looking(weather, {"place": {"value": "x"}}))
    assert played.status == status
    assert played.statuses["tool0"] == ("unknown" if effect == "unsafe" else "failed")


async def test_the_author_may_tighten_what_a_tool_says_of_itself(play, weather):
    weather.answer = RuntimeError("gone")
    played = await play(looking(weather, {"place": {"value": "x"}}, effect="unsafe"))
    assert played.statuses["tool0"] == "unknown"


async def test_unknown_is_settled_by_a_person(play, weather):
    weather.effect, weather.answer = "unsafe", RuntimeError("gone")
    played = await play(looking(weather, {"place": {"value": "x"}}))
    step = await in_thread(lambda: WorkflowStep.objects.get(workflow_run=played.row, status="unknown"))
    assert step.input["arguments"] == {"place": "x"}
    await in_thread(lambda: deciding.answer_step(step, output={"result": "it rained"}))
    again = await play.resting(played.row.pk)
    assert again.row.output == {"result": {"result": "it rained"}}
    assert len(weather.asked) == 1


# ---- filled in by a model -------------------------------------------------------------------------------
async def test_a_model_fills_in_what_is_left_to_it(play, weather, model):
    await model.say('{"days": 4}')
    arguments = {"place": "city", "days": {"model": "as many as there are in a working week, less one"}}
    sketch = looking(weather, arguments, model=model.named(scripts.SAYS))
    played = await play(sketch, {"city": "Bandung"})
    assert played.status == "succeeded", played.run.error_code
    assert weather.asked == [{"place": "Bandung", "days": 4}]
    step = played.steps["tool0"]
    assert step.input["arguments"] == {"place": "Bandung", "days": 4}
    assert step.usage["outputTokens"] > 0


@pytest.mark.parametrize("said", ["no JSON", "[1]", '{"days": "many"}', '{"days": 99}', '{"other": 1}'])
async def test_an_answer_that_does_not_fit_never_runs(play, weather, model, said):
    await model.say(said)
    arguments = {"place": {"model": "somewhere"}, "days": {"model": "some"}}
    played = await play(looking(weather, arguments, model=model.named(scripts.SAYS)))
    assert played.run.error_code == "workflow_answer_unfit"
    assert weather.asked == []
    assert played.steps["tool0"].output == {"raw": said}
