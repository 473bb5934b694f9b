"""A build that is measured: code in a folder and the Python that runs it. Another revision gets both for a while."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sambung.home import PROJECT

LOCK = "requirements/run.lock"


class BuildError(Exception):
    """A revision cannot be built; the text is one sentence."""


@dataclass(frozen=True)
class Build:
    """What `python -m sambung…` and `manage.py` are run from."""

    folder: Path
    python: str
    name: str


PRESENT = Build(PROJECT, sys.executable, "this build")


def revision(name: str) -> str:
    """Return the full hash of a revision. Raises BuildError."""
    done = _git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", check=False)
    if done.returncode:
        raise BuildError(f"There is no revision {name} here.")
    return done.stdout.strip()


def state() -> str:
    """Return what tells this build from others: its revision, and a digest of what is not committed."""
    digest = hashlib.sha256(_git("diff", "HEAD", "--binary").stdout.encode())
    for name in sorted(_git("ls-files", "--others", "--exclude-standard").stdout.splitlines()):
        digest.update(name.encode() + (PROJECT / name).read_bytes())
    is_clean = digest.hexdigest() == hashlib.sha256().hexdigest()
    return revision("HEAD") + ("" if is_clean else f"+{digest.hexdigest()[:12]}")


@contextlib.contextmanager
def other(commit: str) -> Iterator[Build]:
    """Put a revision into a worktree, with an environment of its own where its lock is another one.

    Both go afterwards, whatever ends the block. Raises BuildError.
    """
    root = Path(tempfile.mkdtemp(prefix="sbr-", dir="/tmp"))
    root.chmod(0o711)  # PostgreSQL may run as another user
    folder = root / "build"
    try:
        _git("worktree", "add", "--quiet", "--detach", str(folder), commit)
        yield Build(folder, _python(folder), commit[:12])
    finally:
        _git("worktree", "remove", "--force", "--force", str(folder), check=False)
        shutil.rmtree(root, ignore_errors=True)
        _git("worktree", "prune", check=False)


def _python(folder: Path) -> str:
    """Return the Python for a build: ours where its packages are ours, else one that its own Makefile sets up."""
    if (folder / LOCK).read_bytes() == (PROJECT / LOCK).read_bytes():
        return sys.executable
    outside = ("MAKE", "MFLAGS", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    if _run(["make", ".venv/.run-stamp"], cwd=folder, env=environment, stdout=sys.stderr).returncode:
        raise BuildError("The environment of that revision could not be made.")
    return str(folder / ".venv/bin/python")


def compile_all(build: Build) -> None:
    """Compile the modules of a build, so that no first start does it."""
    known = ("sambung", "teams", "agents", "workflows", "documents", "chats")
    apps = [name for name in known if (build.folder / name).is_dir()]
    command = [build.python, "-m", "compileall", "-q", *apps]
    subprocess.run(command, cwd=build.folder, stdout=subprocess.DEVNULL, check=False)


def _git(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = _run(["git", *words], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if check and done.returncode:
        reason = done.stderr.strip().splitlines() or ["it gave no reason."]
        raise BuildError(f"git {words[0]} failed: {reason[-1]}")
    return done


def _run(command: list[str], **options) -> subprocess.CompletedProcess[str]:
    """Run a program; where something ends the wait, it ends with all that it started, in time to tidy up after it."""
    process = subprocess.Popen(command, text=True, start_new_session=True, **options)
    try:
        said, complained = process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise
    return subprocess.CompletedProcess(command, process.returncode, said, complained)
