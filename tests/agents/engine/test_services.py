"""Every service asked for the same, each in its own words and with its own strictness."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from agents import engine
from bench.scripted_anthropic import HIDDEN
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_faults import words

ALL = ("openai", "responses", "groq", "ollama", "anthropic", "google")
#: Names before the script's let the library know what such a model can do.
NAMED = {"anthropic": "claude-sonnet-4-5/", "google": "gemini-2.5-flash/", "responses": "gpt-5.6-terra/"}
LIBRARY = ("responses", "anthropic", "google")
OBJECT = {"type": "object", "additionalProperties": False}
ADD = engine.Tool("add", "Add.", OBJECT | {"properties": {"a": {"type": "integer"}}, "required": ["a"]})
LOOK = engine.Tool("look_up", "Look up.", OBJECT | {"properties": {"word": {"type": "string"}}, "required": ["word"]})
PNG = b"\x89PNG\r\n\x1a\n picture"
PDF = b"%PDF-1.7 paper"
USER = engine.Turn.of("user", "Count.")
SYSTEM = engine.Turn.of("system", "Be brief.")

every = pytest.mark.parametrize("service", ALL, indirect=True)
library = pytest.mark.parametrize("service", LIBRARY, indirect=True)


def name(service: Wire, script: str) -> str:
    return NAMED.get(service.provider, "") + script


def results(*calls: engine.ToolCall) -> tuple[dict, ...]:
    return tuple({"type": "tool-result", "toolCallId": call.id, "result": {"sum": 2}} for call in calls)


async def last(service: Wire) -> dict:
    return (await service.get("/_requests?whole=1"))[-1]


# ---- What comes ---------------------------------------------------------------------------------------------
@every
async def test_text_and_its_end(service: Wire):
    heard = await service.hear(name(service, "fake-plain-n6"), turns=(SYSTEM, USER))

    assert heard.error is None
    assert heard.text == words(6)
    assert (heard.usage.output_tokens, heard.ends[-1]) == (6, engine.Finish("stop"))
    assert heard.usage.input_tokens > 1


@every
async def test_reasoning_comes_before_the_answer(service: Wire):
    heard = await service.hear(name(service, "fake-plain-n8-think"), reasoning="low")

    assert (heard.reasoning, heard.text) == (words(4), words(8, first=4))
    assert heard.usage.reasoning_tokens == (0 if service.provider == "ollama" else 4)


@every
async def test_characters_cut_in_the_middle(service: Wire):
    heard = await service.hear(name(service, "fake-plain-utf8-n5"))

    assert heard.text == "".join(f"é漢😀w{i} " for i in range(5))


@every
async def test_the_limit_of_tokens_is_a_reason(service: Wire):
    heard = await service.hear(name(service, "fake-plain-n30"), max_tokens=16)

    assert heard.text == words(16)
    assert heard.ends[-1] == engine.Finish("length")


@every
async def test_deltas_are_handed_over_on_arrival(service: Wire):
    has_three = asyncio.Event()
    text = []

    def sink(event: engine.Event) -> None:
        if isinstance(event, engine.Text):
            text.append(event.text)
        if "".join(text) == words(3):
            has_three.set()

    model = name(service, "fake-plain-n6-hold3")
    task = asyncio.create_task(engine.reply(service.ask(model), sink))
    async with asyncio.timeout(30):
        await has_three.wait()  # while the server still holds the rest back
    await service.post("/_release", {"model": model})
    await task

    assert "".join(text) == words(6)


@every
async def test_what_the_key_may_still_use(service: Wire):
    heard = await service.hear(name(service, "fake-plain-n2"))

    silent = service.provider in ("google", "ollama")  # which do not tell
    assert heard.allowances == ([] if silent else [engine.Allowance(999, 1000, 89_000, 90_000)])


# ---- Tools --------------------------------------------------------------------------------------------------
@every
async def test_a_followed_call_is_told_while_it_is_written(service: Wire):
    """Pieces of it come before the whole; Google sends a call in one piece, and nothing before."""
    followed = replace(LOOK, is_followed=True)
    heard = await service.hear(name(service, "fake-plain-n4-tool-calls3"), tools=(ADD, followed))
    told = [event for event in heard.events if isinstance(event, engine.Writing)]
    assert {(event.number, event.name) for event in told} == {(1, "look_up")}
    assert [event.is_first for event in told] == [True] + [False] * (len(told) - 1)
    if service.provider != "google":
        assert json.loads("".join(event.text for event in told)) == {"word": "sample word"}


@every
async def test_calls_at_once_and_their_results(service: Wire):
    model = name(service, "fake-plain-n4-tool-calls3")
    called = await service.hear(model, tools=(ADD, LOOK))
    said = engine.Turn("assistant", (*called.parts, *results(*called.calls)))

    answered = await service.hear(model, tools=(ADD, LOOK), turns=(USER, said))

    expected = [("add", {"a": 2}), ("look_up", {"word": "sample word"}), ("add", {"a": 2})]
    assert [(call.name, call.args) for call in called.calls] == expected
    assert len({call.id for call in called.calls}) == 3
    assert called.ends[-1] == engine.Finish("tool_calls")
    assert (answered.error, answered.text, answered.calls) == (None, words(4), [])


@every
async def test_thoughts_before_calls_go_back_signed(service: Wire):
    model = name(service, "fake-plain-n8-think-tool")
    called = await service.hear(model, tools=(ADD,), reasoning="low")
    said = engine.Turn("assistant", (*called.parts, *results(*called.calls)))

    answered = await service.hear(model, tools=(ADD,), reasoning="low", turns=(USER, said))

    assert called.reasoning == words(4)
    assert (answered.error, answered.text) == (None, words(8, first=4))


@pytest.mark.parametrize("service", ["anthropic"], indirect=True)
async def test_hidden_thoughts_go_back_too(service: Wire):
    model = name(service, "fake-plain-n8-think-redacted-tool")
    called = await service.hear(model, tools=(ADD,), reasoning="low")
    said = engine.Turn("assistant", (*called.parts, *results(*called.calls)))

    answered = await service.hear(model, tools=(ADD,), reasoning="low", turns=(USER, said))

    hidden = {"type": "reasoning", "text": "", "providerMetadata": {"anthropic": {"redactedData": HIDDEN}}}
    assert called.parts[0] == hidden
    assert answered.error is None


@pytest.mark.parametrize("service", ["google"], indirect=True)
async def test_a_signed_text_goes_back_signed(service: Wire):
    heard = await service.hear(name(service, "fake-plain-n8-think"))
    again = await service.hear(
        name(service, "fake-plain-n2"), turns=(USER, engine.Turn("assistant", heard.parts), USER)
    )

    signed = [part for part in heard.parts if "providerMetadata" in part]
    sent = (await last(service))["body"]["contents"][1]["parts"]
    assert [part["type"] for part in signed] == ["text"]
    signatures = [part.get("thoughtSignature") for part in sent]
    assert signatures == [signed[0]["providerMetadata"]["google"]["thoughtSignature"]]
    assert again.error is None


@pytest.mark.parametrize("service", ["openai", "responses", "anthropic"], indirect=True)
async def test_arguments_that_are_no_json(service: Wire):
    heard = await service.hear(name(service, "fake-plain-tool-badargs"), tools=(ADD,))

    (call,) = heard.calls
    assert (heard.error, call.name, call.args) == (None, "add", {})
    assert call.problem


@every
async def test_a_call_that_was_never_answered(service: Wire):
    """A run that was stopped leaves one; every service refuses a call without a result."""
    call = {"type": "tool-call", "toolCallId": "c1", "toolName": "add", "args": {"a": 1}}
    lost = {"type": "tool-result", "toolCallId": "c0", "result": "of no call"}
    said = engine.Turn("assistant", ({"type": "text", "text": "Well."}, call, lost))

    heard = await service.hear(name(service, "fake-plain-n2"), tools=(ADD,), turns=(USER, said, USER))

    assert heard.error is None
    assert "interrupted" in json.dumps((await last(service))["body"])


@every
async def test_steps_in_one_turn_go_back_in_their_order(service: Wire):
    parts = []
    for n in range(2):
        call = {"type": "tool-call", "toolCallId": f"c{n}", "toolName": "add", "args": {"a": n}}
        result = {"type": "tool-result", "toolCallId": f"c{n}", "result": f"result {n}", "isError": bool(n)}
        parts += [{"type": "text", "text": f"step {n}"}, call, result]
    said = engine.Turn("assistant", (*parts, {"type": "text", "text": "all done"}))

    heard = await service.hear(name(service, "fake-plain-n2"), tools=(ADD,), turns=(USER, said, USER))

    sent = json.dumps((await last(service))["body"])
    places = [sent.index(words) for words in ("step 0", "result 0", "step 1", "result 1", "all done")]
    assert (heard.error, places) == (None, sorted(places))


@every
@pytest.mark.parametrize("choice", ["auto", "none", "required"])
async def test_whether_tools_are_called(service: Wire, choice):
    heard = await service.hear(name(service, "fake-plain-n2"), tools=(ADD,), tool_choice=choice)

    assert heard.error is None
    body = (await last(service))["body"]
    told = body.get("tool_choice", "auto")
    if service.provider == "anthropic":
        kind = body.get("tool_choice", {}).get("type", "auto")
        told = {"any": "required"}.get(kind, kind)
    if service.provider == "google":
        mode = body.get("toolConfig", {}).get("functionCallingConfig", {}).get("mode", "AUTO")
        told = {"ANY": "required", "VALIDATED": "auto"}.get(mode, mode.lower())
    assert told == choice


# ---- What is sent -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("service", ["openai", *LIBRARY], indirect=True)
async def test_pictures_and_papers(service: Wire):
    turn = engine.Turn(
        "user",
        (
            {"type": "text", "text": "What is this?"},
            {"type": "image", "image": PNG, "mimeType": "image/png"},
            {"type": "file", "data": PDF, "mimeType": "application/pdf", "name": "paper.pdf"},
            {"type": "file", "data": b"a,b\n1,2", "mimeType": "text/csv", "name": "table.csv"},
        ),
    )

    heard = await service.hear(name(service, "fake-plain-n2"), turns=(turn,))

    assert (heard.error, heard.text) == (None, words(2))
    assert "a,b" in json.dumps((await last(service))["body"])


@every
async def test_a_file_that_no_model_reads(service: Wire):
    part = {"type": "file", "data": b"PK", "mimeType": "application/zip", "name": "a.zip"}

    heard = await service.hear(name(service, "fake-plain-n2"), turns=(engine.Turn("user", (part,)),))

    assert type(heard.error) is engine.UnsupportedPart
    assert (await service.get("/_stats"))["requests"] == 0


@every
async def test_an_answer_by_a_schema(service: Wire):
    schema = OBJECT | {"properties": {"title": {"type": "string"}}, "required": ["title"]}

    text = await engine.complete(service.ask(name(service, "fake"), output=schema))

    assert json.loads(text) == {"title": "sample title"}


async def test_a_fence_around_json_is_taken_off(wire: Wire):
    await wire.post("/_script", {"model": "told", "text": '```json\n{"a": 1}\n```'})

    assert await engine.complete(wire.ask("told", output=OBJECT)) == '{"a": 1}'
    assert (await engine.complete(wire.ask("told"))).startswith("```")


@pytest.mark.parametrize("service", ["anthropic"], indirect=True)
async def test_a_schema_is_told_in_words_where_it_cannot_be_enforced(service: Wire):
    schema = OBJECT | {"properties": {"headline": {"type": "string"}}, "required": ["headline"]}

    heard = await service.hear("claude-3-haiku-20240307/fake-plain-n2", output=schema, turns=(SYSTEM, USER))

    assert heard.error is None
    assert "headline" in json.dumps((await last(service))["body"]["system"])


@pytest.mark.parametrize("service", ["anthropic"], indirect=True)
@pytest.mark.parametrize(("limit", "budget"), [(60_000, 2048), (2048, 1024), (1000, None)])
async def test_thoughts_leave_room_for_the_answer(service: Wire, limit, budget):
    options = {"reasoning": "low", "temperature": 0.2, "max_tokens": limit}

    heard = await service.hear(name(service, "fake-plain-n2"), **options)

    body = (await last(service))["body"]
    assert heard.error is None
    assert body.get("thinking", {}).get("budget_tokens") == budget


@every
async def test_foreign_signatures_stay_here(service: Wire):
    """A conversation may go on with another provider's model."""
    foreign = {"elsewhere": {"signature": "secret-of-another"}}
    said = engine.Turn(
        "assistant",
        (
            {"type": "reasoning", "text": "A thought.", "providerMetadata": foreign},
            {"type": "source", "title": "A page", "url": "https://example.com"},
            {"type": "text", "text": "Hello.", "providerMetadata": foreign},
        ),
    )

    heard = await service.hear(name(service, "fake-plain-n2"), turns=(SYSTEM, USER, said, USER))

    sent = json.dumps((await last(service))["body"])
    assert heard.error is None
    assert "Hello." in sent
    assert not [words for words in ("secret-of-another", "A thought.", "A page") if words in sent]


