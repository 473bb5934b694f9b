"""Which tests run when. Every test is in one group; `--groups` runs some of them, `make test` runs all.

`make test-quick` runs the group quick. `make test-changed` adds the groups whose folders differ from what this branch
began with: a change elsewhere cannot break them alone.
"""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

PROJECT = Path(__file__).parent.parent
MAIN = "main"
#: Fixtures that start processes.
STARTING = {"browser", "home", "live", "operator", "printed", "running", "scripted", "supervise"}


@dataclass(frozen=True)
class Group:
    """Tests that run together: `tests` are their folders, `sources` those whose change calls for them."""

    tests: tuple[str, ...]
    sources: tuple[str, ...]


#: The first whose folders hold a test that starts something, or that walks. All others are quick, and always run.
GROUPS = {
    "walk": Group(
        ("tests/guards/walk",),
        ("agents", "chats", "documents", "workflows", "teams", "templates", "sambung", "locale"),
    ),
    "browser": Group(
        ("tests/browser",),
        ("agents", "chats", "documents", "workflows", "teams", "templates", "static", "islands", "sambung", "locale"),
    ),
    "supervisor": Group(("tests/supervisor",), ("sambung",)),
    "tools": Group(("tests/agents/mcp", "tests/agents/toolkits"), ("agents/mcp", "agents/toolkits", "agents/tools")),
    "bench": Group(("tests/bench",), ("bench",)),
    "server": Group(("tests",), ("agents", "chats", "documents", "workflows", "teams", "templates", "sambung")),
}
QUICK = "quick"
#: A change of these may break any of them.
EVERYWHERE = ("requirements", "pyproject.toml", "Makefile", "manage.py", ".ci")
SHARED = (
    "tests/live.py",
    "tests/databases.py",
    "tests/conftest.py",
    "tests/environment.py",
    "tests/settings.py",
    "tests/factories",
)


def of(item: pytest.Item) -> str:
    """The group of a test."""
    place = item.path.relative_to(PROJECT).as_posix()
    is_started = item.get_closest_marker("stack") or not STARTING.isdisjoint(getattr(item, "fixturenames", ()))
    if not (is_started or item.get_closest_marker("browser") or item.get_closest_marker("walk")):
        return QUICK
    return next(name for name, group in GROUPS.items() if _lies_in(place, group.tests))


def called_for(changed: Iterable[str]) -> set[str]:
    """The groups that these changed files call for, beside the quick one."""
    changed = list(changed)
    if any(_lies_in(path, (*EVERYWHERE, *SHARED)) for path in changed):
        return set(GROUPS)
    wanted = {name for name, group in GROUPS.items() for path in changed if _lies_in(path, group.sources)}
    for path in changed:
        if path.startswith("tests/"):
            wanted.add(next(name for name, group in GROUPS.items() if _lies_in(path, group.tests)))
    return wanted


def changed() -> list[str]:
    """The files that differ from where this branch left the main one, new ones included. Raises CalledProcessError."""

    def git(*words: str) -> list[str]:
        done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    base = git("merge-base", "HEAD", MAIN)[0]
    if base == git("rev-parse", "HEAD")[0]:  # on the main branch itself: what its last commit changed, too
        base = "HEAD~1"
    return [*git("diff", "--name-only", base), *git("ls-files", "--others", "--exclude-standard")]


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(PurePosixPath(path).is_relative_to(folder) for folder in folders)


def pytest_addoption(parser) -> None:
    told = f"run these groups of tests alone, by commas: {QUICK}, {', '.join(GROUPS)}, or `changed`"
    parser.addoption("--groups", default="", help=told)


@pytest.hookimpl(trylast=True)  # when every folder has marked its own
def pytest_collection_modifyitems(config, items) -> None:
    for item in items:
        if not STARTING.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.stack)
    if not (asked := config.getoption("--groups")):
        return
    wanted = {QUICK, *called_for(changed())} if asked == "changed" else set(asked.split(","))
    if unknown := wanted - {QUICK, *GROUPS}:
        raise pytest.UsageError(f"There is no group {', '.join(sorted(unknown))}.")
    left_out = [item for item in items if of(item) not in wanted]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if of(item) in wanted]
