"""What a service said is read out of every shape, is what it is by its words, and holds no key."""

import json
import re

import pytest
from aiohttp import web

from agents import engine
from agents.engine import errors, refusal_words, refusals
from agents.engine.lessons import Lessons
from bench.scripted_refusals import LENGTHS, LONG
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_reply import USER, server

SAID = "Because of this."


async def refused(status: int, body, content_type: str = "application/json") -> engine.EngineError:
    """Ask a server that answers with this body, which is JSON unless it is text; give the error."""
    text = body if isinstance(body, str) else json.dumps(body)

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type=content_type)

    async with server(answer) as endpoint:
        with pytest.raises(engine.EngineError) as caught:
            await engine.reply(engine.Ask(endpoint, "m", (USER,)), print, engine.Limits(retries=0))
    return caught.value


SHAPES = {
    "openai": {"error": {"message": SAID, "type": "invalid_request_error", "param": None, "code": None}},
    "google by openai": [{"error": {"code": 400, "message": SAID, "status": "INVALID_ARGUMENT"}}],
    "ollama": {"error": SAID},
    "vllm": {"object": "error", "message": SAID, "type": "BadRequestError", "code": 400},
    "mistral": {"object": "error", "message": {"detail": [{"msg": SAID}]}},
    "mistral, as text": {"object": "error", "message": json.dumps({"detail": [{"msg": SAID}]})},
    "fastapi": {"detail": SAID},
    "fastapi, a list": {"detail": [{"type": "x", "msg": SAID}]},
    "errors": {"errors": [{"code": 7, "message": SAID}]},
    "errors of text": {"errors": [SAID]},
    "msg": {"code": 500, "msg": SAID},
    "oauth": {"error": "invalid_request", "error_description": SAID},
    "openrouter": {
        "error": {"message": "", "code": 400, "metadata": {"raw": json.dumps({"error": {"message": SAID}})}}
    },
    "parameter": {"error": {"message": "", "param": SAID, "code": "400"}},
    "parameter, an object": {"error": {"message": SAID, "param": {"name": "a field"}}},
    "text": SAID,
    "page": f"<!doctype html>\n<html><head><title> {SAID} </title></head><body>…</body></html>",
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_the_reason_is_read_from_every_shape(shape):
    error = await refused(400, SHAPES[shape])

    assert type(error) is engine.BadRequest
    assert (error.code, error.params) == ("bad_request", {"detail": SAID})


async def test_a_server_that_fails_says_why():
    said = "model requires more system memory (5.0 GiB) than is available (3.9 GiB)"
    error = await refused(500, {"error": said})

    assert type(error) is engine.ServerFailed
    assert (error.code, error.params) == ("server_failed", {"detail": said})


async def test_a_place_in_the_body_is_told():
    error = await refused(422, {"detail": [{"loc": ["body", "messages", 0], "msg": "Field required"}]})
    assert error.detail == "messages.0: Field required"


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "null", '{"error": null}', "<html></html>", '{"a": [[[[[[[[[[1]]]]]]]]]]}']
)
async def test_a_body_that_says_nothing(body):
    assert (await refused(400, body)).params == {}


async def test_keys_and_addresses_stay_out_of_the_words():
    said = "key secret123 at https://10.0.0.1:80/v1 is bad"
    for body in ([{"error": said}], said):
        error = await refused(400, body)
        assert error.detail == "key … at … is bad"
        assert "secret123" not in error.refusal.words


