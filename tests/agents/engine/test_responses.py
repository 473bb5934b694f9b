"""OpenAI's Responses: what is its own."""

import json

import pytest
from openai.types import responses as events

from agents import engine
from agents.engine import responses_service
from agents.engine.responses_client import Client, _plain
from agents.engine.responses_service import UNKNOWN
from bench.scripted_responses import SECOND
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_faults import words
from tests.agents.engine.test_services import ADD, SYSTEM, USER, last, results

pytestmark = pytest.mark.parametrize("service", ["responses"], indirect=True)
MODEL = "gpt-5.6-terra/"


async def body(service: Wire) -> dict:
    return (await last(service))["body"]


async def test_nothing_is_kept_there(service: Wire):
    await service.hear(MODEL + "fake-plain-n2", turns=(SYSTEM, USER))

    sent = await last(service)
    assert sent["path"] == "/openai/v1/responses"
    assert sent["body"]["store"] is False
    assert sent["body"]["include"] == ["reasoning.encrypted_content"]
    assert not [name for name in ("previous_response_id", "conversation") if name in sent["body"]]


async def test_a_thought_in_several_parts_is_one(service: Wire):
    model = MODEL + "fake-plain-n8-think-summaries-tool"
    called = await service.hear(model, tools=(ADD,))
    said = engine.Turn("assistant", (*called.parts, *results(*called.calls)))

    answered = await service.hear(model, tools=(ADD,), turns=(USER, said))

    assert called.reasoning == f"{words(4)}\n\n{SECOND}"
    thought, call, result = (await body(service))["input"][1:]
    assert (thought["type"], call["type"], result["type"]) == ("reasoning", "function_call", "function_call_output")
    assert thought["summary"] == [{"type": "summary_text", "text": called.reasoning}]
    assert (answered.error, answered.text) == (None, words(8, first=4))


async def test_a_thought_that_is_not_told_goes_back_too(service: Wire):
    model = MODEL + "fake-plain-n8-think-redacted-tool"
    called = await service.hear(model, tools=(ADD,))
    said = engine.Turn("assistant", (*called.parts, *results(*called.calls)))

    answered = await service.hear(model, tools=(ADD,), turns=(USER, said))

    hidden = called.parts[0]
    assert (hidden["type"], hidden["text"]) == ("reasoning", "")
    assert hidden["providerMetadata"]["openai"].keys() == {"itemId", "reasoningEncryptedContent"}
    assert (await body(service))["input"][1]["summary"] == []
    assert answered.error is None


async def test_what_a_text_was_goes_back(service: Wire):
    """Without it a word in between may be taken for the answer."""
    heard = await service.hear(MODEL + "fake-plain-n2")

    await service.hear(MODEL + "fake-plain-n2", turns=(USER, engine.Turn("assistant", heard.parts), USER))

    said = (await body(service))["input"][1]
    assert said == {"role": "assistant", "content": words(2), "phase": "final_answer"}


async def test_a_thought_of_another_model_that_thinks_in_the_open(service: Wire):
    parts = ({"type": "reasoning", "text": "Hm."}, {"type": "text", "text": "Hello."})

    await service.hear(MODEL + "fake-plain-n2", turns=(USER, engine.Turn("assistant", parts), USER))

    assert "Hm." not in json.dumps(await body(service))


@pytest.mark.parametrize(
    "metadata",
    [
        {"itemId": "rs_1"},
        {"reasoningEncryptedContent": "abc"},
        {"itemId": 1, "reasoningEncryptedContent": {}},
        {"phase": 5},
    ],
)
async def test_odd_metadata_of_a_file_goes_nowhere(service: Wire, metadata):
    parts = ({"type": "reasoning", "text": "Hm."}, {"type": "text", "text": "Hello."})
    said = engine.Turn("assistant", tuple(part | {"providerMetadata": {"openai": metadata}} for part in parts))

    heard = await service.hear(MODEL + "fake-plain-n2", turns=(USER, said, USER))

    assert heard.error is None
    assert (await body(service))["input"][1:2] == [{"role": "assistant", "content": "Hello."}]


@pytest.mark.parametrize(("script", "error"), [("", type(None)), ("-cut3", engine.CutOff), ("-eof3", engine.CutOff)])
async def test_a_refusal_is_shown_as_it_comes(service: Wire, script, error):
    heard = await service.hear(MODEL + "fake-plain-n5-refuses" + script)

    assert type(heard.error) is error
    assert heard.text == words(3 if script else 5)
    assert heard.ends[-1:] == ([] if script else [engine.Finish("stop")])


@pytest.mark.parametrize(
    ("script", "reason"), [("fake-plain-n4", "stop"), ("fake-plain-n4-finish_content_filter", "content_filter")]
)
async def test_why_it_ended(service: Wire, script, reason):
    heard = await service.hear(MODEL + script)

    assert (heard.text, heard.ends[-1]) == (words(4), engine.Finish(reason))


@pytest.mark.parametrize("script", ["fake-plain-n6-err3", "fake-plain-n6-err3-failed"])
async def test_what_the_service_said_of_a_failure(service: Wire, script):
    heard = await service.hear(MODEL + script)

    assert type(heard.error) is engine.UpstreamError
    assert (heard.text, heard.error.detail) == (words(3), "scripted in-stream failure")


