"""Which routes a walk sends requests to, where it need not send them to all each time.

What one role shows exhaustively, roles that stand for the same show on every fifth route. Which fifth goes by the
number of commits, so five commits see every route; `WALK_SLICE=n` repeats a run, `WALK=all` leaves nothing out.
"""

import os
import subprocess
from functools import cache
from pathlib import Path
from zlib import crc32

SLICES = 5
PROJECT = Path(__file__).parents[3]


def is_exhaustive() -> bool:
    return os.environ.get("WALK") == "all"


@cache
def present() -> int:
    """The slice of this run, 0 to SLICES - 1. A tree without its history walks the first."""
    if told := os.environ.get("WALK_SLICE"):
        return int(told) % SLICES
    command = ["git", "rev-list", "--count", "HEAD"]
    counted = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    return int(counted.stdout or 0) % SLICES


def is_due(name: str, salt: str = "") -> bool:
    """Whether a sampled walk asks this route; `salt` lets each walk take another fifth."""
    return is_exhaustive() or crc32(f"{salt}{name}".encode()) % SLICES == present()


def told() -> str:
    """What a run says of itself."""
    return "all of it" if is_exhaustive() else f"slice {present()} of {SLICES} (WALK_SLICE={present()} repeats it)"