GROQ = "Request too large for model `x` on tokens per minute (TPM): Limit 6000, please reduce your message size"
KINDS = [
    (403, {"error": {"code": "unsupported_country_region_territory", "message": "No."}}, engine.PlaceRefused),
    (400, [{"error": {"message": "User location is not supported for the API use."}}], engine.PlaceRefused),
    (403, {"error": {"message": "Your key is disabled."}}, engine.AuthFailed),
    (403, {"error": {"message": "Model not found", "code": 403, "type": "Forbidden"}}, engine.ModelGone),
    (404, {"error": {"message": "The model `m` has been deprecated.", "code": "model_not_found"}}, engine.ModelGone),
    (404, {"type": "error", "error": {"type": "not_found_error", "message": "model: claude-1"}}, engine.ModelGone),
    (
        400,
        {"error": {"message": "The model `m` has been decommissioned and is no longer supported."}},
        engine.ModelGone,
    ),
    (400, {"error": {"message": "acme/m is not a valid model ID", "code": 400}}, engine.ModelGone),
    (410, {"title": "Gone", "detail": "The model 'm' has reached its end of life and is gone."}, engine.ModelGone),
    (404, "404 page not found", engine.ModelGone),
    (400, {"error": {"message": "`temperature` is deprecated for this model."}}, engine.BadRequest),
    (403, {"error": {"message": "m requires moderation. Your input was flagged."}}, engine.BadRequest),
    (400, {"error": {"message": "x does not support tools"}}, engine.NoTools),
    (404, {"error": {"message": "No endpoints found that support tool use."}}, engine.NoTools),
    (400, [{"error": {"message": "API key not valid. Please pass a valid API key."}}], engine.AuthFailed),
    (408, "", engine.Overloaded),
    (424, {"title": "Failed dependency", "status": 424}, engine.Overloaded),
    (498, "", engine.Overloaded),
    (413, "<html><head><title>413 Request Entity Too Large</title></head></html>", engine.TooLarge),
    (413, {"error": {"message": GROQ, "type": "tokens", "code": "rate_limit_exceeded"}}, engine.TooLarge),
    (429, {"error": {"message": "Request too large for gpt-4o on tokens per min (TPM): Limit 30000"}}, engine.TooLarge),
    (429, {"error": {"message": "Rate limit reached on tokens per min (TPM): try in 4s"}}, engine.RateLimited),
    (400, {"message": "Too many tokens, please wait before trying again."}, engine.RateLimited),
    (429, {"message": "Too many tokens, please wait before trying again."}, engine.RateLimited),
    (400, {"error": {"message": "Your credit balance is too low to access the Anthropic API."}}, engine.QuotaExceeded),
    (403, {"error": {"message": "…", "code": "insufficient_user_quota"}}, engine.QuotaExceeded),
    (500, {"detail": "Input length 9000 exceeds the maximum of 8192"}, engine.ContextTooLong),
    (500, {"detail": "Something broke"}, engine.ServerFailed),
    (400, {"error": {"message": "max_tokens and temperature are fine, the tools are broken"}}, engine.BadRequest),
]


@pytest.mark.parametrize(("status", "body", "kind"), KINDS)
async def test_a_refusal_is_what_its_words_say(status, body, kind):
    assert type(await refused(status, body)) is kind


KEYS = [
    {"error": {"code": 403, "message": "Your API key was reported as leaked. Please use another API key."}},
    {"error": {"message": "Incorrect API key provided: sk-a…b.", "code": "invalid_api_key"}},
    {"error": {"code": 403, "message": "Method doesn't allow unregistered callers. Please use API Key."}},
    {"message": "The security token included in the request is invalid."},
    {"detail": "Invalid authentication credentials"},
    {"detail": "Header of type `authorization` was missing"},
    {"error": {"type": "authentication_error", "message": "No."}},
    {"error": {"message": "无效的令牌"}},
    {"error": "Invalid proxy server token passed: this key is expired"},
]


@pytest.mark.parametrize("body", KEYS)
async def test_a_403_about_the_key(body):
    assert type(await refused(403, body)) is engine.AuthFailed


CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"
WITHOUT_RIGHT = "Project `proj_1` does not have access to model `gpt-4o`"
NOT_THE_KEY = {
    "Just a moment...": CHALLENGE,
    "Attention Required! | Cloudflare": "<html><title>Attention Required! | Cloudflare</title></html>",
    "You don't have access to the model with the specified model ID.": None,
    "Your API key does not have permission to use the specified resource": None,
    "The caller does not have permission": None,
    "Your project has been denied access. Please contact support.": None,
    "Your organization must be verified to use this model.": None,
    "Please accept the terms of this model first.": None,
    "Requests from referer <empty> are blocked.": None,
    "Consumer 'projects/1' has been suspended.": None,
    "scripted failure 403": None,
}


