"""What each kind of service offers, and whether a key and an address prove good."""

from dataclasses import replace
from decimal import Decimal

import pytest
from aiohttp import web

from agents import engine
from agents.engine import catalogue
from bench.scripted_model import READY
from tests.agents.engine.conftest import Wire
from tests.agents.engine.test_reply import server


async def test_list(wire: Wire):
    models = await engine.list_models(wire.endpoint)

    assert [model.id for model in models] == list(READY)
    assert [model.id for model in models if model.can_continue] == ["fake-r50-n100-continues"]


async def test_nobody_listens(unused_tcp_port: int):
    with pytest.raises(engine.ConnectFailed):
        await engine.list_models(engine.Endpoint("openai", f"http://127.0.0.1:{unused_tcp_port}/v1", "", True))
    await engine.close()


async def test_an_address_inside_needs_the_operators_word(wire: Wire):
    with pytest.raises(engine.AddressRefused):
        await engine.list_models(engine.Endpoint("openai", f"{wire.url}/v1"))


async def test_no_list_there(wire: Wire):
    with pytest.raises(engine.EngineError) as caught:
        await engine.list_models(engine.Endpoint("openai", f"{wire.url}/elsewhere", "", True))
    assert type(caught.value) is engine.NotFound


async def test_a_refusal_that_quotes_the_key():
    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "No account knows Plum-Jam-77."}}, status=400)

    async with server(refuse, "GET", "/v1/models") as endpoint:
        with pytest.raises(engine.BadRequest) as caught:
            await engine.list_models(replace(endpoint, api_key="Plum-Jam-77"))
    assert caught.value.detail == "No account knows …."


async def listed(wire: Wire, provider: str) -> dict[str, engine.ModelInfo]:
    return {model.id: model for model in await engine.list_models(wire.endpoint_of(provider))}


async def test_anthropic_page_by_page(wire: Wire):
    models = await listed(wire, "anthropic")

    assert list(models) == ["claude-sonnet-4-5", "claude-haiku-4-5", *READY]
    assert models["claude-sonnet-4-5"] == engine.ModelInfo(
        "claude-sonnet-4-5",
        context_window=200_000,
        label="Claude Sonnet 4.5",
        vision=True,
        tools=True,
        reasoning=True,
        max_output=64_000,
        input_price=Decimal(3),
        output_price=Decimal(15),
    )


async def test_google_lists_what_writes(wire: Wire):
    models = await listed(wire, "google")

    assert list(models) == ["gemini-2.5-flash", "gemini-2.0-flash", *READY]
    flash = models["gemini-2.5-flash"]
    assert (flash.label, flash.context_window, flash.max_output) == ("Gemini 2.5 Flash", 1_048_576, 65_536)
    assert (flash.vision, flash.tools, flash.reasoning) == (True, True, True)
    assert models["gemini-2.0-flash"].reasoning is False
    assert flash.input_price == Decimal("0.3")


async def test_groq_lists_what_is_on_and_chats(wire: Wire):
    models = await listed(wire, "groq")

    assert list(models) == ["llama-3.3-70b-versatile", "openai/gpt-oss-20b", *READY]
    llama = models["llama-3.3-70b-versatile"]
    assert (llama.context_window, llama.max_output) == (131_072, 32_768)
    assert (llama.vision, llama.tools, llama.reasoning) == (False, True, False)
    assert models["openai/gpt-oss-20b"].reasoning is True
    assert llama.input_price > 0


async def test_ollama_tells_each_model_s_abilities_and_costs_nothing(wire: Wire):
    models = await listed(wire, "ollama")

    assert list(models) == ["llama3.2:3b", "llava:7b", "qwen3:8b", *READY]
    found = {name: (model.vision, model.tools, model.reasoning) for name, model in models.items()}
    assert found["llama3.2:3b"] == (False, True, False)
    assert found["llava:7b"] == (True, False, False)
    assert found["qwen3:8b"] == (False, True, True)
    windows = {name: (model.context_window, model.is_window_guessed) for name, model in models.items()}
    assert windows["llama3.2:3b"] == (4096, True)
    assert windows["llava:7b"] == (16_384, False)
    assert windows["qwen3:8b"] == (32_768, False)
    assert {(model.input_price, model.output_price) for model in models.values()} == {(0, 0)}


