"""Places in a text, as a model reads and names them: numbered lines, and words that stand there exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

PART = 20_000  # characters that are read at once
MOST_PLACES, MOST_SAID = 5, 200  # places that are named, and characters of a line
MOST_COMPARED = 20_000  # lines that are looked through for what is near
ALIKE = 0.6  # from here on a line is near; 1 = the same


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a text, each as "number<tab>line"; `next_line` is where it goes on, None = that was the end."""

    text: str
    first: int
    last: int
    lines: int
    next_line: int | None


def with_line_feeds(text: str) -> str:
    """The same with the line ends that are stored."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def part(text: str, first: int = 1) -> Part:
    """Return the lines from this one on, as many as are read at once; a longer line is cut. Raises IndexError."""
    found = text.split("\n")
    if len(found) > 1 and not found[-1]:
        found.pop()
    if not 1 <= first <= len(found):
        raise IndexError(len(found))
    told, size, last = [], 0, first - 1
    for n, line in enumerate(found[first - 1 :], start=first):
        if told and size + len(line) > PART:
            break
        told.append(f"{n}\t{_short(line, PART)}")
        size, last = size + len(line) + 1, n
    return Part("\n".join(told), first, last, len(found), last + 1 if last < len(found) else None)


def replaced(text: str, old: str, new: str) -> str:
    """Put `new` in the one place where `old` stands. Raises NotOnce, and ValueError where `old` is empty."""
    if not old:
        raise ValueError("There is nothing to look for.")
    places = list(_places(text, old))
    if len(places) != 1:
        raise NotOnce(len(places), _named(text, places) if places else near(text, old))
    return text[: places[0]] + new + text[places[0] + len(old) :]


class NotOnce(Exception):
    """What was looked for stands in the text `n` times; `lines` are those places, or what is near them: "12: …"."""

    def __init__(self, n: int, lines: list[str]) -> None:
        super().__init__(n, lines)
        self.n, self.lines = n, lines


def near(text: str, old: str) -> list[str]:
    """Return the lines that are most like the first one that is looked for."""
    wanted = next((line.strip() for line in old.split("\n") if line.strip()), "")[:MOST_SAID]
    by_line: dict[str, int] = {}
    for n, line in enumerate(text.split("\n")[:MOST_COMPARED], start=1):
        by_line.setdefault(line.strip()[:MOST_SAID], n)
    found = get_close_matches(wanted, by_line, MOST_PLACES, ALIKE) if wanted else []
    return [f"{by_line[line]}: {line}" for line in found]


def _places(text: str, old: str) -> Iterator[int]:
    """Where it begins, also within itself."""
    at = text.find(old)
    while at >= 0:
        yield at
        at = text.find(old, at + 1)


def _named(text: str, places: list[int]) -> list[str]:
    """The lines that these places lie in."""
    found = []
    for at in places[:MOST_PLACES]:
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        line = text[start : len(text) if end < 0 else end]
        found.append(f"{text.count(chr(10), 0, at) + 1}: {_short(line.strip(), MOST_SAID)}")
    return found


def _short(line: str, most: int) -> str:
    return line if len(line) <= most else f"{line[:most]}… ({len(line) - most} more characters)"
