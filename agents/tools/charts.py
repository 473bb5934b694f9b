"""Charts as SVG made here: no script, no style of its own, colours by the classes chart-1 to chart-8.

The drawing holds no words but the chart's own. Its numbers stand beside it as a table (`data`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from agents.tools.values import Chart, Table

WIDTH, HEIGHT = 640, 320  # units of the drawing
TOP, RIGHT, BOTTOM = 12, 12, 28
LETTER = 6.4  # units that a letter of a label takes, on average
COLOURS = 8
GROUPED = 10_000  # from here on the thousands of a number stand apart
LARGEST = 1e15  # numbers beyond cannot be drawn
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Plane:
    """Where numbers lie in the drawing; `xs` and `ys` are the ticks of both axes, the outermost at its edges."""

    left: float
    top: float
    bottom: float
    ys: tuple[float, ...]
    xs: tuple[float, ...] = (0.0, 1.0)

    def x(self, value: float) -> float:
        share = (value - self.xs[0]) / (self.xs[-1] - self.xs[0])
        return round(self.left + share * (WIDTH - RIGHT - self.left), 2)

    def y(self, value: float) -> float:
        share = (value - self.ys[0]) / (self.ys[-1] - self.ys[0])
        return round(self.bottom - share * (self.bottom - self.top), 2)


def drawable(value: object) -> bool:
    """Whether a value is a number that can be drawn."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def ticks(low: float, high: float, most: int = 6, *, is_whole: bool = False) -> tuple[float, ...]:
    """Return round numbers at even distances, from the one at or below `low` to the one at or above `high`.

    `is_whole`: what is counted has no halves, as people, rounds and years.
    """
    span = high - low
    if span <= max(abs(low), abs(high)) * 1e-9:
        span = abs(high) or 1.0
        high = low + span
    rough = max(span / most, 1e-12)
    power = 10.0 ** math.floor(math.log10(rough))
    steps = (power * factor for factor in _STEPS if power * factor >= rough * 0.999999)
    step = max(1.0, next(one for one in steps if one % 1 == 0 or one < 1)) if is_whole else next(steps)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(float(f"{n * step:.12g}") for n in range(first, max(last, first + 1) + 1))


def told(value: float) -> str:
    """Return a number for people of any language: thousands apart by a narrow space, but four digits, as of years."""
    return f"{value:.10g}" if abs(value) < GROUPED else f"{value:,.10g}".replace(",", "\u202f")


def _reach(values: Sequence[float], most: int = 6) -> tuple[float, ...]:
    """The ticks around these values."""
    is_whole = all(float(value).is_integer() for value in values)
    return ticks(min(values, default=0), max(values, default=0), most, is_whole=is_whole)


def data(chart: Chart) -> Table:
    """Return the numbers of a chart."""
    if chart.type == "scatter":
        columns = ("", chart.x_title or "x", chart.y_title or "y")
        return Table(columns, tuple((name, x, y) for name, points in chart.series for x, y in points))
    rows = zip(chart.labels, *(values for _, values in chart.series), strict=False)
    return Table((chart.x_title, *(name or chart.y_title for name, _ in chart.series)), tuple(rows))


def svg(chart: Chart) -> SafeString:
    """Return the drawing."""
    draw = {"bar": _bars, "line": _lines, "pie": _pie, "scatter": _scatter}[chart.type]
    name = chart.title or " · ".join(name for name, _ in chart.series if name) or " · ".join(chart.labels[:10])
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>{}</svg>',
        WIDTH,
        HEIGHT,
        name,
        _described(chart),
        _joined(draw(chart)),
    )


def legend(chart: Chart) -> SafeString:
    """Return what each colour stands for, or nothing where there is one alone."""
    if chart.type == "pie":
        values = chart.series[0][1]
        whole = sum(values) or 1
        names = [f"{label} {100 * value / whole:.3g} %" for label, value in zip(chart.labels, values, strict=False)]
    else:
        names = [name for name, _ in chart.series]
    if len(names) < 2:
        return SafeString("")
    items = format_html_join("", '<li class="{}">{}</li>', ((_colour(n), name) for n, name in enumerate(names)))
    return format_html('<ul class="chart-legend">{}</ul>', items)


def _described(chart: Chart) -> str:
    """The numbers in a line, as far as somebody would listen."""
    rows = data(chart).rows[:20]
    return "; ".join(" ".join(str(cell) for cell in row if cell not in ("", None)) for row in rows)


def _colour(n: int) -> str:
    return f"chart-{n % COLOURS + 1}"


