"""The few tags of HTML that count, and only where they have no attributes. All others stay the letters that they are.

An opening tag becomes markup when its closing tag has come within the same element, so that no pair can reach out of
the place in which it stands, or be left open.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LINE = "sub|sup|kbd|u|mark"
ELEMENTS = frozenset([*_LINE.split("|"), "details", "summary", "br"])
MAX_OPEN = 20  # that wait for their closing tag; the first of more stays text

_TAG = re.compile(rf"<(?:(?P<br>br) ?/?|(?P<slash>/?)(?P<name>{_LINE}))>", re.IGNORECASE)
# What stands in a heading that is left open ends before the next tag of these two.
_WORDS = r"((?:(?!</?(?:summary|details)>).)*+)"
_FOLD = re.compile(rf"<details>(?:\s*+<summary>{_WORDS}</summary>)?|</details>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Opened:
    """An opening tag: the element in which it stands, its place in the output and the markup for it there."""

    name: str
    depth: int
    place: int
    markup: str


class Pairs:
    """The opening tags of a text whose closing tag has not come yet."""

    def __init__(self) -> None:
        self._open: list[Opened] = []

    def begin(self, opened: Opened) -> None:
        self._open.append(opened)
        if len(self._open) > MAX_OPEN:
            del self._open[0]

    def end(self, name: str, depth: int) -> Opened | None:
        """Return the tag that this one closes. Those opened within it stay text."""
        for n in range(len(self._open) - 1, -1, -1):
            opened = self._open[n]
            if opened.depth != depth:
                return None
            if opened.name == name:
                del self._open[n:]
                return opened
        return None

    def leave(self, depth: int) -> None:
        """Forget what was opened deeper than this: its element has ended."""
        while self._open and self._open[-1].depth > depth:
            self._open.pop()


def inline(text: str) -> Iterator[tuple[str, str]]:
    """Yield (letters, tag) of a text: "br", a name such as "sub", one with a slash such as "/sub", or no tag."""
    at = 0
    for found in _TAG.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], ""
        yield found.group(), (found["br"] or found["slash"] + found["name"]).lower()
        at = found.end()
    if at < len(text):
        yield text[at:], ""


def folds(text: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield (letters, tag, heading) of a block of HTML: "details" with its heading, "/details", or no tag."""
    at = 0
    for found in _FOLD.finditer(text):
        if text[at : found.start()].strip():
            yield text[at : found.start()], "", None
        yield found.group(), "/details" if found.group().startswith("</") else "details", found[1]
        at = found.end()
    if text[at:].strip():
        yield text[at:], "", None


def first_open(blocks: Iterable[tuple[int, str]]) -> int | None:
    """Return which of these (place, block of HTML) has a `<details>` that is still open, or waits for one that does.

    What stands before that place has all its pairs.
    """
    waiting: list[int] = []
    pairs: list[tuple[int, int]] = []
    for place, text in blocks:
        for _letters, tag, _heading in folds(text):
            if tag == "details":
                waiting.append(place)
            elif tag and waiting:
                pairs.append((waiting.pop(), place))
    if not waiting:
        return None
    first = waiting[0]
    for begun, ended in reversed(pairs):
        if begun < first <= ended:  # its end stands in the block that opens another one
            first = begun
    return first
