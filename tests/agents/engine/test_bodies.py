"""Answers in one piece where a stream was asked for, whatever their head calls them, from the other services."""

import asyncio
import json

import pytest

from agents import engine
from agents.engine.bodies import events_of
from agents.engine.values import Finish, Reasoning, Text
from tests.agents.engine.conftest import Heard

QUESTION = (engine.Turn.of("user", "Hello"),)
GEMINI = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Well."}]}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 1},
}
CLAUDE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
        {"type": "text", "text": "Well."},
        {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {"a": 1}},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 3, "output_tokens": 1},
}
MODELS = {"google": "gemini-2.5-flash", "anthropic": "claude-x", "openai": "m", "responses": "gpt-5"}


def events(*told: tuple[str, dict]) -> bytes:
    """A stream of Anthropic's: events by their names and fields."""
    return b"".join(f"event: {kind}\ndata: {json.dumps({'type': kind} | fields)}\n\n".encode() for kind, fields in told)


async def answered(protocol: str, body: bytes, kind: str) -> Heard:
    """Ask a server that answers 200 with this body, whatever it was asked."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    heard = Heard()
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        endpoint = engine.Endpoint(protocol, f"http://{host}:{port}", "secret-key", trusted=True)
        ask = engine.Ask(endpoint, MODELS[protocol], QUESTION, max_tokens=100)
        try:
            await engine.reply(ask, heard.take, engine.Limits(retries=0))
        except engine.EngineError as error:
            heard.error = error
    await engine.close()
    return heard


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json", "application/problem+json", "text/html"])
@pytest.mark.parametrize("body", [GEMINI, [GEMINI], CLAUDE], ids=["google", "google-list", "anthropic"])
async def test_a_whole_answer(body, kind):
    protocol = "anthropic" if body is CLAUDE else "google"

    heard = await answered(protocol, json.dumps(body, indent=1).encode(), kind)

    assert heard.error is None
    assert heard.text == "Well."
    assert (heard.usage.input_tokens, heard.usage.output_tokens) == (3, 1)
    if protocol == "anthropic":
        assert [event for event in heard.events if isinstance(event, Reasoning)] == [Reasoning("Hm.")]
        assert [(call.id, call.name, call.args) for call in heard.calls] == [("toolu_1", "add", {"a": 1})]
        assert heard.parts[0]["providerMetadata"] == {"anthropic": {"signature": "c2ln"}}
        assert heard.ends[-1] == Finish("tool_calls")


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
async def test_a_whole_answer_by_responses(kind):
    """Gateways give it so, though a stream was asked for."""
    said = {"type": "output_text", "text": "Well.", "annotations": []}
    output = [
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [said]},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "add", "arguments": '{"a": 1}'},
    ]
    body = {"id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5", "status": "completed"}
    body |= {"output": output, "usage": {"input_tokens": 3, "output_tokens": 1, "total_tokens": 4}, "error": None}

    heard = await answered("responses", json.dumps(body, indent=1).encode(), kind)

    assert (heard.error, heard.reasoning, heard.text) == (None, "Hm.", "Well.")
    assert [(call.id, call.name, call.args) for call in heard.calls] == [("call_1", "add", {"a": 1})]
    assert (heard.usage.input_tokens, heard.ends[-1]) == (3, Finish("tool_calls"))


@pytest.mark.parametrize(
    ("protocol", "body"),
    [
        ("google", {"error": {"code": 400, "message": "Its words.", "status": "INVALID_ARGUMENT"}}),
        ("google", [{"error": {"code": 400, "message": "Its words.", "status": "INVALID_ARGUMENT"}}]),
        ("anthropic", {"type": "error", "error": {"type": "api_error", "message": "Its words."}}),
        ("anthropic", {"error": {"message": "Its words."}}),
        ("anthropic", {"error": "Its words."}),
        ("openai", {"error": {"message": "Its words."}}),
        ("openai", {"object": "error", "message": "Its words.", "code": 400}),
    ],
)
@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
async def test_the_servers_words_for_an_error(protocol, body, kind):
    heard = await answered(protocol, json.dumps(body).encode(), kind)

    assert heard.error.detail == "Its words."
    assert heard.events == []


#: Errors in shapes that are not the service's own: of gateways, relays and frameworks.
FOREIGN = [
    {"error": {"message": "Its words."}},
    {"error": {"message": "Its words.", "code": "400"}},
    {"error": "Its words."},
    [{"error": {"message": "Its words."}}],
    {"detail": "Its words."},
    {"detail": [{"loc": ["body"], "msg": "Its words."}]},
    {"message": "Its words."},
    {"object": "error", "message": "Its words.", "code": 400},
    {"base_resp": {"status_code": 1000, "status_msg": "Its words."}},
]


@pytest.mark.parametrize("protocol", MODELS)
@pytest.mark.parametrize("body", FOREIGN)
@pytest.mark.parametrize("form", ["%s", "data: %s\n\n", "event: error\ndata: %s\n\n"], ids=["whole", "data", "event"])
async def test_the_servers_words_for_an_error_in_any_shape(protocol, body, form):
    heard = await answered(protocol, (form % json.dumps(body)).encode(), "text/event-stream")

    assert heard.error.detail == "Its words."
    assert heard.events == []


@pytest.mark.parametrize("protocol", MODELS)
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("prompt is too long: 210000 tokens > 200000 maximum", engine.ContextTooLong),
        ("Your credit balance is too low to access the Anthropic API.", engine.QuotaExceeded),
        ("Incorrect API key provided: sk-a…b.", engine.AuthFailed),
        ("The tools are broken.", engine.UpstreamError),
    ],
)
async def test_an_error_within_200_is_what_its_words_say(protocol, said, kind):
    heard = await answered(protocol, json.dumps({"detail": said}).encode(), "application/json")

    assert type(heard.error) is kind


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        (1004, "login fail: Please carry the API secret key in the 'Authorization' field", engine.AuthFailed),
        (1008, "insufficient balance", engine.QuotaExceeded),
        (1000, "unknown error, 520", engine.UpstreamError),
    ],
)
async def test_minimax_says_within_200_what_is_wrong(code, said, kind):
    chunk = {"id": "1", "choices": None, "base_resp": {"status_code": code, "status_msg": said}}

    heard = await answered("openai", f"data: {json.dumps(chunk)}\n\n".encode(), "text/event-stream")

    assert type(heard.error) is kind


@pytest.mark.parametrize("protocol", MODELS)
@pytest.mark.parametrize("body", [b"", b"\n", b": ping\n\n: ping\n\n"])
async def test_an_answer_of_nothing(protocol, body):
    """The service was reached, so nobody is to check its address."""
    heard = await answered(protocol, body, "text/event-stream")

    assert type(heard.error) is engine.NothingCame
    assert heard.error.code in ("empty_reply", "nothing_came")


@pytest.mark.parametrize(
    ("protocol", "body"),
    [
        ("google", {"candidates": []}),
        ("google", {"usageMetadata": {"promptTokenCount": 3}}),
        ("openai", {"choices": []}),
        ("openai", {"choices": None, "base_resp": {"status_code": 0, "status_msg": ""}}),
        ("anthropic", CLAUDE | {"content": [], "stop_reason": "end_turn"}),
    ],
)
@pytest.mark.parametrize("form", ["%s", "data: %s\n\n"])
async def test_an_answer_without_a_word(protocol, body, form):
    heard = await answered(protocol, (form % json.dumps(body)).encode(), "text/event-stream")

    assert isinstance(heard.error, engine.EmptyReply)
    assert heard.error.code in ("empty_reply", "nothing_came")


@pytest.mark.parametrize("protocol", ["anthropic", "google"])
async def test_a_signature_beyond_every_reasonable_length(protocol):
    """It is kept with the reply, and counts as its words do."""
    sign = "c2ln" * 300_000
    thought = {"text": "Hm.", "thought": True, "thoughtSignature": sign}
    bodies = {
        "anthropic": CLAUDE | {"content": [CLAUDE["content"][0] | {"signature": sign}, *CLAUDE["content"][1:]]},
        "google": {"candidates": [{"content": {"role": "model", "parts": [thought, {"text": "Well."}]}}]},
    }

    heard = await answered(protocol, json.dumps(bodies[protocol]).encode(), "application/json")

    assert type(heard.error) is engine.TooLong


@pytest.mark.parametrize("protocol", ["anthropic", "google"])
@pytest.mark.parametrize("args", [{}, {"a": "x" * 600_000}], ids=["many", "large"])
async def test_calls_beyond_every_reasonable_length(protocol, args):
    many = 2 if args else 1_500
    calls = [CLAUDE["content"][2] | {"id": f"toolu_{n}", "input": args} for n in range(many)]
    parts = [{"functionCall": {"name": "add", "args": args}}] * many
    bodies = {
        "anthropic": CLAUDE | {"content": calls},
        "google": {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]},
    }

    heard = await answered(protocol, json.dumps(bodies[protocol]).encode(), "application/json")

    assert type(heard.error) is engine.TooLong


@pytest.mark.parametrize("protocol", MODELS)
@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b'{"status": "ok"}', b"{half", b"[7]"])
async def test_what_is_no_answer(protocol, body):
    heard = await answered(protocol, body, "text/event-stream")

    assert type(heard.error) is engine.Garbled
    assert heard.events == []


async def test_a_stream_that_calls_itself_something_else():
    stream = b'data: {"choices": [{"delta": {"content": "Well."}}]}\n\ndata: [DONE]\n\n'
    for kind in ("application/json", "text/html", "application/octet-stream"):
        assert Text("Well.") in (await answered("openai", stream, kind)).events


@pytest.mark.parametrize("body", [b"{}", b"7", b'[{"candidates": []}, null]', b'{"content": [{}]}', b""])
@pytest.mark.parametrize("protocol", ["anthropic", "google", "openai", "responses"])
def test_other_json_is_refused(protocol, body):
    with pytest.raises(engine.Garbled):
        events_of(protocol, body)


@pytest.mark.parametrize(
    "form", [": ping\n\ndata: %s\n\n", "event: message\nid: 1\ndata:%s\n\n", "data: %s\r\n\r\n: end", "data: %s"]
)
async def test_comments_and_names_of_events_in_a_stream_of_googles(form):
    """Its SDK takes them for JSON, and the answer could not be read."""
    heard = await answered("google", (form % json.dumps(GEMINI)).encode(), "text/event-stream")

    assert (heard.error, heard.text) == (None, "Well.")


def test_an_endpoint_of_openai_is_read_as_responses():
    """That is how its SDK is asked, which alone needs events."""
    assert b"response.completed" in events_of("openai", b'{"output": [], "status": "completed"}')
