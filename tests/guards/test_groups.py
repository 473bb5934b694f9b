"""Every source folder calls for some group of tests, and every test is in one group."""

import subprocess
from pathlib import PurePosixPath

import pytest

from tests import budget, groups

#: Folders at the top that hold nothing that is run or shown.
APART = {"docs", "findings", "tests"}


def _folders() -> set[str]:
    """Every folder that git knows files in, as far as it is no paper."""
    done = subprocess.run(["git", "ls-files"], cwd=groups.PROJECT, capture_output=True, text=True, check=True)
    found = {str(PurePosixPath(path).parent) for path in done.stdout.splitlines()}
    return {folder for folder in found if folder != "." and folder.partition("/")[0] not in APART}


def _without_group(folders: set[str]) -> set[str]:
    return {folder for folder in folders if not groups.called_for([f"{folder}/file.py"])}


def test_every_source_folder_is_in_a_group():
    assert len(_folders()) > 50
    assert _without_group(_folders()) == set()


def test_planted_folder_is_found():
    assert _without_group({"chats/views", "workshops"}) == {"workshops"}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("docs/tools.md", set()),
        ("bench/cases.py", {"bench"}),
        ("static/js/copy.js", {"browser"}),
        ("agents/mcp/pool.py", {"walk", "browser", "tools", "server"}),
        ("sambung/supervisor/watch.py", {"walk", "browser", "supervisor", "server"}),
        ("tests/browser/test_axe.py", {"browser"}),
        ("tests/guards/walk/test_csrf.py", {"walk"}),
        ("tests/live.py", set(groups.GROUPS)),
        ("requirements/run.lock", set(groups.GROUPS)),
    ],
)
def test_a_change_calls_for_its_groups(path, wanted):
    assert groups.called_for([path]) == wanted


def test_each_test_is_in_the_group_of_its_folder(request):
    """Those of this run."""
    found = {item.path: groups.of(item) for item in request.session.items}
    for path, group in found.items():
        if "walk" in path.parts or "browser" in path.parts:
            assert group in {"walk", "browser"}, path


def test_above_the_budget_is_told():
    made = budget.Counter(servers=10**6, unheard=1)
    assert budget.exceeded(made) == [
        f"servers: 1000000, at most {budget.bounds()['servers']}",
        "unheard is counted, and has no bound in budget.toml",
    ]
