"""Which lines or words of one text stand in another one.

Lines that are there once in both hold a place fast; what lies between two of them is compared by itself. So it stays
quick where a text is long. Where it repeats itself it is bounded: few edits are found all the same, and what would take
too long counts as different.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

BUDGET = 20_000_000  # steps that the comparison of two texts may take in repetitions
FEW = 100  # edits that are found in repetitions above it
_WORD = re.compile(
    r"\n"
    r"|[^\S\n]+"
    r"|[!-/:-@\[-`{-~\u2010-\u2027\u2030-\u205e\u3001-\u303f]"  # punctuation
    r"|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"  # scripts without spaces: a sign is a word
    r"|[^\s!-/:-@\[-`{-~\u2010-\u2027\u2030-\u205e\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)


def lines(text: str) -> list[str]:
    """The lines of a text with their ends; together they are the text."""
    return text.splitlines(keepends=True)


def words(text: str) -> list[str]:
    """The words of a text, and what stands between them; together they are the text."""
    return _WORD.findall(text)


def places(one: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Return where items of `one` stand in `other`: index -> index, both growing, of equal items."""
    found: dict[int, int] = {}
    left = BUDGET
    ranges = [(0, len(one), 0, len(other))]
    while ranges:
        at, end, at2, end2 = _without_ends(one, other, ranges.pop(), found)
        if at == end or at2 == end2:
            continue
        if anchors := _anchors(one[at:end], other[at2:end2]):
            ranges += _between([(at + i, at2 + j) for i, j in anchors], at, end, at2, end2)
            continue
        cost = _cost(one[at:end], other[at2:end2])
        if cost <= left:
            left -= cost
            matcher = SequenceMatcher(None, one[at:end], other[at2:end2], autojunk=False)
            blocks = matcher.get_matching_blocks()
        else:
            blocks = _few_edits(one[at:end], other[at2:end2])
        for i, j, size in blocks:
            found.update((at + i + n, at2 + j + n) for n in range(size))
    return dict(sorted(found.items()))


def _without_ends(one, other, area: tuple[int, int, int, int], found: dict[int, int]) -> tuple[int, int, int, int]:
    """Note what the two have in common at both ends; return the rest."""
    at, end, at2, end2 = area
    while at < end and at2 < end2 and one[at] == other[at2]:
        found[at] = at2
        at, at2 = at + 1, at2 + 1
    while at < end and at2 < end2 and one[end - 1] == other[end2 - 1]:
        end, end2 = end - 1, end2 - 1
        found[end] = end2
    return at, end, at2, end2


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The most items that are there once in both and come in the same order: (index, index)."""
    here, there = Counter(one), Counter(other)
    where = {item: n for n, item in enumerate(other) if there[item] == 1}
    pairs = [(n, where[item]) for n, item in enumerate(one) if here[item] == 1 and item in where]
    tails: list[int] = []  # the smallest last index of a row of each length
    ends: list[int] = []  # which pair that is
    before: list[int] = []
    for n, (_, at) in enumerate(pairs):
        length = bisect_left(tails, at)
        tails[length : length + 1] = [at]
        ends[length : length + 1] = [n]
        before.append(ends[length - 1] if length else -1)
    found, n = [], ends[-1] if ends else -1
    while n >= 0:
        found.append(pairs[n])
        n = before[n]
    return found[::-1]


def _between(anchors: list[tuple[int, int]], at: int, end: int, at2: int, end2: int) -> Iterator[tuple]:
    """The ranges from each anchor to the next, which begin with it, and the one before the first."""
    starts = [(at, at2), *anchors]
    stops = [*anchors, (end, end2)]
    for (start, start2), (stop, stop2) in zip(starts, stops, strict=True):
        yield start, stop, start2, stop2


def _cost(one: Sequence[str], other: Sequence[str]) -> int:
    """Steps that difflib takes at most."""
    there = Counter(other)
    return sum(there[item] for item in one) * min(len(one), len(other))


def _few_edits(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    """What stays where the fewest items come and go: (index, index, size); nothing where those are more than `FEW`.

    E. Myers, An O(ND) Difference Algorithm and Its Variations (1986): the furthest place by each difference of indexes.
    """
    furthest, steps = {1: 0}, []
    for edits in range(FEW + 1):
        steps.append(furthest.copy())
        for diagonal in range(-edits, edits + 1, 2):
            at = _begun(furthest, diagonal, edits)
            while at < len(one) and at - diagonal < len(other) and one[at] == other[at - diagonal]:
                at += 1
            furthest[diagonal] = at
            if at >= len(one) and at - diagonal >= len(other):
                return _walked(steps, diagonal, at)
    return []


def _begun(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """Where a diagonal is entered: from the one above by an item that comes, or from below by one that goes."""
    return furthest[diagonal + 1] if _is_from_above(furthest, diagonal, edits) else furthest[diagonal - 1] + 1


def _is_from_above(furthest: dict[int, int], diagonal: int, edits: int) -> bool:
    return diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])


def _walked(steps: list[dict[int, int]], diagonal: int, end: int) -> list[tuple[int, int, int]]:
    """The runs of equal items on the way to the end, the first one first."""
    runs = []
    for edits in range(len(steps) - 1, -1, -1):
        furthest = steps[edits]
        at = _begun(furthest, diagonal, edits)
        runs.append((at, at - diagonal, end - at))
        diagonal, end = (diagonal + 1, at) if _is_from_above(furthest, diagonal, edits) else (diagonal - 1, at - 1)
    return [run for run in reversed(runs) if run[2]]
