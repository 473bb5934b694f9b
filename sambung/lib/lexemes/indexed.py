"""A text as PostgreSQL keeps it for the search: a tsvector of its words, and numbers of those that are neighbours."""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from sambung.lib.lexemes.forms import stems
from sambung.lib.lexemes.reading import stretches

#: What PostgreSQL takes: bytes of a tsvector (it says 1 MB), places of a word in it, and the last place that it tells.
MOST, MOST_PLACES, LAST_PLACE = 1_000_000, 255, 16_383
_ENTRY, _PLACE = 6, 2  # bytes of a word beside its letters, and of each of its places


class Indexed(NamedTuple):
    """`words` is a tsvector and `pairs` an int2[], as they are written in SQL."""

    words: str
    pairs: str


def index(text: str) -> Indexed:
    """Read a text; one with more different words than a tsvector holds is found by its beginning."""
    places: dict[str, list[int]] = {}
    pairs, before, at, left = set(), "", 0, MOST
    for word in chain.from_iterable(words for _at, words in stretches(text)):
        if word.text:
            at += 1
            left -= _note(places, word.text, min(at, LAST_PLACE))
            if before:
                pairs.add(pair(before, word.text))
            before = word.text
        for other in (*word.others, *word.signs, *stems(word.text)):
            left -= _note(places, other)
        if left < 0:
            break
    return Indexed(" ".join(map(_written, places, places.values())), array(pairs))


def _note(places: dict[str, list[int]], word: str, at: int = 0) -> int:
    """Keep a word with its place, if it has one; return the bytes that it takes."""
    known = places.get(word)
    if known is None:
        places[word] = [at] if at else []
        return len(word.encode()) + _ENTRY + _PLACE
    if at and len(known) < MOST_PLACES and (not known or known[-1] != at):
        known.append(at)
        return _PLACE
    return 0


def _written(word: str, places: list[int]) -> str:
    return f"{quoted(word)}:{','.join(map(str, places))}" if places else quoted(word)


def quoted(word: str) -> str:
    """A word as it stands in a tsvector or a tsquery."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def pair(first: str, second: str) -> int:
    """The number of two words beside one another, of 16 bits: it tells most texts apart, in an index that stays small.

    Others have the same, so that whoever looks for it also looks at the places.
    """
    return (crc32(f"{first} {second}".encode()) & 0xFFFF) - 0x8000


def array(numbers: Iterable[int]) -> str:
    """Numbers as an array stands in SQL."""
    return f"{{{','.join(map(str, sorted(numbers)))}}}"
