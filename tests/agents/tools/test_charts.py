"""Charts: round ticks, marks inside the drawing, and every number in its table."""

import re
from xml.etree import ElementTree

import pytest

from agents.tools import Chart, charts

LONG = "A label that is far too long for the room that it has below its bar"


def _drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(charts.svg(chart))


def _marks(root: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [found for found in root.iter(tag) if "chart-1" in found.get("class", "")]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 100, (0, 20, 40, 60, 80, 100)),
        (0, 7, (0, 2, 4, 6, 8)),
        (-5, 5, (-6, -4, -2, 0, 2, 4, 6)),
        (0, 0, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (3, 3, (3, 3.5, 4, 4.5, 5, 5.5, 6)),
        (0.001, 0.0042, (0.001, 0.002, 0.003, 0.004, 0.005)),
    ],
)
def test_ticks_are_round_and_reach_around_the_numbers(low, high, expected):
    assert charts.ticks(low, high) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (2020, 2023, (2020, 2021, 2022, 2023)),
        (0, 2, (0, 1, 2)),
        (3, 3, (3, 4, 5, 6)),
        (0, 14, (0, 5, 10, 15)),
        (0, 130, (0, 25, 50, 75, 100, 125, 150)),
        (0, 0, (0, 1)),
    ],
)
def test_whole_things_have_no_halves(low, high, expected):
    assert charts.ticks(low, high, is_whole=True) == expected


YEARS = Chart("scatter", (), (("pop", ((2020, 1), (2021, 2), (2023, 4))),), "", "Year")


def _words(chart: Chart, kind: str) -> list[str]:
    return [text.text for text in _drawn(chart).iter("text") if text.get("class") == kind]


def test_years_are_told_as_years():
    assert _words(YEARS, "chart-x")[1:] == ["2020", "2021", "2022", "2023"]
    assert _marks(_drawn(YEARS), "circle")[0].find("title").text == "pop · 2020 · 1"
    assert _words(Chart("line", ("a", "b"), (("s", (1998, 2001)),)), "chart-y") == ["1998", "1999", "2000", "2001"]


def test_halves_of_what_has_them_and_thousands_are_told():
    assert _words(Chart("line", ("a", "b"), (("s", (1.5, 2)),)), "chart-y")[1] == "1.6"
    assert _words(Chart("bar", ("a",), (("s", (20000,)),)), "chart-y")[-1] == "20\u202f000"


def _stretches(values: tuple) -> list[int]:
    """How many points each line has."""
    root = _drawn(Chart("line", tuple(map(str, range(len(values)))), (("s", values),)))
    return [len(line.get("points").split()) for line in _marks(root, "polyline")]


@pytest.mark.parametrize(
    ("values", "stretches"),
    [
        ((10, None, None, 40), []),
        ((1, 2, None, 3, 4, 5), [2, 3]),
        ((None, 1, 2, None, 7), [2]),
        ((1, 0, 2), [3]),
        ((None, None), []),
    ],
)
def test_a_line_has_a_gap_where_nothing_was_measured(values, stretches):
    assert _stretches(values) == stretches


def test_a_lone_point_among_many_stays_a_dot_that_can_be_seen():
    values = (*range(80), None, 7, None)
    root = _drawn(Chart("line", tuple(map(str, range(len(values)))), (("s", values),)))
    assert [mark.get("r") for mark in _marks(root, "circle")][-2:] == ["1.5", "3"]


@pytest.mark.parametrize("values", [(1e15, -1e15), (1e-300, 0), (1e15, 1e15 - 1), (0, 0), (-3, -3)])
@pytest.mark.parametrize("kind", ["bar", "line", "scatter"])
def test_numbers_of_any_size_lie_inside(kind, values):
    shown = tuple((value, value) for value in values) if kind == "scatter" else values
    root = _drawn(Chart(kind, ("a", "b"), (("s", shown),)))
    for mark in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert 0 <= float(mark.get(name, 0)) <= charts.WIDTH
        for name in ("y", "y1", "y2", "cy"):
            assert 0 <= float(mark.get(name, 0)) <= charts.HEIGHT
    assert "nan" not in charts.svg(Chart(kind, ("a", "b"), (("s", shown),)))


def test_negative_bars_hang_from_zero():
    up, down = _marks(_drawn(Chart("bar", ("a", "b"), (("s", (10, -10)),))), "rect")
    assert float(up.get("y")) + float(up.get("height")) == pytest.approx(float(down.get("y")))


def test_several_series_stand_side_by_side_in_their_colours():
    chart = Chart("bar", ("a", "b"), (("one", (1, 2)), ("two", (3, None))))
    html = charts.svg(chart)
    assert html.count("chart-area chart-1") == 2
    assert html.count("chart-area chart-2") == 1
    assert charts.legend(chart).count("<li") == 2


def test_long_labels_are_cut_and_stay_readable_in_full():
    root = _drawn(Chart("bar", (LONG,) * 8, (("s", (1,) * 8),)))
    labels = [text for text in root.iter("text") if text.find("title") is not None]
    assert len(labels) == 8
    assert all(text.text.endswith("…") and text.find("title").text == LONG for text in labels)


def test_not_every_label_of_many_is_written():
    root = _drawn(Chart("line", tuple(map(str, range(300))), (("s", tuple(range(300))),)))
    assert 5 <= sum(text.find("title") is not None for text in root.iter("text")) <= 15


@pytest.mark.parametrize(("values", "slices"), [((1, 1, 2), 3), ((5,), 1), ((5, 0), 1)])
def test_slices_of_a_pie(values, slices):
    chart = Chart("pie", tuple("abc"[: len(values)]), (("s", values),))
    assert charts.svg(chart).count("chart-slice") == slices
    assert not re.search("nan|inf", charts.svg(chart))


def test_the_name_of_an_axis_has_room_of_its_own():
    root = _drawn(Chart("bar", ("a",), (("s", (1,)),), "", "across", "up"))
    (name,) = [text for text in root.iter("text") if text.text == "up"]
    assert all(float(text.get("y")) - float(name.get("y")) > 10 for text in root.iter("text") if text is not name)


def test_the_table_holds_every_number():
    assert charts.data(Chart("bar", ("a", "b"), (("one", (1, 2)), ("two", (3, 4))), "", "x")).rows == (
        ("a", 1, 3),
        ("b", 2, 4),
    )
    scatter = charts.data(Chart("scatter", (), (("s", ((1, 2), (3, 4))),)))
    assert (scatter.columns, scatter.rows) == (("", "x", "y"), (("s", 1, 2), ("s", 3, 4)))


def test_the_drawing_tells_itself():
    root = _drawn(Chart("line", ("a", "b"), (("s", (1, 2)),), "Sales"))
    assert root.get("role") == "img"
    assert root.find("title").text == "Sales"
    assert root.find("desc").text == "a 1; b 2"
    assert not {"style", "onclick"} & {name for mark in root.iter() for name in mark.attrib}
