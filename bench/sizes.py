"""How much of everything the cases do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything: as DESIGN's table has it, or just enough to see that it runs."""

    singles: int = 30
    streams: int = 50
    tokens: int = 300
    burst: int = 200  # sends, and files
    burst_rounds: int = 3
    many: tuple[int, ...] = (200, 500)
    full_speed: int = 20
    starts: int = 3
    chats: int = 10_000
    long_branch: int = 1000
    longest_branch: int = 5000
    pages: int = 40
    kills: int = 20
    stall: float = 20.0  # seconds
    rows: int = 1_000_000  # of a table
    rounds: int = 3  # of its questions
    workflow_runs: int = 100  # at once
    waiting_runs: int = 1000


QUICK = Size(
    singles=3,
    streams=3,
    tokens=20,
    burst=5,
    burst_rounds=1,
    many=(5, 6),
    full_speed=2,
    starts=1,
    chats=50,
    long_branch=50,
    longest_branch=60,
    pages=3,
    kills=1,
    stall=3.0,
    rows=1000,
    rounds=1,
    workflow_runs=5,
    waiting_runs=5,
)
