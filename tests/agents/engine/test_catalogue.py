"""What an endpoint offers, in the words of several servers."""

import pytest

from agents import engine
from agents.engine.catalogue import OTHER_THAN_CHAT, info
from agents.engine.prices import context_window
from bench.scripted_model import READY
from tests.agents.engine.conftest import Wire


@pytest.mark.parametrize(
    ("row", "window", "can_continue"),
    [
        ({"owned_by": "llamacpp", "meta": {"n_ctx": 2048, "n_ctx_train": 8192}}, 2048, True),
        ({"owned_by": "llamacpp", "meta": None}, None, True),
        ({"owned_by": "vllm", "max_model_len": 32768}, 32768, True),
        ({"context_length": 131072, "top_provider": {}}, 131072, False),
        ({"owned_by": "openai"}, None, False),
        ({"owned_by": "groq", "context_window": 8192}, 8192, False),
        ({"owned_by": "x", "context_length": "many"}, None, False),
    ],
)
def test_rows(row, window, can_continue):
    assert info({"id": "m", **row}) == engine.ModelInfo("m", window, can_continue, has_tokenizer=can_continue)


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
    assert isinstance(caught.value, engine.BadRequest)


def test_the_price_list_knows_the_windows_of_known_services():
    assert context_window("https://api.openai.com/v1", "gpt-4o") == 128_000
    assert context_window("https://api.openai.com/v1", "no-such-model") is None
    assert context_window("http://127.0.0.1:1/v1", "gpt-4o") is None


@pytest.mark.parametrize("name", ["text-embedding-3-small", "whisper-1", "tts-1-hd", "dall-e-3", "gpt-4o-realtime"])
def test_what_is_no_chat_model_is_known_by_its_name(name):
    assert OTHER_THAN_CHAT.search(name)
    assert not OTHER_THAN_CHAT.search("gpt-4o-mini")
