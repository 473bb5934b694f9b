"""What programs write for a terminal, as text: without colours, and of a line that was written over its last state."""

import re

#: Sequences of ECMA-48: those with parameters (CSI), strings up to their end (OSC, DCS, SOS, PM, APC), and short ones.
_CODES = re.compile(
    r"(?:\x1b\[|\x9b)(?P<given>[0-?]*)[ -/]*(?P<act>[@-~])?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c|(?=\x1b|\n|$))"
    r"|\x1b[ -/]*[0-~]?"
)
_ACTS = re.compile(
    rf"(?P<code>{_CODES.pattern})|(?P<control>[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f])|(?P<words>[^\x00-\x08\x0b-\x1f\x7f-\x9f]+)"
)
_TELLS = re.compile(r"[\x08\x1b\x9b\x9d]")
_WIDEST = 500  # columns that a sequence may move to


def plain(text: str) -> str:
    """Return what a reader of the terminal sees in the end. A text that was not written for one is returned as it is.

    Lone carriage returns alone tell nothing: they are line ends of old files, unless other line ends are there too.
    """
    if not _TELLS.search(text) and not _is_overwritten(text):
        return text
    return "\n".join(_line(line) if _ACTS.search(line) else line for line in text.replace("\r\n", "\n").split("\n"))


def plain_json(value: object) -> object:
    """Return a JSON value with every text in it made plain. What is deeper than can be read stays."""
    match value:
        case str():
            return plain(value)
        case dict():
            return {key: plain_json(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain_json(inner) for inner in value]
    return value


def _is_overwritten(text: str) -> bool:
    return "\n" in text and re.search(r"\r(?!\n)", text) is not None


def _line(line: str) -> str:
    """One line after all that was done in it."""
    cells: list[str] = []
    at = 0
    for found in _ACTS.finditer(line):
        if words := found["words"]:
            cells.extend(" " * (at - len(cells)))
            cells[at : at + len(words)] = words
            at += len(words)
        elif act := found["act"]:
            at = _moved(cells, at, act, found["given"])
        elif found["control"] == "\r":
            at = 0
        elif found["control"] == "\x08":
            at = max(0, at - 1)
    return "".join(cells).rstrip() if "\r" in line else "".join(cells)


def _moved(cells: list[str], at: int, act: str, given: str) -> int:
    """Erase or move as a sequence says; return where the cursor is then."""
    n = min(int(given), _WIDEST) if given.isdecimal() else 0
    match act:
        case "K" | "J" if n == 0:
            del cells[at:]
        case "K" | "J" if n == 2:
            cells[:] = ""
            return 0 if act == "J" else at
        case "K":
            cells[:at] = " " * min(at, len(cells))
        case "G":
            return max(n, 1) - 1
        case "C":
            return max(at, min(at + max(n, 1), _WIDEST))
        case "D":
            return max(0, at - max(n, 1))
    return at
