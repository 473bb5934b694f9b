"""One supervisor for each data directory."""

import contextlib
import json
import os
from collections.abc import Iterator

import filelock

from sambung.home import Home, write_private


class AlreadyRuns(Exception):
    """Another supervisor holds the data directory; the text is one sentence."""


@contextlib.contextmanager
def claim(home: Home, url: str) -> Iterator[None]:
    """Hold the data directory for this process, which serves at `url`; a killed process holds nothing.

    Raises AlreadyRuns.
    """
    lock = filelock.FileLock(home.run / "supervisor.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise AlreadyRuns(describe(home)) from None
    try:
        write_private(home.run / "supervisor.json", json.dumps({"pid": os.getpid(), "url": url}))
        yield
    finally:
        lock.release()


def describe(home: Home) -> str:
    """Give a sentence about the supervisor that runs on this data directory, empty where none does."""
    lock = filelock.FileLock(home.run / "supervisor.lock")
    try:
        with lock.acquire(timeout=0):
            return ""
    except filelock.Timeout:
        pass
    try:
        found = json.loads((home.run / "supervisor.json").read_bytes())
        return f"Sambung already runs at {found['url']} (process {found['pid']})."
    except (OSError, ValueError, KeyError):
        return f"Sambung already runs on {home.root}."