def _joined(pieces: Iterator[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


# ---- Axes -----------------------------------------------------------------------------------------------
def _plane(chart: Chart, values: Sequence[float], xs: tuple[float, ...] = (0.0, 1.0)) -> Plane:
    """Leaves room for the numbers of the y axis and for the names of both."""
    ys = _reach(values)
    left = min(110.0, 14 + LETTER * max(len(told(y)) for y in ys))
    top = TOP + (16 if chart.y_title else 0)
    return Plane(left, top, HEIGHT - BOTTOM - (16 if chart.x_title else 0), ys, xs)


def _grid(chart: Chart, plane: Plane) -> Iterator[SafeString]:
    """The lines and numbers of the y axis, and the names of both."""
    for value in plane.ys:
        y = plane.y(value)
        kind = "chart-zero" if value == 0 else "chart-grid"
        yield format_html('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>', kind, plane.left, WIDTH - RIGHT, y, y)
        yield format_html('<text class="chart-y" x="{}" y="{}">{}</text>', plane.left - 6, y + 4, told(value))
    if chart.x_title:
        x = (plane.left + WIDTH - RIGHT) / 2
        yield format_html('<text class="chart-x" x="{}" y="{}">{}</text>', x, HEIGHT - 6, _cut(chart.x_title, 500))
    if chart.y_title:
        yield format_html('<text class="chart-y-title" x="2" y="9">{}</text>', _cut(chart.y_title, 500))


def _places(chart: Chart, plane: Plane) -> Iterator[SafeString]:
    """The labels of the x axis: each nth, as many as there is room for, cut to their room."""
    room = (WIDTH - RIGHT - plane.left) / max(len(chart.labels), 1)
    each = max(1, math.ceil(44 / room))
    for n in range(0, len(chart.labels), each):
        x = round(plane.left + room * (n + 0.5), 2)
        label = chart.labels[n]
        yield format_html(
            '<text class="chart-x" x="{}" y="{}">{}<title>{}</title></text>',
            x,
            plane.bottom + 16,
            _cut(label, room * each),
            label,
        )


def _cut(text: str, room: float) -> str:
    most = max(3, int(room / LETTER))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _numbers(chart: Chart) -> list[float]:
    return [value for _, values in chart.series for value in values if value is not None]


# ---- Kinds ----------------------------------------------------------------------------------------------
def _bars(chart: Chart) -> Iterator[SafeString]:
    plane = _plane(chart, [0, *_numbers(chart)])
    yield from _grid(chart, plane)
    yield from _places(chart, plane)
    room = (WIDTH - RIGHT - plane.left) / max(len(chart.labels), 1)
    width = room * 0.76 / len(chart.series)
    for n, (name, values) in enumerate(chart.series):
        for place, (label, value) in enumerate(zip(chart.labels, values, strict=False)):
            if value is None:
                continue
            top, foot = sorted((plane.y(value), plane.y(0)))
            yield format_html(
                '<rect class="chart-area {}" x="{}" y="{}" width="{}" height="{}" rx="1.5"><title>{}</title></rect>',
                _colour(n),
                round(plane.left + room * (place + 0.12) + n * width, 2),
                top,
                round(max(width - 1, 0.5), 2),
                round(max(foot - top, 0.5), 2),
                _spot(name, label, value),
            )


def _lines(chart: Chart) -> Iterator[SafeString]:
    plane = _plane(chart, _numbers(chart))
    yield from _grid(chart, plane)
    yield from _places(chart, plane)
    room = (WIDTH - RIGHT - plane.left) / max(len(chart.labels), 1)
    for n, (name, values) in enumerate(chart.series):
        spots = [
            None
            if value is None
            else (round(plane.left + room * (place + 0.5), 2), plane.y(value), _spot(name, label, value))
            for place, (label, value) in enumerate(zip(chart.labels, values, strict=False))
        ]
        radius = 3 if len(spots) < 60 else 1.5
        for is_there, stretch in groupby(spots, key=bool):  # nobody knows the course over what is missing
            stretch = list(stretch)
            if is_there and len(stretch) > 1:
                points = " ".join(f"{x},{y}" for x, y, _ in stretch)
                yield format_html('<polyline class="chart-line {}" points="{}"/>', _colour(n), points)
            if is_there:
                yield from _dots(stretch, n, radius=radius if len(stretch) > 1 else 3)


def _scatter(chart: Chart) -> Iterator[SafeString]:
    points = list(chain.from_iterable(values for _, values in chart.series))
    xs = _reach([x for x, _ in points], most=8)
    plane = _plane(chart, [y for _, y in points], xs)
    yield from _grid(chart, plane)
    for x in xs:
        at, low = plane.x(x), plane.bottom
        yield format_html('<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>', at, at, plane.top, low)
        yield format_html('<text class="chart-x" x="{}" y="{}">{}</text>', at, low + 16, told(x))
    for n, (name, values) in enumerate(chart.series):
        spots = [(plane.x(x), plane.y(y), _spot(name, told(x), y)) for x, y in values]
        yield from _dots(spots, n, radius=4)


def _dots(spots: Sequence[tuple[float, float, str]], n: int, radius: float) -> Iterator[SafeString]:
    for x, y, words in spots:
        yield format_html(
            '<circle class="chart-area {}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
            _colour(n),
            x,
            y,
            radius,
            words,
        )


def _pie(chart: Chart) -> Iterator[SafeString]:
    values = chart.series[0][1]
    whole, before = sum(values), 0.0
    for n, (label, value) in enumerate(zip(chart.labels, values, strict=False)):
        if value <= 0:
            continue
        words = _spot("", label, value)
        shape = _slice(before / whole, (before + value) / whole)
        yield format_html(
            '<path class="chart-area chart-slice {}" d="{}"><title>{}</title></path>', _colour(n), shape, words
        )
        before += value


def _slice(start: float, end: float) -> str:
    """The path of a slice, from and to shares of the circle; a whole circle is two halves."""
    if end - start > 0.99999:
        return f"{_slice(0, 0.5)} {_slice(0.5, 1)}"
    x, y, radius = WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 8
    (x1, y1), (x2, y2) = (
        (x + radius * math.sin(turn), y - radius * math.cos(turn)) for turn in (start * math.tau, end * math.tau)
    )
    is_large = int(end - start > 0.5)
    return f"M{x} {y} L{x1:.2f} {y1:.2f} A{radius} {radius} 0 {is_large} 1 {x2:.2f} {y2:.2f} Z"


def _spot(name: str, label: str, value: float) -> str:
    """What a mark tells when somebody points at it."""
    return " · ".join(filter(None, (name, label, told(value))))
