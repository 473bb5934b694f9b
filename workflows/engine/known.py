"""What rows tell of steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sambung.lib.failures import Failure


@dataclass(slots=True)
class Known:
    """The last attempt at a step, as its row tells."""

    id: Any
    path: str
    attempt: int
    run_attempt: int
    status: str
    handle: str = ""
    output: object = None
    failure: Failure | None = None
    effect: str = "none"
    wake_at: datetime | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    cost: Decimal | None = None

    @property
    def tokens(self) -> int:
        """How many went to models and came from them."""
        return sum(self.usage.get(name, 0) for name in ("inputTokens", "outputTokens"))
