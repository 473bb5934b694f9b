"""Rows of lists, in the words of several servers."""

from decimal import Decimal

import pytest

from agents import engine
from agents.engine import lists
from agents.engine.lists import info


@pytest.mark.parametrize(
    ("row", "window", "can_continue"),
    [
        ({"owned_by": "llamacpp", "meta": {"n_ctx": 2048, "n_ctx_train": 8192}}, 2048, True),
        ({"owned_by": "llamacpp", "meta": None}, None, True),
        ({"owned_by": "vllm", "max_model_len": 32768}, 32768, True),
        ({"context_length": 131072, "top_provider": {}}, 131072, False),
        ({"owned_by": "openai"}, None, False),
        ({"owned_by": "groq", "context_window": 8192}, 8192, False),
        ({"max_context_length": 32768}, 32768, False),
        ({"owned_by": "x", "context_length": "many"}, None, False),
    ],
)
def test_rows(row, window, can_continue):
    assert info({"id": "m", **row}) == engine.ModelInfo("m", window, can_continue, has_tokenizer=can_continue)


def test_openrouter_tells_abilities_and_prices():
    row = {
        "id": "anthropic/claude-sonnet-4.5",
        "name": "Claude Sonnet 4.5",
        "context_length": 1_000_000,
        "architecture": {"input_modalities": ["text", "image"]},
        "supported_parameters": ["tools", "temperature"],
        "pricing": {"prompt": "0.000003", "completion": "0.000015"},
        "top_provider": {"max_completion_tokens": 64_000},
    }

    found = info(row)

    assert (found.label, found.max_output) == ("Claude Sonnet 4.5", 64_000)
    assert (found.vision, found.tools, found.reasoning) == (True, True, False)
    assert (found.input_price, found.output_price) == (Decimal(3), Decimal(15))


@pytest.mark.parametrize("price", ["-1", "free", None])
def test_a_price_that_is_none(price):
    assert info({"id": "m", "pricing": {"prompt": price}}).input_price is None


def test_mistral_tells_abilities():
    found = info({"id": "m", "capabilities": {"vision": False, "function_calling": True}})

    assert (found.vision, found.tools, found.reasoning) == (False, True, None)


async def offered(monkeypatch, rows, kind, key="data", host="models.example.com"):
    async def request(endpoint, method, url):
        return {key: rows}

    monkeypatch.setattr(lists, "request", request)
    return [model.id for model in await kind(engine.Endpoint("openai", f"https://{host}/v1"))]


@pytest.mark.parametrize(
    ("name", "is_offered"),
    [
        *((name, False) for name in ("text-embedding-3-small", "BAAI/bge-m3", "nomic-embed-text:v1.5", "whisper-1")),
        *(
            (name, False)
            for name in ("Qwen/Qwen3-Embedding-8B", "qwen3-reranker", "tts-1-hd", "omni-moderation-latest")
        ),
        *((name, True) for name in ("qwen2-audio-7b-instruct", "llama-guard-3-8b", "embedded-expert", "bgexpert")),
        *((name, True) for name in ("gpt-5-pro", "o3-deep-research", "gemini-2.5-flash-image", "whispering-llama")),
    ],
)
async def test_what_no_server_offers_for_chats(monkeypatch, name, is_offered):
    assert await offered(monkeypatch, [{"id": name}], lists.compatible) == [name] * is_offered


async def test_what_lists_say_of_their_models(monkeypatch):
    """Mistral has a flag, OpenRouter what comes out."""
    rows = [
        {"id": "reads", "capabilities": {"completion_chat": False}},
        {"id": "draws", "architecture": {"output_modalities": ["image"]}},
        {"id": "writes", "capabilities": {"completion_chat": True}},
        {"id": "draws-and-writes", "architecture": {"output_modalities": ["image", "text"]}},
    ]

    assert await offered(monkeypatch, rows, lists.compatible) == ["writes", "draws-and-writes"]


