"""Refusals of what belongs to thoughts, and of a protocol: the same is asked again without."""

import json
from dataclasses import replace

import pytest
from aiohttp import web

from agents import engine
from agents.engine import refusals
from tests.agents.engine.conftest import Heard, Wire
from tests.agents.engine.test_faults import words
from tests.agents.engine.test_reply import server
from tests.agents.engine.test_services import ADD, USER, last, library, name, results

MODEL = "gpt-5.6-terra/"
FOREIGN = {"openai": "reasoningEncryptedContent", "anthropic": "signature", "google": "thoughtSignature"}


async def learned(service: Wire, model: str, **options) -> tuple[Heard, list[engine.Learned]]:
    heard = await service.hear(model, **options)
    return heard, heard.learned


@pytest.mark.parametrize("service", ["responses"], indirect=True)
async def test_an_account_that_gets_no_streams(service: Wire):
    """Nor summaries: both are for verified ones."""
    heard, lessons = await learned(service, f"{MODEL}fake-plain-n4-unstreamed-unverified-think")

    assert (heard.error, heard.text) == (None, words(4, first=2))
    assert [lesson.what for lesson in lessons] == ["summaries", "stream"]


@pytest.mark.parametrize("service", ["responses"], indirect=True)
@pytest.mark.parametrize(("script", "what"), [("unverified", "summaries"), ("plainest", "thoughts")])
async def test_what_an_account_or_a_model_does_not_get(service: Wire, script, what):
    model = f"{MODEL}fake-plain-n4-think-{script}"

    heard, (lesson,) = await learned(service, model)
    again, more = await learned(service, model, manners=lesson.manners)

    assert (heard.error, heard.text, lesson.what) == (None, words(4, first=2), what)
    assert (again.error, more) == (None, [])
    assert (await service.get("/_stats"))["requests"] == 3  # it was remembered
    body = (await last(service))["body"]
    assert ("summary" in body["reasoning"], "include" in body) == (what == "thoughts", what == "summaries")


async def test_a_model_of_openai_s_that_its_name_does_not_tell(wire: Wire, monkeypatch):
    monkeypatch.setattr(engine.Endpoint, "is_openai", True)
    wire.provider = "openai"

    heard, (lesson,) = await learned(wire, "gpt-rosalind/fake-plain-n2-newer", tools=(ADD,))
    again, _ = await learned(wire, "gpt-rosalind/fake-plain-n2-newer", manners=lesson.manners)

    paths = [request["path"].rpartition("v1/")[2] for request in await wire.get("/_requests?whole=1")]
    assert (heard.error, heard.text, again.error) == (None, words(2), None)
    assert lesson.manners.without == {"chat_completions"}
    assert paths == ["chat/completions", "responses", "responses"]


async def test_elsewhere_there_is_no_other_protocol(wire: Wire):
    wire.provider = "openai"

    heard = await wire.hear("gpt-rosalind/fake-plain-n2-newer")

    assert type(heard.error) is engine.ModelGone
    assert "v1/responses" in heard.error.detail


@pytest.mark.parametrize("reasoning", [None, "high"])
async def test_tools_beside_thought_elsewhere(wire: Wire, reasoning):
    """Azure and relays refuse them for the same models: the tools stay, thinking is off, and that is told."""
    model = "gpt-5.6-terra/fake-plain-n2-either-tool"

    heard, (lesson,) = await learned(wire, model, tools=(ADD,), reasoning=reasoning)
    without_tools, nothing = await learned(wire, model, reasoning=reasoning, manners=lesson.manners)

    asked = [body.get("reasoning_effort") for body in await wire.get("/_requests")]
    assert (heard.error, [call.name for call in heard.calls]) == (None, ["add"])
    assert (lesson.what, lesson.manners.without) == ("thinking", {"thinking"})
    assert asked == [reasoning, "none", reasoning]  # without tools it may think
    assert (without_tools.error, nothing) == (None, [])


async def test_tools_beside_thought_at_openai_itself(wire: Wire, monkeypatch):
    monkeypatch.setattr(engine.Endpoint, "is_openai", True)
    wire.provider = "openai"

    heard, (lesson,) = await learned(wire, "gpt-rosalind/fake-plain-n2-either-tool", tools=(ADD,))

    assert (heard.error, [call.name for call in heard.calls]) == (None, ["add"])
    assert lesson.what == "chat_completions"


@library
async def test_thoughts_that_another_account_or_model_had(service: Wire):
    """They are sealed for whoever had them: after a change of the key, or of one Claude for another."""
    model = name(service, "fake-plain-n8-think-tool")
    called = await service.hear(model, tools=(ADD,), reasoning="low")
    parts = json.loads(json.dumps(called.parts))
    for part in parts:
        for own in part.get("providerMetadata", {}).values():
            own |= {key: "ZWxzZXdoZXJl" for key in FOREIGN.values() if key in own}
    said = engine.Turn("assistant", (*parts, *results(*called.calls), {"type": "text", "text": "Two."}))

    heard, (lesson,) = await learned(service, model, turns=(USER, said, USER))

    assert (heard.error, heard.text) == (None, words(8, first=4))
    assert (lesson.what, lesson.manners) == ("earlier_thoughts", engine.Manners())  # of this conversation alone
    assert "ZWxzZXdoZXJl" not in json.dumps((await last(service))["body"])


def test_search_models_take_no_temperature():
    """In the words of OpenAI's own: vercel/ai#5609."""
    error = engine.BadRequest()
    error.refusal = refusals.read(
        400, {"error": {"message": "Model incompatible request argument supplied: temperature", "param": None}}
    )
    ask = engine.Ask(engine.Endpoint("openai", "http://127.0.0.1/v1"), "m", (USER,), temperature=0.5)

    assert refusals.lesson(error, ask).what == "temperature"


@pytest.mark.parametrize(
    ("words", "effort"),
    [
        ("thinking.adaptive.effort: Extra inputs are not permitted", "high"),
        ("Budget 0 is invalid. This model only works in thinking mode.", "off"),
        ("Unable to submit request because The model does not support setting thinking_budget to 0", "off"),
    ],
)
def test_efforts_that_a_model_does_not_take(words, effort):
    error = engine.BadRequest()
    error.refusal = refusals.read(400, {"error": {"message": words}})
    ask = engine.Ask(engine.Endpoint("anthropic", "http://127.0.0.1"), "m", (USER,), reasoning=effort)

    found = refusals.lesson(error, ask)
    assert (found.what, found.is_lasting) == ("reasoning_effort", effort != "off")  # it may well take another


async def test_a_relay_that_takes_no_marks_for_the_cache():
    """Whatever block they stand at, as in cg-dot/vertexai-cf-workers#21."""
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(await request.text())
        if "cache_control" in asked[-1]:
            said = "messages.0.content.0.text.cache_control: Extra inputs are not permitted"
            return web.json_response({"type": "error", "error": {"message": said}}, status=400)
        blocks = [{"type": "text", "text": "Two."}]
        told = {"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn"}
        return web.json_response(told | {"content": blocks, "usage": {"input_tokens": 1, "output_tokens": 1}})

    heard = Heard()
    async with server(answer, path="/v1/messages") as endpoint:
        ask = engine.Ask(replace(endpoint, protocol="anthropic"), "claude-sonnet-4-5", (USER,), tools=(ADD,))
        await engine.reply(ask, heard.take)
        await engine.reply(replace(ask, manners=heard.learned[0].manners), heard.take)

    assert (heard.learned[0].what, heard.events[0]) == ("cache_control", engine.Text("Two."))
    assert len(asked) == 3  # it was remembered
