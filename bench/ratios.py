"""Two builds compared by pairs: the median of the ratios, how sure it is, and the table.

A ratio is after to before of a cost, and before to after of a rate, so that 1.10 is always 10 % worse. The interval of
the median is the one of order statistics (the sign test turned round): it takes no law of the noise for granted and has
no chance of its own. Five pairs are the fewest that give 90 %.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.report import LINES, Line, aligned

ENOUGH = 5  # pairs
SURE = 0.9
WORSE = 1.05  # a median up to which a figure holds
Figures = Mapping[str, float]
Pair = tuple[Figures, Figures]


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the pairs' ratios, and the 90 % interval of it, or not numbers where there are too few pairs."""

    median: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the figure is no worse: by little, or not surely."""
        return not math.isnan(self.low) and (self.median <= WORSE or self.low <= 1)


def interval(values: Sequence[float], sure: float = SURE) -> tuple[float, float]:
    """Return the narrowest pair of order statistics that holds the median with at least this probability.

    Gives not numbers where even the least and the greatest value do not.
    """
    ordered, count = sorted(values), len(values)
    outside, place = 0.0, 0
    while (outside := outside + 2 * math.comb(count, place) / 2**count) <= 1 - sure:
        place += 1
    return (ordered[place - 1], ordered[count - place]) if place else (math.nan, math.nan)


def ratio_of(line: Line, pairs: Sequence[tuple[float, float]]) -> Ratio | None:
    """Return what pairs of (after, before) come to; None where a figure has no ratio."""
    if line.kind not in {"cost", "rate"}:
        return None
    turned = [(before, after) if line.kind == "rate" else (after, before) for after, before in pairs]
    found = [top / bottom for top, bottom in turned if top > 0 and bottom > 0]
    return Ratio(median(found), *interval(found)) if found else None


def rows(pairs: Mapping[str, Sequence[Pair]]) -> list[tuple[str, ...]]:
    """Return the table's rows for the pairs of each case: label, after, before, ratio, interval, pairs, verdict."""
    made = []
    every = [pair for some in pairs.values() for pair in some]
    for line in LINES:
        values = [(after[line.key], before[line.key]) for after, before in every if line.key in after.keys() & before]
        if values:
            made.append(_row(line, values))
    return made


def _row(line: Line, values: list[tuple[float, float]]) -> tuple[str, ...]:
    after, before = ([pair[side] for pair in values] for side in (0, 1))
    ratio = ratio_of(line, values)
    shown = ("", "")
    if ratio is not None:
        shown = f"{ratio.median:.2f}", "" if math.isnan(ratio.low) else f"{ratio.low:.2f} – {ratio.high:.2f}"
    told = line.shown(median(after)), line.shown(median(before))
    return (line.label, *told, *shown, str(len(values)), _verdict(line, ratio, after))


def _verdict(line: Line, ratio: Ratio | None, after: list[float]) -> str:
    """Whether a ratio holds; what has none keeps to its bound: in every pair where it counts, else in the median."""
    if ratio is not None and math.isnan(ratio.low):
        return "too few pairs"
    if ratio is None and line.must is None:
        return ""
    kept = after if line.kind == "count" else [median(after)]
    is_kept = ratio.holds if ratio is not None else all(line.passes(value) for value in kept)
    return "ok" if is_kept else "MISSED"


def table(pairs: Mapping[str, Sequence[Pair]], other: str) -> str:
    """Return the comparison as Markdown, with a line for each figure that only this build has."""
    head = ("", "this build", other, "ratio", "90 %", "pairs", "")
    return "\n".join([aligned([head, *rows(pairs)]), *lacking(pairs, other)])


def lacking(pairs: Mapping[str, Sequence[Pair]], other: str) -> list[str]:
    """Return a sentence for each figure of the table that no measurement of the other build has."""
    every = [pair for some in pairs.values() for pair in some]
    ours, theirs = (set().union(*(pair[side] for pair in every)) for side in (0, 1))
    return [f"{other} has no figure for: {line.label}." for line in LINES if line.key in ours - theirs]
