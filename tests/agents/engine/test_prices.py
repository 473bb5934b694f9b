"""What a reply cost."""

from decimal import Decimal

import pytest

from agents import engine
from agents.engine.prices import is_listed, listed

MILLION = engine.Usage(1_000_000, 1_000_000)


def test_a_known_model():
    price = engine.cost("https://api.openai.com/v1", "gpt-4o-mini", MILLION)

    assert isinstance(price, Decimal)
    assert 0 < price < 10


def test_what_was_cached_costs_less():
    whole = engine.cost("https://api.openai.com/v1", "gpt-4o-mini", MILLION)
    cached = engine.cost("https://api.openai.com/v1", "gpt-4o-mini", engine.Usage(1_000_000, 1_000_000, 900_000))

    assert cached < whole


@pytest.mark.parametrize(
    ("base_url", "model"),
    [
        ("http://127.0.0.1:8080/v1", "smollm2-135m-instruct"),
        ("http://127.0.0.1:8080/v1", "gpt-4o-mini"),
        ("https://api.openai.com/v1", "no-such-model"),
    ],
)
def test_an_unknown_price_is_none(base_url, model):
    assert engine.cost(base_url, model, MILLION) is None


def test_what_was_written_to_the_cache_costs_more():
    plain = engine.cost("https://api.anthropic.com", "claude-sonnet-4-5", engine.Usage(100_000, 0))
    written = engine.cost(
        "https://api.anthropic.com", "claude-sonnet-4-5", engine.Usage(100_000, 0, cache_write_tokens=100_000)
    )

    assert (plain, written) == (Decimal("0.3"), Decimal("0.375"))


@pytest.mark.parametrize(
    ("provider", "model"),
    [("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-flash"), ("groq", "llama-3.3-70b-versatile")],
)
def test_a_provider_is_known_under_any_address(provider, model):
    assert engine.cost("https://proxy.example.com", model, MILLION, provider) > 0
    assert engine.cost("https://proxy.example.com", model, MILLION) is None


@pytest.mark.parametrize("provider", ["ollama", "bundled"])
def test_one_s_own_machine_costs_nothing(provider):
    assert engine.cost("http://127.0.0.1:11434/v1", "llama3.2:3b", MILLION, provider) == 0


def test_the_price_list_knows_the_models_of_known_services():
    prices = {"input_price": Decimal("2.5"), "output_price": Decimal(10)}
    assert listed("https://api.openai.com/v1", "gpt-4o") == {"context_window": 128_000, **prices}
    assert listed("https://api.openai.com/v1", "no-such-model") is None
    assert listed("http://127.0.0.1:1/v1", "gpt-4o") is None


@pytest.mark.parametrize(
    ("base_url", "provider", "expected"),
    [
        ("https://openrouter.ai/api/v1", "openai_compatible", True),
        ("http://127.0.0.1:8080/v1", "anthropic", True),
        ("http://127.0.0.1:8080/v1", "", False),
        ("http://localhost:8080/v1", "openai_compatible", False),
    ],
)
def test_the_list_is_not_loaded_for_one_s_own_server(base_url, provider, expected):
    assert is_listed(base_url, provider) is expected
