"""A change of a text in pieces: each place that changed, which can be undone by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.definitions.versions import Change
from documents.merging.alignment import lines, places
from documents.merging.difference import AROUND, changed


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place: the lines that were there, and those from index `at` of the text after on that came for them."""

    number: int
    at: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def hunks(before: str, after: str) -> list[Hunk]:
    """Return the places that changed, in their order, counted from 0."""
    old, new = _lines(before), _lines(after)
    found, at, at2 = [], 0, 0
    for here, there in [*places(old, new).items(), (len(old), len(new))]:
        if (here, there) != (at, at2):
            found.append(Hunk(len(found), at2, tuple(old[at:here]), tuple(new[at2:there])))
        at, at2 = here + 1, there + 1
    return found


def without(after: str, undone: Iterable[Hunk]) -> str:
    """Return the text after the change without these places of it."""
    new = _lines(after)
    for hunk in sorted(undone, key=lambda one: one.at, reverse=True):
        new[hunk.at : hunk.at + len(hunk.after)] = hunk.before
    return "".join(new)[:-1]


def shown(hunk: Hunk, after: Sequence[str], label: str) -> Change:
    """Return a place for `components/_diff.html`, with a few of the lines around it; `after` are those of the text."""
    end = hunk.at + len(hunk.after)
    around = [(" ", line.rstrip("\r\n")) for line in after[max(0, hunk.at - AROUND) : hunk.at]]
    below = [(" ", line.rstrip("\r\n")) for line in after[end : end + AROUND]]
    return Change(label, [*around, *changed("".join(hunk.before), "".join(hunk.after)), *below])


def _lines(text: str) -> list[str]:
    """The lines of a text; its last one ends as all others do."""
    return lines(f"{text}\n")