@pytest.mark.parametrize("said", NOT_THE_KEY)
async def test_a_403_about_anything_else_is_told_in_its_words(said):
    error = await refused(403, NOT_THE_KEY[said] or {"error": {"message": said, "type": "permission_error"}})

    assert type(error) is engine.NotAllowed
    assert (error.code, error.params) == ("not_allowed", {"detail": said})


async def test_a_403_of_a_model_without_the_right_is_told_in_its_words():
    error = await refused(403, {"error": {"message": WITHOUT_RIGHT, "code": "model_not_found"}})
    assert (isinstance(error, engine.BadRequest), error.detail) == (True, WITHOUT_RIGHT)


async def test_a_403_without_a_word():
    assert (await refused(403, "")).params == {}


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    "said",
    ["Key limit exceeded (monthly limit).", "Your team 1 has either used all available credits or reached its limit."],
)
async def test_a_limit_of_money_is_none_of_rate_or_key(status, said):
    assert type(await refused(status, {"error": {"message": said, "code": status}})) is engine.QuotaExceeded


@pytest.mark.parametrize("name", LENGTHS)
async def test_too_long_in_the_words_of_each_service(wire: Wire, name):
    heard = await wire.hear(f"fake-plain-n3-no:{name}", turns=(engine.Turn.of("user", "x" * (LONG + 1)),))

    assert isinstance(heard.error, engine.ContextTooLong)
    assert heard.learned == []
    assert (await wire.get("/_stats"))["requests"] == 1


async def test_what_may_pass_is_tried_again(wire: Wire, naps):
    for status in (408, 424):
        assert (await wire.hear(f"fake-plain-n3-e{status}x1")).error is None
    assert len(naps) == 2


def test_every_row_of_the_table_has_a_public_source():
    form = re.compile(r"[\w.-]+/[\w.-]+#\d+ 20\d\d-(0[1-9]|1[0-2])")
    assert len(refusal_words.SOURCES) > 50
    assert [source for source in refusal_words.SOURCES if not form.fullmatch(source)] == []


@pytest.mark.parametrize(
    "said",
    [
        "This model is invalid: no messages were found in the stream",
        "Invalid schema for function 'calculate': tools[0] is invalid",
        "Upstream error from the provider, please retry",
    ],
)
def test_words_that_name_no_field_teach_nothing(said):
    error = engine.BadRequest(said)
    error.refusal = refusals.read(400, {"error": {"message": said}}, ["model", "messages", "stream", "tools"])
    endpoint = engine.Endpoint("openai", "https://api.example.com/v1")
    tool = engine.Tool("calculate", "", {})

    assert refusals.lesson(error, engine.Ask(endpoint, "m", (USER,), tools=(tool,))) is None


RANGES = (
    {"error": {"message": "temperature: range: 0..1"}},
    {"error": {"message": "Invalid 'temperature': decimal above maximum value.", "param": "temperature"}},
    {"message": "Invalid params: temperature must be in range (0, +inf)"},
)


@pytest.mark.parametrize("body", RANGES)
def test_a_value_out_of_range_teaches_nothing_of_other_values(body):
    told = []
    endpoint = engine.Endpoint("openai", "https://api.example.com/v1")
    lessons = Lessons(engine.Ask(endpoint, "m", (USER,), temperature=1.8), told.append, most=3)
    error = engine.BadRequest()
    error.refusal = refusals.read(400, body)

    assert lessons.learn(error)
    lessons.hand(engine.Text("Hello"))

    assert lessons.ask.temperature is None
    assert (told[0].what, told[0].manners) == ("temperature", engine.Manners())


def test_no_word_of_a_refusal_keeps_a_reply_from_being_stored():
    """PostgreSQL takes neither NUL nor half a character; the run could not be ended then."""
    said = refusals.read(400, b'{"error": {"message": "No\\u0000 such\\u0007\\nmodel"}}').words

    assert errors.BadRequest(said + "\ud83d.").detail == "No such model ."
