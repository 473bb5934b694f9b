"""What a run may take: steps, seconds, tokens, money, bytes of values. What is reached stops it, with its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sambung.lib.failures import Failed

#: Where nobody says anything else. None: without a limit.
USUAL = {"steps": 1_000, "seconds": 3_600, "tokens": None, "money": None, "bytes": 50_000_000}


_CODES = {
    "steps": "workflow_limit_steps",
    "seconds": "workflow_limit_seconds",
    "tokens": "workflow_limit_tokens",
    "money": "workflow_limit_money",
    "bytes": "workflow_limit_bytes",
}


class LimitReached(Failed):
    """A run has taken what it may."""

    def __init__(self, name: str, most: float):
        super().__init__(_CODES[name], most=f"{most:g}" if isinstance(most, float) else str(most))


@dataclass(slots=True)
class Meter:
    """Counts what a run has taken. Money is held before a call, and settled when it is over."""

    limits: Mapping[str, float | None] = field(default_factory=dict)
    steps: int = 0
    tokens: int = 0
    bytes: int = 0
    money: Decimal = Decimal(0)
    held: Decimal = Decimal(0)

    def most(self, name: str) -> float | None:
        """The limit of this name, None where there is none."""
        return self.limits[name] if name in self.limits else USUAL[name]

    def step(self) -> None:
        """Count a node. Raises LimitReached."""
        self.steps += 1
        self._check("steps", self.steps)

    def value(self, size: int) -> None:
        """Count bytes of values. Raises LimitReached."""
        self.bytes += size
        self._check("bytes", self.bytes)

    def hold(self, amount: Decimal | None) -> Decimal:
        """Hold the most that a call can cost; return it, for `settle`. Raises LimitReached, Failed."""
        if (most := self.most("money")) is None:
            return Decimal(0)
        if amount is None:
            raise Failed("workflow_price_unknown")
        if self.money + self.held + amount > Decimal(str(most)):
            raise LimitReached("money", most)
        self.held += amount
        return amount

    def settle(self, held: Decimal, cost: Decimal | None, tokens: int) -> None:
        """A call is over: what it cost takes the place of what was held. Raises LimitReached."""
        self.held -= held
        self.money += held if cost is None else cost
        self.tokens += tokens
        self._check("tokens", self.tokens)

    def add(self, tokens: int, cost: Decimal | None) -> None:
        """Count what was spent elsewhere for this run. Raises LimitReached."""
        self.settle(Decimal(0), cost or Decimal(0), tokens)

    def _check(self, name: str, taken: float) -> None:
        most = self.most(name)
        if most is not None and taken > most:
            raise LimitReached(name, most)

    def left(self) -> dict[str, float]:
        """What is left, for a run of another workflow that this one starts."""
        taken = {
            "steps": self.steps,
            "tokens": self.tokens,
            "bytes": self.bytes,
            "money": float(self.money + self.held),
        }
        found = {name: self.most(name) for name in USUAL}
        return {name: max(0, most - taken.get(name, 0)) for name, most in found.items() if most is not None}
