"""Two texts that were made of the same one become one text: line by line, and inside a line word by word.

Where both changed the same place in different ways nobody can know what is meant: that is a collision, with both texts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.merging.alignment import lines, places, words

MOST_WORDS = 20_000  # of a place that both have changed; a longer one is not merged by words


@dataclass(frozen=True, slots=True)
class Collision:
    """A place that both have changed: what it was, what is there now, and what is new."""

    base: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of it: texts and collisions, in their order."""

    pieces: tuple[str | Collision, ...]

    @property
    def collisions(self) -> list[Collision]:
        return [piece for piece in self.pieces if isinstance(piece, Collision)]

    @property
    def text(self) -> str:
        """The whole text; where both changed a place, both of it stand there, theirs first."""
        return "".join(piece if isinstance(piece, str) else piece.theirs + piece.ours for piece in self.pieces)[:-1]


def merge(base: str, theirs: str, ours: str) -> Merged:
    """Make one text of two that were made of `base`."""
    texts = [lines(f"{text}\n") for text in (base, theirs, ours)]
    return Merged(tuple(_joined(_line_piece(*place) for place in _places(*texts))))


def beside(theirs: str, ours: str) -> Merged:
    """The same where what both were made of is not known: every line that differs is a collision."""
    one, other = lines(f"{theirs}\n"), lines(f"{ours}\n")
    return Merged(tuple(_joined(_differing(one, other))))


def _differing(one: Sequence[str], other: Sequence[str]) -> Iterator[str | Collision]:
    at, at2 = 0, 0
    for here, there in [*places(one, other).items(), (len(one), len(other))]:
        if (here, there) != (at, at2):
            yield Collision("", "".join(one[at:here]), "".join(other[at2:there]))
        yield from one[here : here + 1]
        at, at2 = here + 1, there + 1


def _line_piece(base: Sequence[str], theirs: Sequence[str], ours: Sequence[str]) -> str | Collision:
    chosen = _chosen(base, theirs, ours)
    if chosen is not None:
        return "".join(chosen)
    texts = ["".join(part) for part in (base, theirs, ours)]
    merged = _by_words(*texts)
    return Collision(*texts) if merged is None else merged


def _by_words(base: str, theirs: str, ours: str) -> str | None:
    """The text in which the words of both stand; None where they changed the same ones."""
    parts = [words(text) for text in (base, theirs, ours)]
    if max(map(len, parts)) > MOST_WORDS:
        return None
    found = [_chosen(*place) for place in _places(*parts)]
    return None if None in found else "".join("".join(chosen) for chosen in found)


def _chosen(base: Sequence[str], theirs: Sequence[str], ours: Sequence[str]) -> Sequence[str] | None:
    """What becomes of one place: the text of whoever changed it, or None where both did in different ways."""
    if theirs in (base, ours):
        return ours
    return theirs if ours == base else None


def _places(base: Sequence[str], theirs: Sequence[str], ours: Sequence[str]) -> Iterator[tuple]:
    """Cut three texts into the same places: those where all three agree, and what lies between."""
    in_theirs, in_ours = places(base, theirs), places(base, ours)
    at, at2, at3 = 0, 0, 0
    for n in in_theirs:
        if n not in in_ours:
            continue
        here = n, in_theirs[n], in_ours[n]
        if here != (at, at2, at3):
            yield base[at : here[0]], theirs[at2 : here[1]], ours[at3 : here[2]]
        at, at2, at3 = (place + 1 for place in here)
        same = base[n : n + 1]
        yield same, same, same
    if (at, at2, at3) != (len(base), len(theirs), len(ours)):
        yield base[at:], theirs[at2:], ours[at3:]


def _joined(pieces: Iterator[str | Collision]) -> Iterator[str | Collision]:
    """The same with texts that stand beside one another as one."""
    kept: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            kept.append(piece)
            continue
        if kept:
            yield "".join(kept)
            kept = []
        yield piece
    if kept:
        yield "".join(kept)
