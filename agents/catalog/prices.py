"""What models cost, in words."""

from decimal import Decimal

from django.utils.translation import gettext as _

from agents.catalog.values import Model

CENT = Decimal("0.01")


def price_words(model: Model) -> str:
    """US dollars for a million tokens read and written, "" where nobody knows."""
    prices = model.input_price, model.output_price
    if None in prices:
        return ""
    return " · ".join(map(_dollars, prices)) if any(prices) else _("free")


def _dollars(price: Decimal) -> str:
    """Two digits behind the point, more of what is cheaper than a cent."""
    return f"${price.normalize():f}" if 0 < price < CENT else f"${price:.2f}"
