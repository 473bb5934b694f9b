"""How large the body of a request may be, by its path: apps that take files say where."""

import re

LARGEST = 12 * 1024 * 1024  # bytes of a form that takes no files

_files: dict[re.Pattern[str], int] = {}


def allow(pattern: str, most: int) -> None:
    """Let files of `most` bytes come in at paths that match as a whole; the form that they lie in comes on top."""
    _files[re.compile(pattern)] = most


def largest(path: str) -> int:
    """Bytes that the body of a request to the path may have."""
    return LARGEST + next((most for there, most in _files.items() if there.fullmatch(path)), 0)
