"""What processes use, read from /proc: CPU seconds with those of ended children, and memory as PSS."""

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def family(pids: Iterable[int]) -> list[int]:
    """Return the processes and all their living descendants."""
    children = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                children[int(_stat(int(entry))[1])].append(int(entry))
    found, left = [], list(pids)
    while left:
        pid = left.pop()
        if pid not in found and os.path.exists(f"/proc/{pid}"):
            found.append(pid)
            left += children[pid]
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name: state, parent, …"""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def cpu(pids: Iterable[int]) -> float:
    """Return the CPU seconds that the processes, their descendants and their ended children have used."""
    spent = 0
    for pid in family(pids):
        with contextlib.suppress(OSError):
            spent += sum(map(int, _stat(pid)[11:15]))
    return spent / TICK


def pss(pids: Iterable[int]) -> float:
    """Return the memory of the processes and their descendants in MB; a page that k of them share counts 1/k each."""
    total = 0
    for pid in family(pids):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total * 1024 / 1e6


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which `share` (0…1) of the values lie; not a number where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