@pytest.mark.parametrize(
    ("model", "reasoning", "asked"),
    [
        ("gpt-5.6-terra", None, {"summary": "auto", "context": "all_turns"}),
        ("gpt-5.6-terra", "off", {"effort": "none", "context": "all_turns"}),
        ("gpt-5.6-terra", "high", {"effort": "high", "summary": "auto", "context": "all_turns"}),
        ("gpt-5-pro", "low", {"effort": "high", "summary": "auto"}),
        ("o3-pro", "off", {"effort": "low", "summary": "auto"}),
        ("gpt-9", "off", {"summary": "auto"}),
        ("gpt-9", "low", {"effort": "low", "summary": "auto"}),
        ("ft:o4-mini-2025-04-16:acme::abc", "low", {"effort": "low", "summary": "auto"}),
    ],
)
async def test_how_hard_it_thinks(service: Wire, model, reasoning, asked):
    heard = await service.hear(f"{model}/fake-plain-n2", reasoning=reasoning, tools=(ADD,))

    assert heard.error is None
    assert (await body(service))["reasoning"] == asked


@pytest.mark.parametrize(("reasoning", "is_sent"), [(None, False), ("low", False), ("off", True)])
async def test_a_model_that_thinks_takes_no_temperature(service: Wire, reasoning, is_sent):
    heard = await service.hear(MODEL + "fake-plain-n2", reasoning=reasoning, temperature=0.5)

    assert heard.error is None
    assert ("temperature" in await body(service)) is is_sent


@pytest.mark.parametrize(("limit", "sent"), [(1, 16), (200, 200), (None, None)])
async def test_the_least_length_of_an_answer(service: Wire, limit, sent):
    heard = await service.hear(MODEL + "fake-plain-n2", max_tokens=limit)

    assert heard.error is None
    assert (await body(service)).get("max_output_tokens") == sent


async def test_the_environment_says_nothing(service: Wire, monkeypatch):
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "from-the-environment")

    heard = await service.hear(MODEL + "fake-plain-n2")

    assert heard.error is None
    assert "from-the-environment" not in json.dumps(await last(service))


async def test_openai_s_models_by_their_names(service: Wire, monkeypatch):
    monkeypatch.setattr(engine.Endpoint, "is_openai", True)
    service.provider = "openai"

    for model in ("gpt-5.6-terra", "gpt-4o", "gpt-5-codex"):
        assert (await service.hear(f"{model}/fake-plain-n2", tools=(ADD,))).error is None

    paths = [request["path"].rpartition("v1/")[2] for request in await service.get("/_requests?whole=1")]
    assert paths == ["responses", "chat/completions", "responses"]


def test_ends_that_the_library_does_not_tell(service: Wire):
    response = events.Response.construct(incomplete_details=None, error=None, output=[])
    cut = events.ResponseIncompleteEvent.construct(response=response, sequence_number=1)
    failed = events.ResponseFailedEvent.construct(response=response, sequence_number=1)

    assert _plain(cut).response.incomplete_details.reason == "incomplete"
    with pytest.raises(engine.UpstreamError):
        _plain(failed)


def test_a_model_that_the_library_knows_keeps_what_it_knows(service: Wire):
    assert responses_service._profile_of("o3").get("openai_reasoning_efforts") == {"low", "medium", "high"}
    assert UNKNOWN.items() <= responses_service._profile_of("gpt-9").items()
    assert Client(service.endpoint).max_retries == 0


async def test_the_service_repeats_what_it_was_asked(service: Wire):
    """Its first and last words hold all tools on one line, which is then as long as they are."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "description": "x" * 50_000}}}
    tools = tuple(engine.Tool(f"tool{n}", "Does it.", schema) for n in range(30))

    heard = await service.hear(MODEL + "fake-plain-n4", tools=tools)

    assert (heard.error, heard.text) == (None, words(4))


async def test_a_model_that_thinks_for_long_without_a_word(service: Wire):
    """The service says every half a minute that it is still there: openai/openai-node#1964."""
    limits = engine.Limits(first_token=0.3, idle=0.6)
    stalled = [await service.hear(f"{MODEL}fake-plain-n2{flag}-stall0", limits) for flag in ("", "-slowly")]
    heard = await service.hear(MODEL + "fake-plain-n2-slowly")

    assert [one.error.phase for one in stalled] == ["first token", "idle"]
    assert (heard.error, heard.text) == (None, words(2))


WHOLE = engine.Manners(frozenset({"stream"}))


@pytest.mark.parametrize(
    "script", ["think", "think-summaries", "think-redacted", "refuses", "finish_content_filter", "tool", ""]
)
async def test_an_answer_in_one_piece_is_the_same(service: Wire, script):
    model = f"{MODEL}fake-plain-n30-{script}".removesuffix("-")
    options = {"tools": (ADD,), "max_tokens": 16 if not script else None}
    streamed, whole = await service.hear(model, **options), await service.hear(model, manners=WHOLE, **options)

    bodies = await service.get("/_requests")
    assert [body.get("stream", False) for body in bodies] == [True, False]
    assert (whole.error, whole.text, whole.reasoning) == (None, streamed.text, streamed.reasoning)
    assert [(call.name, call.args) for call in whole.calls] == [(call.name, call.args) for call in streamed.calls]
    assert whole.ends == streamed.ends
    assert [part.keys() for part in whole.parts] == [part.keys() for part in streamed.parts]
