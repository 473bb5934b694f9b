"""What pairs of measurements come to, on figures whose answers are known."""

import math
from statistics import NormalDist

import pytest

from bench import ratios
from bench.report import LINES, Line

COST = Line("start.web", "start", "s", 4, digits=2)
RATE = Line("rate.tokens", "tokens", "", kind="rate", digits=0)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(5, 1, 5), (6, 1, 6), (7, 1, 7), (8, 2, 7), (11, 3, 9), (20, 6, 15)]
)
def test_interval_of_the_median_is_that_of_the_sign_test(count, low, high):
    # Places as in tables of the sign test at 90 %; the order in which values come does not matter.
    assert ratios.interval([float(n) for n in range(count, 0, -1)]) == (low, high)


@pytest.mark.parametrize("count", range(5, 40))
def test_interval_is_as_sure_as_it_says_and_no_wider(count):
    low, high = ratios.interval(list(range(1, count + 1)))
    assert low + high == count + 1

    def outside(place: int) -> float:
        """The probability that the median lies below value number `place`, or above the one as far from the end."""
        return 2 * sum(math.comb(count, n) for n in range(place)) / 2**count

    assert outside(low) <= 0.1 < outside(low + 1)


@pytest.mark.parametrize("count", range(5))
def test_too_few_pairs_have_no_interval(count):
    assert all(math.isnan(end) for end in ratios.interval([1.0] * count))


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ([1.04, 1.05, 1.05, 1.06, 1.2], True),  # the median is small
        ([1.00, 1.06, 1.10, 1.20, 1.30], True),  # not surely worse
        ([1.01, 1.06, 1.10, 1.20, 1.30], False),
        ([1.0, 1.0, 1.0, 1.0], False),  # too few to tell
    ],
)
def test_a_figure_holds_when_it_is_little_worse_or_not_surely(found, holds):
    assert ratios.ratio_of(COST, [(ratio, 1.0) for ratio in found]).holds is holds


@pytest.mark.parametrize(("line", "after", "before"), [(COST, 1.1, 1.0), (RATE, 1000.0, 1100.0)])
def test_ten_percent_worse_is_always_the_same_ratio(line, after, before):
    assert ratios.ratio_of(line, [(after, before)] * 5).median == pytest.approx(1.1)


@pytest.mark.parametrize("kind", ["count", "difference", "load"])
def test_what_has_no_ratio(kind):
    assert ratios.ratio_of(Line("x", "x", "", kind=kind), [(1.0, 1.0)] * 5) is None


def test_nothing_divided_by_nothing_is_no_ratio():
    assert ratios.ratio_of(COST, [(1.0, 0.0)] * 5) is None


def test_interval_covers_a_skewed_median_as_often_as_it_says():
    """Deterministic: the expected share over all quantile patterns of five draws is 1 - 2/2**5."""
    median = NormalDist().inv_cdf(0.5)
    halves = [[1.0 if bits >> n & 1 else -1.0 for n in range(5)] for bits in range(32)]
    held = sum(low <= median <= high for low, high in map(ratios.interval, halves))
    assert held / 32 == 1 - 2 / 32


def pair(after: float, before: float, **more: float):
    return {"start.web": after, **more}, {"start.web": before}


def test_table_has_this_build_the_other_the_ratio_and_its_interval():
    pairs = {"start": [pair(1.2, 1.0), pair(1.3, 1.0), pair(1.4, 1.0), pair(1.5, 1.0), pair(1.6, 1.0)]}
    (row,) = ratios.rows(pairs)
    assert row[1:] == ("1.40 s", "1.00 s", "1.40", "1.20 – 1.60", "5", "MISSED")


def test_table_tells_what_is_not_decided_yet():
    (row,) = ratios.rows({"start": [pair(1.0, 1.0)]})
    assert row[3:] == ("1.00", "", "1", "too few pairs")


@pytest.mark.parametrize(("lost", "verdict"), [([0, 0, 0, 0, 0], "ok"), ([0, 0, 1, 0, 0], "MISSED")])
def test_a_count_must_be_right_in_every_pair(lost, verdict):
    pairs = {"kill": [({"kill.lost": float(n)}, {"kill.lost": 0.0}) for n in lost]}
    (row,) = ratios.rows(pairs)
    assert row[3:] == ("", "", "5", verdict)


def test_a_figure_that_only_this_build_has_is_told():
    shown = ratios.table({"start": [pair(1.0, 1.0, **{"start.all": 2.0})]}, "abc")
    assert "abc has no figure for: start to first 200, database started too." in shown
    assert shown.count("start to first 200") == 2  # the other one's row, and this sentence


def test_every_line_says_what_it_is():
    kinds = {line.key: line.kind for line in LINES}
    found = {f"{name}.{what}" for name in ("help_en", "help_id", "python") for what in ("words", "to_bm25")}
    found |= {"help_en.to_postgres", "help_id.to_postgres", "near.least", "cover_density.times", "ingest.rate"}
    found |= {"help_en.both", "help_id.both", "id_en.both", "workflows.times_dbos"}
    assert {key for key, kind in kinds.items() if kind == "rate"} == {"rate.tokens", *found}
    assert {
        key for key, kind in kinds.items() if key.endswith((".failed", ".lost", ".seen")) and kind != "count"
    } == set()