async def test_openai_s_own_names_tell_more(monkeypatch):
    rows = [{"id": "o3-deep-research"}, {"id": "gpt-5-pro"}, {"id": "ft:gpt-4o-mini:acme:audio-notes:abc"}]

    for host in ("api.openai.com", "eu.api.openai.com"):
        assert await offered(monkeypatch, rows, lists.compatible, host=host) == [row["id"] for row in rows[1:]]


async def test_google_lists_some_that_do_not_write(monkeypatch):
    names = ("gemini-2.5-flash", "gemini-2.5-flash-preview-tts", "gemini-2.5-computer-use-preview")
    rows = [{"name": f"models/{name}", "supportedGenerationMethods": ["generateContent"]} for name in names]

    assert await offered(monkeypatch, rows, lists.google, "models") == ["gemini-2.5-flash"]


async def test_groq_lists_what_hears_and_speaks(monkeypatch):
    names = ("whisper-large-v3", "canopylabs/orpheus-v1-english", "meta-llama/llama-prompt-guard-2-86m")
    rows = [{"id": name} for name in (*names, "meta-llama/llama-4-scout-17b-16e-instruct", "groq/compound")]

    assert await offered(monkeypatch, rows, lists.groq) == [row["id"] for row in rows[3:]]


@pytest.mark.parametrize(
    "row",
    [
        {"meta": "y", "top_provider": [1], "pricing": "free", "architecture": 3, "capabilities": [1]},
        {"pricing": {"prompt": "NaN", "completion": "Infinity"}},
        {"pricing": {"prompt": "1e99", "completion": []}},
        {"context_length": -5, "top_provider": {"max_completion_tokens": 2**70}},
    ],
)
def test_an_odd_row_is_a_model_of_which_nothing_is_known(row):
    found = lists.info({"id": "x", "name": "a\0b"} | row)
    assert (found.id, found.label, found.context_window, found.max_output) == ("x", "", None, None)
    assert (found.input_price, found.output_price) == (None, None)


@pytest.mark.parametrize("name", ["", "a\0b", "m" * 201, 5, None, "two\nlines"])
def test_a_row_without_a_usable_name_is_passed_over(name):
    assert lists._checked({"data": [{"id": name}, {"id": "good"}, 7]}, "data", "id") == [{"id": "good"}]


def test_a_list_without_end_is_cut():
    rows = [{"id": f"m{n}"} for n in range(lists.MOST + 5)]
    assert len(lists._checked({"data": rows}, "data", "id")) == lists.MOST


@pytest.mark.parametrize(
    ("parameters", "loaded", "window", "is_guessed"),
    [
        ('num_ctx                        4096\nstop                           "<|end|>"', None, 4096, False),
        ('stop "num_ctx 9"\nnum_ctx 16384', 8192, 16384, False),
        ("num_ctx 999999", None, 131_072, False),  # more than it was made for
        ("", 8192, 8192, False),
        ("", None, 4096, True),
        (None, None, 4096, True),
        ("num_ctx many", None, 4096, True),
    ],
)
def test_ollama_reads_what_it_is_set_to(parameters, loaded, window, is_guessed):
    info = {"general.architecture": "llama", "llama.context_length": 131_072}
    found = lists._of_ollama("m", {"model_info": info, "parameters": parameters}, loaded)
    assert (found.context_window, found.is_window_guessed) == (window, is_guessed)


def test_a_small_model_of_ollama_reads_no_more_than_it_was_made_for():
    info = {"general.architecture": "bert", "bert.context_length": 512}
    found = lists._of_ollama("m", {"model_info": info}, None)
    assert (found.context_window, found.is_window_guessed) == (512, False)


def test_ollamas_cloud_reads_all_that_a_model_was_made_for():
    info = {"general.architecture": "gptoss", "gptoss.context_length": 131_072}
    found = lists._of_ollama("gpt-oss:120b-cloud", {"model_info": info, "remote_host": "https://ollama.com:443"}, None)
    assert (found.context_window, found.is_window_guessed) == (131_072, False)
