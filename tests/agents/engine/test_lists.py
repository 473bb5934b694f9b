"""Rows of lists, in the words of several servers."""

from decimal import Decimal

import pytest

from agents import engine
from agents.engine import lists
from agents.engine.lists import OTHER_THAN_CHAT, info


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


@pytest.mark.parametrize("name", ["text-embedding-3-small", "whisper-1", "tts-1-hd", "dall-e-3", "gpt-4o-realtime"])
def test_what_is_no_chat_model_is_known_by_its_name(name):
    assert OTHER_THAN_CHAT.search(name)
    assert not OTHER_THAN_CHAT.search("gpt-4o-mini")


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
    assert lists._checked({"data": [{"id": name}, {"id": "good"}, "text"]}, "data", "id") == [{"id": "good"}]


def test_a_list_without_end_is_cut():
    rows = [{"id": f"m{n}"} for n in range(lists.MOST + 5)]
    assert len(lists._checked({"data": rows}, "data", "id")) == lists.MOST
