"""Charts and tables that models make."""

import pytest

from agents.toolkits import chart, table
from agents.tools import Chart, Table, show

BAR = {"type": "bar", "labels": ["a", "b"], "series": [{"name": "s", "values": [1, None]}]}


async def test_a_chart_is_shown(run):
    result = await run(chart.toolkit, "make_chart", **BAR, title="T", y_title="y")
    assert result.show == Chart("bar", ("a", "b"), (("s", (1, None)),), "T", "", "y")
    assert "<svg" in show.render(None, show.stored(result.show))


async def test_a_scatter_chart_takes_pairs(run):
    result = await run(chart.toolkit, "make_chart", type="scatter", series=[{"values": [[1, 2], [3, 4]]}])
    assert result.show.series == (("", ((1, 2), (3, 4))),)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"labels": ["a"]}, "as many values"),
        ({"labels": []}, "as many values"),
        ({"type": "scatter"}, "pairs of numbers"),
        ({"series": [{"values": [1, [2, 3]]}]}, "numbers that can be drawn"),
        ({"series": [{"values": [1, 1e300]}]}, "numbers that can be drawn"),
        ({"type": "pie"}, "A pie takes"),
        ({"type": "pie", "series": [{"values": [0, 0]}]}, "A pie takes"),
        ({"type": "pie", "series": [{"values": [1, 1]}, {"values": [1, 1]}]}, "A pie takes"),
        ({"type": "radar"}, "do not fit"),
    ],
)
async def test_what_cannot_be_drawn_is_told(run, changes, told):
    result = await run(chart.toolkit, "make_chart", **BAR | changes)
    assert result.is_error
    assert told in result.content


async def test_a_table_is_shown(run):
    result = await run(table.toolkit, "make_table", columns=["a", "b"], rows=[[1, "x"], [None, True]])
    assert result.show == Table(("a", "b"), ((1, "x"), (None, True)))
    assert "<table" in show.render(None, show.stored(result.show))


async def test_rows_of_another_length_are_told(run):
    result = await run(table.toolkit, "make_table", columns=["a", "b"], rows=[[1, 2], [3]])
    assert result.content == "Row 2 has 1 cells, but there are 2 columns."
