"""What rows tell of steps."""

from dataclasses import dataclass
from datetime import datetime
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
