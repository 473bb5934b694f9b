"""What a reply cost, and what else the price list knows of a model."""

from decimal import Decimal

from agents.engine.values import Usage


def cost(base_url: str, model: str, usage: Usage) -> Decimal | None:
    """Return the price in US dollars by the price list that ships with genai-prices; it is never fetched.

    None where the service behind the address or the model is not in the list.
    """
    import genai_prices

    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens,
    )
    try:
        return genai_prices.calc_price(counted, model, provider_api_url=base_url).total_price
    except LookupError:
        return None


def context_window(base_url: str, model: str) -> int | None:
    """Return how many tokens the model reads, None where the service behind the address or the model is not listed."""
    from genai_prices.data_snapshot import get_snapshot

    try:
        _provider, found = get_snapshot().find_provider_model(model, None, None, base_url)
    except LookupError:
        return None
    return found.context_window
