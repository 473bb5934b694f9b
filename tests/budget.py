"""What makes a run long, counted: requests of the walks, processes and databases started. `budget.toml` bounds it.

A test that needs more says so there, where it is seen.
"""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.guards.walk import sampling

BOUNDS = Path(__file__).with_name("budget.toml")
counted: Counter[str] = Counter()


def count(what: str, times: int = 1) -> None:
    """Note that so much was made; `what` stands in budget.toml."""
    counted[what] += times


def bounds() -> dict[str, int]:
    """What a run may make at the most. A walk that leaves nothing out has no bound on its requests."""
    told = tomllib.loads(BOUNDS.read_text(encoding="utf-8"))["run"]
    if sampling.is_exhaustive():
        del told["requests"]
    return told


def exceeded(made: Counter[str]) -> list[str]:
    """A line for each bound that does not hold, and for each count that has none."""
    allowed = bounds()
    over = [f"{what}: {made[what]}, at most {most}" for what, most in allowed.items() if made[what] > most]
    unknown = made.keys() - allowed.keys() - {"requests"}
    return over + [f"{what} is counted, and has no bound in {BOUNDS.name}" for what in sorted(unknown)]


def pytest_report_header() -> str:
    return f"walks: {sampling.told()}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session) -> None:
    """A worker tells what it made; where nobody works for us, the bounds count here."""
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput["counted"] = dict(counted)
    elif exceeded(counted):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """Add what a worker made, unless it broke."""
    counted.update(getattr(node, "workeroutput", {}).get("counted", {}))


def pytest_terminal_summary(terminalreporter) -> None:
    if counted:
        made = ", ".join(f"{times} {what}" for what, times in sorted(counted.items()))
        terminalreporter.write_line(f"Made: {made}.")
    for line in exceeded(counted):
        terminalreporter.write_line(f"Above the budget of tests/{BOUNDS.name}: {line}", red=True)
