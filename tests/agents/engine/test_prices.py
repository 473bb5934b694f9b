"""What a reply cost."""

from decimal import Decimal

import pytest

from agents import engine

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
