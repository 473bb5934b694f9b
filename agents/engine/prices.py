"""What a reply cost, and what else the price list knows of a model. The list ships with genai-prices; it is never
fetched.
"""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from agents.engine.usage import Usage

LIST = "genai-prices"
#: Providers on one's own machine, and those whose list holds under any address.
FREE = ("ollama", "bundled")
NAMED = ("openai", "anthropic", "google", "groq")


def cost(base_url: str, model: str, usage: Usage, provider: str = "") -> Decimal | None:
    """Return the price of one answer in US dollars, of what was read from a cache and written to it too.

    It goes by what that one request read: longer ones have other prices, so answers are never added up before.
    None where the list knows neither the service behind the address nor the provider, or not the model, and where
    the server's counts do not add up.
    """
    if provider in FREE:
        return Decimal(0)
    if not usage.adds_up:
        return None
    import genai_prices  # takes half a second, and commands price nothing

    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
    )
    for where in _places(base_url, provider):
        try:
            return genai_prices.calc_price(counted, model, **where).total_price
        except (LookupError, ValueError):  # the second for counts that do not add up by rules of its own
            continue
    return None


@cache
def list_version() -> str:
    """Return which price list this is, e.g. `genai-prices 0.0.84`."""
    return f"{LIST} {version(LIST)}"


def listed(base_url: str, model: str, provider: str = "") -> dict[str, Any] | None:
    """Return `context_window` (tokens), `input_price` and `output_price` (US dollars for a million tokens), each
    None where it is not known; None where the service or the model is not listed.
    """
    from genai_prices.data_snapshot import get_snapshot  # as heavy

    for where in _places(base_url, provider):
        try:
            place = (where.get("provider_id"), where.get("provider_api_url"))
            _provider, found = get_snapshot().find_provider_model(model, None, *place)
        except LookupError:
            continue
        prices = found.get_prices(datetime.now(UTC))
        return {
            "context_window": found.context_window,
            "input_price": _base(prices.input_mtok),
            "output_price": _base(prices.output_mtok),
        }
    return None


def is_listed(base_url: str, provider: str) -> bool:
    """Whether the list may know the service: a provider by name, or an address on the internet."""
    host = urlsplit(base_url).hostname or ""
    return provider in NAMED or ("." in host and not host.replace(".", "").isdigit())


def _places(base_url: str, provider: str) -> list[dict[str, str]]:
    """Where to look: the service behind the address, then the provider."""
    named = [{"provider_id": provider}] if provider in NAMED else []
    return [{"provider_api_url": base_url}, *named]


def _base(price: Any) -> Decimal | None:
    """Return the price of a short request, where longer ones cost more."""
    return getattr(price, "base", price)