async def test_openai_lists_models_that_chat(wire: Wire, monkeypatch):
    monkeypatch.setattr(engine.Endpoint, "is_openai", True)

    models = await listed(wire, "openai")

    assert list(models) == ["gpt-4o-mini", "gpt-5", *READY]
    assert models["gpt-4o-mini"].context_window == 128_000
    assert models["gpt-5"].reasoning is True


@pytest.mark.parametrize("provider", ["openai", "groq", "anthropic", "google"])
async def test_a_key_proves_good_or_bad(wire: Wire, provider):
    await engine.check(wire.endpoint_of(provider))

    for key in ("bad-key", ""):
        with pytest.raises(engine.AuthFailed):
            await engine.check(wire.endpoint_of(provider, key))


async def test_ollama_needs_no_key(wire: Wire):
    await engine.check(wire.endpoint_of("ollama", ""))


async def test_a_server_without_a_list_proves_good_by_its_chats(wire: Wire):
    with pytest.raises(engine.NoList):
        await engine.check(engine.Endpoint("openai", f"{wire.url}/unlisted/v1", "", True))
    with pytest.raises(engine.AuthFailed):
        await engine.check(engine.Endpoint("openai", f"{wire.url}/unlisted/v1", "bad-key", True))
    with pytest.raises(engine.NotFound):
        await engine.check(engine.Endpoint("openai", f"{wire.url}/lists/none/v1", "", True))


async def test_a_public_list_proves_no_key(monkeypatch):
    seen = []

    async def key(request: web.Request) -> web.Response:
        seen.append(request.path)
        is_good = request.headers["Authorization"] == "Bearer good"
        return web.json_response({"data": {}}, status=200 if is_good else 401)

    monkeypatch.setattr(catalogue, "PUBLIC_LISTS", {"127.0.0.1": "/key"})
    async with server(key, "GET", "/v1/key") as endpoint:
        await engine.check(engine.Endpoint("openai", endpoint.base_url, "good", True))
        with pytest.raises(engine.AuthFailed):
            await engine.check(endpoint)

    assert seen == ["/v1/key"] * 2


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/", "/api"])
async def test_ollama_is_listed_and_asked_by_every_form_of_its_address(wire: Wire, end):
    endpoint = engine.Endpoint("openai", f"{wire.url}/ollama{end}", "", trusted=True, provider="ollama")

    await engine.check(endpoint)
    assert "qwen3:8b" in {model.id for model in await engine.list_models(endpoint)}
    assert await engine.complete(engine.Ask(endpoint, "fake-plain-n2", (engine.Turn.of("user", "Hi"),))) == "w0 w1 "


@pytest.mark.parametrize(
    ("provider", "given", "asked"),
    [
        ("openai", "https://api.openai.com", "https://api.openai.com/v1"),
        ("groq", "https://api.groq.com", "https://api.groq.com/openai/v1"),
        ("openai", "https://relay.example", "https://relay.example"),
        ("openai_compatible", "https://api.example/v1", "https://api.example/v1"),
    ],
)
def test_a_bare_host_of_a_known_service_is_completed(provider, given, asked):
    assert engine.Endpoint("openai", given, provider=provider).api == asked


@pytest.mark.parametrize(
    ("protocol", "asked"),
    [
        ("openai", "/chat/completions"),
        ("anthropic", "/v1/messages"),
        ("google", "/v1beta/models/none:streamGenerateContent"),
    ],
)
@pytest.mark.parametrize(
    ("status", "text", "works"),
    [
        (404, "404 page not found", False),
        (405, "", False),
        (404, '{"error": {"message": "The model \'\' does not exist"}}', True),
        (400, '{"error": "messages is required"}', True),
        (500, "", True),
    ],
)
async def test_a_key_is_tested_where_chats_are_asked(protocol, asked, status, text, works):
    async def listing(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"data": [], "models": []})
        assert request.path == asked
        return web.Response(status=status, text=text)

    async with server(listing, "*", "/{path:.*}") as endpoint:
        endpoint = replace(endpoint, protocol=protocol, base_url=endpoint.base_url.removesuffix("/v1"))
        if works:
            await engine.check(endpoint)
        else:
            with pytest.raises(engine.NotFound):
                await engine.check(endpoint)
