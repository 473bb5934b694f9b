"""What answers cost together: what is known, and whether that is all."""

from decimal import Decimal

import pytest

from agents.usage import meter
from agents.usage.prices import LARGEST, Cost

ONE, NONE, UNKNOWN = Cost(Decimal(1)), Cost(), Cost(is_partial=True)


@pytest.mark.parametrize(
    ("costs", "expected", "told"),
    [
        ([], NONE, None),
        ([ONE, ONE], Cost(Decimal(2)), Decimal(2)),
        ([ONE, UNKNOWN], Cost(Decimal(1), is_partial=True), Decimal(1)),
        ([UNKNOWN, UNKNOWN], UNKNOWN, None),
        ([Cost(Decimal(0)), UNKNOWN], Cost(Decimal(0), is_partial=True), None),
        ([Cost(Decimal(0))], Cost(Decimal(0)), Decimal(0)),
        ([Cost(LARGEST - 1), ONE], Cost(LARGEST), None),
    ],
)
def test_costs_add_up_and_keep_what_is_not_known(costs, expected, told):
    total = sum(costs, Cost())
    assert total == expected
    assert total.told == told


def test_no_answer_costs_nothing_that_could_be_told():
    assert meter.cost([]).told is None
