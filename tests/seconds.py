"""Where the time of a run goes: the seconds of each file, at the end of `make test`.

A test's seconds are those of its set-up, itself and its tear-down; what a session starts once counts for the test that
asked first. Workers run side by side, so the sum is above the time that one waits.
"""

from collections import Counter

SHOWN = 25  # files


def pytest_terminal_summary(terminalreporter) -> None:
    """Print the slowest files, and the sum of the others."""
    spent: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and hasattr(report, "nodeid"):
                spent[report.nodeid.partition("::")[0]] += report.duration
    if len(spent) < 2:
        return
    terminalreporter.section("seconds of each file")
    shown = spent.most_common(SHOWN)
    for name, seconds in shown:
        terminalreporter.write_line(f"{seconds:7.1f}  {name}")
    others = spent.total() - sum(seconds for _, seconds in shown)
    terminalreporter.write_line(f"{others:7.1f}  {len(spent) - len(shown)} other files")
