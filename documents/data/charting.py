"""The result of a question as a chart, where a model asks for one and the columns fit."""

from collections.abc import Mapping, Sequence

from agents.tools import Chart, Failed, charts

MOST_POINTS = 300  # of a series
MOST_SERIES = 12


def chart(asked: Mapping, result: Mapping, title: str) -> Chart:
    """Return the chart of a result ({columns, rows, count}). `asked` is {type, x, y}. Raises Failed."""
    columns, rows = result["columns"], result["rows"]
    if not 0 < result["count"] <= MOST_POINTS or result["count"] > len(rows):
        raise Failed("data_chart_rows", count=result["count"], most=MOST_POINTS)
    names = asked.get("y") or [name for name in columns if name != asked["x"]][:MOST_SERIES]
    labels = _values(columns, rows, asked["x"])
    series = tuple((name, _values(columns, rows, name)) for name in names)
    if not series or not all(value is None or charts.drawable(value) for _, values in series for value in values):
        raise Failed("chart_numbers")
    if asked["type"] == "pie" and (len(series) > 1 or any(value is None or value < 0 for value in series[0][1])):
        raise Failed("chart_pie")
    if asked["type"] == "scatter":
        return _scatter(labels, series, title, asked["x"])
    told = tuple("–" if label is None else str(label) for label in labels)
    y_title = series[0][0] if len(series) == 1 else ""
    return Chart(asked["type"], told, series, title, asked["x"], y_title)


def _scatter(xs: Sequence, series: Sequence[tuple[str, Sequence]], title: str, x_title: str) -> Chart:
    if not all(value is None or charts.drawable(value) for value in xs):
        raise Failed("chart_numbers")
    points = tuple(
        (name, tuple((x, y) for x, y in zip(xs, ys, strict=True) if x is not None and y is not None))
        for name, ys in series
    )
    return Chart("scatter", (), points, title, x_title, series[0][0] if len(series) == 1 else "")


def _values(columns: Sequence[str], rows: Sequence[Sequence], name: str) -> tuple:
    """The values of a column, called as SQL calls it. Raises Failed."""
    found = next((n for n, column in enumerate(columns) if column.lower() == name.lower()), None)
    if found is None:
        raise Failed("data_chart_column", name=name, columns=", ".join(columns)[:500])
    return tuple(row[found] for row in rows)
