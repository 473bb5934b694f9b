"""What answers of models cost: each is priced as the one request that it was, by its own model and address."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from agents import engine
from agents.catalog import Model

LARGEST_ANSWER = Decimal(10_000)  # US dollars; a price above is a mistake of whoever listed it
LARGEST = Decimal(1_000_000)  # US dollars that a run's row can hold


@dataclass(frozen=True, slots=True)
class Round:
    """One answer of a model. `usage` None = nobody counted: it was cut off, or its server does not count."""

    model: Model
    base_url: str
    usage: engine.Usage | None = None


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


def of_rounds(rounds: Iterable[Round]) -> Cost:
    """Return what the answers cost together."""
    return sum(map(_cost, rounds), Cost())


def _cost(answer: Round) -> Cost:
    price = _price(answer)
    is_told = price is not None and 0 <= price < LARGEST_ANSWER
    return Cost(price) if is_told else Cost(is_partial=True)


def _price(answer: Round) -> Decimal | None:
    """By the price list, else by what the provider said with its models; None where neither knows."""
    model, usage = answer.model, answer.usage
    if model.is_bundled:
        return Decimal(0)
    if usage is None or not usage.adds_up:
        return None
    price = engine.cost(answer.base_url, model.id, usage, model.provider)
    if price is not None or model.input_price is None or model.output_price is None:
        return price
    return (model.input_price * usage.input_tokens + model.output_price * usage.output_tokens) / 1_000_000
