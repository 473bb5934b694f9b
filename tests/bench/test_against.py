"""Two builds are measured in turn, what ended is kept, and what was put up for it goes."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench import against, builds
from bench.builds import PRESENT, Build
from sambung.home import PROJECT
from tests.live import wait_for

OTHER = Build(Path("elsewhere"), "python", "0123456789ab")
KEY = {"after": "a" * 40, "before": "b" * 40, "cases": ["start", "idle"]}


class Measured:
    """Stands for the measuring: notes what was asked for, and breaks where told."""

    def __init__(self, *broken: tuple[str, str], cut_after: int = 100) -> None:
        self.broken, self.cut_after = broken, cut_after
        self.asked: list[tuple[str, str]] = []

    def __call__(self, case: str, build: Build, home: Path) -> dict[str, float]:
        if len(self.asked) == self.cut_after:
            raise KeyboardInterrupt
        self.asked.append((case, build.name))
        return {f"{case}.broken": 1.0} if self.asked[-1] in self.broken else {case: float(len(self.asked))}


@pytest.fixture(autouse=True)
def both(monkeypatch):
    @contextlib.contextmanager
    def both(commit: str):
        yield (PRESENT, Path("here")), (OTHER, Path("there"))

    monkeypatch.setattr(against, "_both", both)


def test_builds_take_turns(tmp_path):
    measured = Measured()
    against.compare(against.Kept.open(tmp_path, KEY), ["start", "idle"], 2, measured)
    ours, theirs = PRESENT.name, OTHER.name
    in_turn = [("start", ours), ("start", theirs), ("idle", ours), ("idle", theirs)]
    assert measured.asked == in_turn * 2


def test_a_bench_that_was_cut_goes_on_where_it_was(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        against.compare(against.Kept.open(tmp_path, KEY), ["start", "idle"], 5, Measured(cut_after=7))
    kept = against.Kept.open(tmp_path, KEY)
    assert {case: len(pairs) for case, pairs in kept.pairs.items()} == {"start": 2, "idle": 1}

    measured = Measured()
    against.compare(kept, ["start", "idle"], 5, measured)

    assert len(measured.asked) == 2 * (10 - 3)
    assert measured.asked[0] == ("idle", PRESENT.name)
    again = Measured()
    against.compare(against.Kept.open(tmp_path, KEY), ["start", "idle"], 5, again)
    assert again.asked == []


@pytest.mark.parametrize("change", [{"after": "c" * 40}, {"before": "d" * 40}, {"cases": ["start"]}])
def test_other_builds_and_other_cases_begin_anew(tmp_path, change):
    against.compare(against.Kept.open(tmp_path, KEY), ["start"], 1, Measured())
    assert against.Kept.open(tmp_path, KEY | change).pairs == {}


def test_a_case_that_the_other_build_cannot_run_is_told_and_no_error(tmp_path, capsys):
    kept, measured = against.Kept.open(tmp_path, KEY), Measured(("idle", OTHER.name))
    assert against.compare(kept, ["start", "idle"], 3, measured) == []
    assert "0123456789ab cannot run the case idle" in capsys.readouterr().out
    assert measured.asked.count(("idle", OTHER.name)) == 1
    assert len(kept.pairs["start"]) == 3
    assert "idle" not in kept.pairs


def test_a_case_that_the_other_build_could_run_before_is_an_error(tmp_path, capsys):
    against.compare(against.Kept.open(tmp_path, KEY), ["start"], 1, Measured())
    kept = against.Kept.open(tmp_path, KEY)
    assert against.compare(kept, ["start"], 2, Measured(("start", OTHER.name))) == ["start"]
    assert "0123456789ab broke in the case start" in capsys.readouterr().out
    assert len(kept.pairs["start"]) == 1


def test_a_case_that_breaks_here_is_an_error_and_keeps_no_pair(tmp_path):
    kept = against.Kept.open(tmp_path, KEY)
    assert against.compare(kept, ["start", "idle"], 2, Measured(("idle", PRESENT.name))) == ["idle"]
    assert kept.pairs.keys() == {"start"}


def test_a_worktree_goes_whatever_ends_it():
    with contextlib.suppress(KeyboardInterrupt), builds.other(builds.revision("HEAD")) as build:
        assert (build.folder / "sambung" / "settings.py").exists()
        assert build.python == sys.executable  # the lock is ours
        raise KeyboardInterrupt
    assert not build.folder.exists()
    assert str(build.folder) not in _worktrees()


def test_a_signal_takes_the_worktree_along(tmp_path):
    command = [sys.executable, "-m", "bench", "--quick", "--only", "start", "--against", "HEAD"]
    command += ["--results", str(tmp_path / "latest.json")]
    before = _worktrees()
    process = subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    (made,) = wait_for(lambda: _worktrees() - before, "the worktree")
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert said.endswith("The bench was cut.\n")
    assert process.returncode == 130
    assert not Path(made).exists()
    assert made not in _worktrees()


def test_an_unknown_revision_is_refused():
    with pytest.raises(builds.BuildError, match="There is no revision nowhere here"):
        builds.revision("nowhere")


def test_what_is_not_committed_makes_another_build(monkeypatch):
    commit, said = "f" * 40, {"diff": "", "ls-files": ""}
    monkeypatch.setattr(builds, "revision", lambda name: commit)
    done = lambda *words, **_: subprocess.CompletedProcess(words, 0, said[words[0]], "")  # noqa: E731
    monkeypatch.setattr(builds, "_git", done)
    assert builds.state() == commit
    said["diff"] = "+changed"
    changed = builds.state()
    said["ls-files"] = "README.md\n"
    assert len({commit, changed, builds.state()}) == 3


def _worktrees() -> set[str]:
    """The worktrees that a bench has put up, and no others of this repository."""
    listed = wait_for(_listed, "git's list of worktrees")
    return {line.split()[0] for line in listed.splitlines() if line.startswith("/tmp/sbr-")}


def _listed() -> str:
    """What git lists; nothing while another git is in the middle of making or removing one."""
    done = subprocess.run(["git", "worktree", "list"], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
