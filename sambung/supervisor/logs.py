"""Log files of the child processes."""

import os
from pathlib import Path
from typing import BinaryIO

LIMIT = 10_000_000  # bytes; a longer file is put aside when its process starts


def open_log(path: Path) -> BinaryIO:
    """Open a log for appending, mode 0600; where it has grown too long, the old one becomes `NAME.1`."""
    if path.exists() and path.stat().st_size > LIMIT:
        os.replace(path, path.with_name(path.name + ".1"))
    return open(path, "ab", buffering=0, opener=lambda name, flags: os.open(name, flags, 0o600))


def tail(path: Path, lines: int, *, start: int = 0) -> list[str]:
    """Give the last `lines` lines of a log, of what stands after byte `start`; none where it is missing."""
    try:
        with open(path, "rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(start, end - 256 * lines))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return []
    return text.splitlines()[-lines:]