@every
async def test_the_key_arrives_in_the_service_s_own_way(service: Wire):
    await service.hear(name(service, "fake-plain-n1"))

    headers = {key.lower(): value for key, value in (await last(service))["headers"].items()}
    key = headers["x-goog-api-key" if service.provider == "google" else "authorization"]
    assert key.removeprefix("Bearer ") == "secret-key"
    assert headers["user-agent"] == "Sambung"
    assert ("anthropic-version" in headers) is (service.provider == "anthropic")


@pytest.mark.parametrize("service", ["anthropic"], indirect=True)
async def test_the_conversation_is_kept_in_the_cache_and_counted(service: Wire):
    model = name(service, "fake-plain-n2")
    first = await service.hear(model, turns=(SYSTEM, USER))
    second = await service.hear(model, turns=(SYSTEM, USER))

    written, read = first.usage, second.usage
    assert (written.cache_write_tokens, written.cached_tokens) == (4, 0)
    assert (read.cache_write_tokens, read.cached_tokens) == (0, 4)
    assert written.input_tokens == read.input_tokens == 6
    cost = [engine.cost(service.url, "claude-sonnet-4-5", usage, "anthropic") for usage in (written, read)]
    assert cost[0] > cost[1] > Decimal(0)


@pytest.mark.parametrize("service", ["openai", "responses", "google"], indirect=True)
async def test_what_the_cache_held_is_counted(service: Wire):
    heard = await service.hear(
        name(service, "fake-plain-n2"), turns=(SYSTEM, USER, engine.Turn.of("assistant", "1"), USER)
    )

    assert 0 < heard.usage.cached_tokens < heard.usage.input_tokens


@every
async def test_a_tool_whose_name_begins_with_a_digit(service: Wire):
    """Offered as it goes to models, and called earlier under a name that it has elsewhere."""
    tool = replace(ADD, name=engine.tool_name("365-mail_go"))
    call = {"type": "tool-call", "toolCallId": "call00001", "toolName": "365-mail_go", "args": {}}
    said = engine.Turn("assistant", (call, {"type": "tool-result", "toolCallId": "call00001", "result": "Sent."}))
    heard = await service.hear(name(service, "fake-plain-n3"), turns=(USER, said), tools=(tool,), max_tokens=100)

    assert heard.error is None
    assert '"365-mail_go"' not in json.dumps((await last(service))["body"])
