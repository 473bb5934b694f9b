"""Reads a file that nobody has looked at: a process of its own, with limits, that ends with it. No Django.

`python -m sambung.lib.files.reader <family> <characters> <name> <encoding> [<descriptor>]` takes the file from its
input, its password, if there is one, from an open descriptor, and writes a JSON object a line, as it reads:
`{"block": …}`, `{"warning": …}`, `{"told": …}`, or `{"problem": …}`, which is the last one. What is wrong with a
file, whatever that may be, ends this process and nothing else.
"""

import json
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sambung.lib.files import readers
from sambung.lib.files.blocks import Block, Piece, ReadWarning, Told

MEMORY = 1_500_000_000  # bytes of address space; the libraries alone take some hundred million
SECONDS = 8  # of processor time
TEXT = 1_000_000  # characters that are kept of an attachment
#: Bytes that a reader may write, by family: into memory, where a library wants a file.
WRITTEN = {"parquet": 250_000_000}
WHOLE = 20_000_000  # characters of a file that is read whole; each of its pages gives it time
SECONDS_WHOLE, SECONDS_PAGE, SECONDS_MOST = 30, 0.2, 900
LONGEST_PASSWORD = 1000  # bytes
NAME, WARNINGS = 300, 20  # characters of a name; warnings of one file
_SOURCES = {Block: "block", ReadWarning: "warning", Told: "told"}


def main() -> None:
    """Read what comes in, within the limits, and write what is found as it is found."""
    family, most, name, encoding, *descriptor = sys.argv[1:]
    password = os.read(int(descriptor[0]), LONGEST_PASSWORD).decode() if descriptor else ""
    is_whole = int(most) == WHOLE
    written = WRITTEN.get(family, 0)
    seconds = (SECONDS_WHOLE, SECONDS_MOST) if is_whole else (SECONDS, SECONDS)
    for what, bound in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, written)):
        resource.setrlimit(what, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CPU, seconds)
    file = readers.File(sys.stdin.buffer.read(), name, encoding, password=password, is_shown=not is_whole)
    try:
        for piece in bounded(readers.read(family, file), int(most)):
            if is_whole and isinstance(piece, Told):
                _give_time(piece.facts.get("pages", 0))
            print(json.dumps({_SOURCES[type(piece)]: piece.stored}), flush=is_whole)
    except readers.Unreadable as problem:
        print(json.dumps({"problem": str(problem)}))


def _give_time(pages: int) -> None:
    """Raise the limit of processor time by what so many pages may take."""
    seconds = min(SECONDS_MOST, SECONDS_WHOLE + int(pages * SECONDS_PAGE))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, SECONDS_MOST))


def bounded(pieces: Iterable[Piece], most: int) -> Iterator[Piece]:
    """The pieces up to so many characters, 0 for all of them, without what no database holds."""
    left, warnings = most or sys.maxsize, WARNINGS
    for piece in pieces:
        if isinstance(piece, Told):
            yield piece
        elif isinstance(piece, ReadWarning):
            warnings -= 1
            if warnings >= 0:
                yield ReadWarning(piece.code, {name: _short(value) for name, value in piece.params.items()})
        elif left > 0:
            text = _clean(piece.text)
            yield replace(piece, text=text[:left], sheet=_short(piece.sheet), path=_short(piece.path))
            left -= len(text) + len(piece.gap)
            if left < -len(piece.gap):
                break
        else:
            break
    else:
        return
    yield Told({"is_cut": True})


def _short(value: str | int) -> str | int:
    """A name, or another word, as long as it can be shown."""
    if isinstance(value, int):
        return value
    clean = _clean(value)
    return clean if len(clean) <= NAME else f"{clean[: NAME - 1]}…"


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


if __name__ == "__main__":
    main()
