"""Which passages are worth ranking: those whose words of a question, together, tell most.

What words tell together is how rare they are together: a threshold is chosen above which some hundred passages may be
expected, and written down as a tsquery, so that the index alone leaves out all others. In the index only the rarest
words are walked through then; of the others it is looked up whether they stand beside those.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

from documents.knowledge.words import Unit

WANTED = 150  # passages that may be expected
ENOUGH, MANY = 0.2, 10  # of those wanted so few will do, where with the next they would be so many times as many
MOST = 4_000  # passages that are looked at where all words together are frequent
MOST_WORDS = 6  # the rarest of a question, by which passages are found


@dataclass(frozen=True, slots=True)
class Weighted:
    """A unit of the question with how much it tells: `share` of all passages have it."""

    unit: Unit
    idf: float
    share: float

    @classmethod
    def of(cls, unit: Unit, passages: int, chunks: int) -> "Weighted":
        """A unit that stands in so many of all passages."""
        idf = math.log(1 + (chunks - passages + 0.5) / (passages + 0.5))
        return cls(unit, idf, passages / chunks if chunks else 0.0)


@dataclass(frozen=True, slots=True)
class Query:
    """A tsquery for the passages to look at. `is_any`: for all with any word; `expected`: how many there may be."""

    text: str
    is_any: bool
    expected: float


def any_of(asked: Sequence[Weighted], passages: float) -> Query:
    """All of these passages that have any of the words."""
    lacking = reduce(lambda left, one: left * (1 - one.share), asked, 1.0)
    return Query(" | ".join(f"({one.unit.query})" for one in asked), True, passages * (1 - lacking))


def telling(asked: Sequence[Weighted], passages: float, wanted: float = WANTED) -> Query:
    """Of so many passages those that tell most, as many as are wanted; `asked`: the rarest first.

    Words that nobody has counted are taken for rare.
    """
    unknown, known = [one for one in asked if not one.share], [one for one in asked if one.share]
    rare = known[:MOST_WORDS]
    least, expected = _threshold(rare, passages, wanted)
    if not known or least <= known[-1].idf:
        return any_of(asked, passages)
    texts = [*(f"({one.unit.query})" for one in unknown), _at_least(rare, least)]
    return Query(" | ".join(texts), False, expected)


def _threshold(rare: Sequence[Weighted], passages: float, wanted: float) -> tuple[float, float]:
    """How much a passage must tell, and how many may be expected that do."""
    lacking = reduce(lambda left, one: left * (1 - one.share), rare, 1.0)
    levels = []
    for count in range(1, len(rare) + 1):
        for some in combinations(rare, count):
            these = reduce(lambda left, one: left * one.share / max(1 - one.share, 1e-9), some, lacking)
            levels.append((sum(one.idf for one in some), these * passages))
    expected, least = 0.0, math.inf
    for told, more in sorted(levels, reverse=True):
        if expected >= wanted or (expected >= ENOUGH * wanted and expected + more > MANY * wanted):
            break
        least, expected = told, expected + more
    return least - 1e-9, expected


def _at_least(words: Sequence[Weighted], needed: float) -> str:
    """A tsquery for passages whose words tell as much as needed; "" where none can."""
    if sum(one.idf for one in words) < needed:
        return ""
    (first, *rest), without = words, _at_least(words[1:], needed)
    if first.idf >= needed:
        return f"({first.unit.query})" + (f" | {without}" if without else "")
    together = f"({first.unit.query}) & ({_at_least(rest, needed - first.idf)})"
    return f"{together} | {without}" if without else together
