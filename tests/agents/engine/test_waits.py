"""For how long a service asks to be left alone."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from agents.engine import Overloaded, RateLimited, waits
from agents.engine.error_mapping import judged
from agents.engine.exchange import Rejected
from agents.engine.values import Endpoint

NOW = 1_800_000_000.0
LATER = datetime.fromtimestamp(NOW + 45, UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: NOW)


@pytest.mark.parametrize(
    ("headers", "words", "seconds"),
    [
        ({"Retry-After": "45"}, "", 45),
        ({"retry-after-ms": "1500", "retry-after": "2"}, "", 1.5),
        ({"Retry-After": format_datetime(LATER, usegmt=True)}, "", 45),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"}, "", 360),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2m59.56s"}, "", 179.56),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "120ms"}, "", 0.12),
        ({"x-ratelimit-remaining-tokens": "9", "x-ratelimit-reset-tokens": "6m0s"}, "", None),
        (
            {"anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": LATER.isoformat()},
            "",
            45,
        ),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int((NOW + 45) * 1000))}, "", 45),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW + 45))}, "", 45),
        ({}, "Rate limit reached. Please try again in 6m30.5s.", 390.5),
        ({}, "Please retry after 45 seconds.", 45),
        ({}, "Try again in 2 hours, 5 minutes.", 7500),
        ({}, "Please try again in 850ms.", 0.85),
        ({}, "Try again later. You sent 45 seconds of sound.", None),
        ({}, "Too many requests.", None),
        ({"Retry-After": "soon"}, "", None),
        ({"Retry-After": "99999999"}, "", None),
        ({"Retry-After": ""}, "", None),
    ],
)
def test_how_long_it_is(headers, words, seconds):
    assert waits.told(headers, words) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (503, Overloaded), (529, Overloaded)])
async def test_a_refusal_tells_until_when(status, kind):
    endpoint = Endpoint("openai", "http://127.0.0.1:1/v1", provider="openai_compatible")
    refused = Rejected(status, {"Retry-After": "45"}, b'{"error": {"message": "Slow down."}}')
    found = await judged(refused, endpoint, "m")
    assert (type(found), found.retry_after, found.code) == (kind, 45, kind.code)
    left = datetime.fromisoformat(found.params["wait_until"]) - datetime.now(UTC)
    assert 40 < left.total_seconds() <= 46


def test_without_a_word_nothing_is_told():
    assert RateLimited().params == {}
