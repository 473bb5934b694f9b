"""What calls of models cost: each is priced as the one request that it was, by its own model and address."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from agents import engine
from agents.catalog import Model
from agents.models.usage import UNKNOWN

LARGEST_ANSWER = Decimal(10_000)  # US dollars; a price above is a mistake of whoever listed it
LARGEST = Decimal(1_000_000)  # US dollars that a run's row can hold
#: Where a price comes from, beside the price list, which goes by its name and version.
FREE, PROVIDER = "free", "provider"  # a model on one's own machine; what the provider tells with its models


@dataclass(frozen=True, slots=True)
class Price:
    """What one call cost in US dollars, and who says so. None = nobody knows."""

    amount: Decimal | None = None
    source: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars: what is `known`, None = nothing; `is_partial`: more came on top that nobody knows."""

    known: Decimal | None = None
    is_partial: bool = False

    def __add__(self, other: Self) -> "Cost":
        known = [cost.known for cost in (self, other) if cost.known is not None]
        return Cost(sum(known, Decimal(0)) if known else None, self.is_partial or other.is_partial)

    @property
    def told(self) -> Decimal | None:
        """What can be said of it: that an answer of unknown price cost at least nothing says nothing."""
        is_nothing = self.known is None or self.known >= LARGEST or (self.is_partial and not self.known)
        return None if is_nothing else self.known


def total(amounts: Iterable[Decimal | None]) -> Cost:
    """Return what calls cost together; None = nobody knows it of one."""
    return sum((Cost(amount, is_partial=amount is None) for amount in amounts), Cost())


def price(model: Model, base_url: str, usage: engine.Usage) -> Price:
    """Return the price of a call by the price list, else by what the provider said with its models."""
    found = _price(model, base_url, usage)
    is_told = found.amount is not None and 0 <= found.amount < LARGEST_ANSWER
    return found if is_told else Price()


def _price(model: Model, base_url: str, usage: engine.Usage) -> Price:
    if model.is_bundled:
        return Price(Decimal(0), FREE)
    if not usage.adds_up:
        return Price()
    amount = engine.cost(base_url, model.id, usage, model.provider)
    if amount is not None:
        return Price(amount, FREE if model.provider in engine.FREE else engine.list_version())
    if model.input_price is None or model.output_price is None:
        return Price()
    read, written = model.input_price * usage.input_tokens, model.output_price * usage.output_tokens
    return Price((read + written) / 1_000_000, PROVIDER)
