"""Charts to look at."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from agents.toolkits.toolkit import Toolkit
from agents.tools import Caller, Chart, Failed, Result, charts

_TITLE = {"type": "string", "maxLength": 200}

toolkit = Toolkit("chart", _("Charts"), _("Draws bars, lines, pies and scattered points."), "chart-no-axes-column")


@toolkit.tool(
    _("Make a chart"),
    "Draw a chart that the person sees, with its numbers as a table. bar compares, line shows a course, pie shows "
    "shares of a whole, scatter shows pairs. The person sees it, so do not repeat the numbers.",
    required=["type", "series"],
    type={"type": "string", "enum": ["bar", "line", "pie", "scatter"]},
    title=_TITLE,
    labels={
        "type": "array",
        "items": {"type": "string", "maxLength": 200},
        "maxItems": 300,
        "description": "The places on the x axis, or the slices. Not for scatter.",
    },
    series={
        "type": "array",
        "minItems": 1,
        "maxItems": 12,
        "items": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "maxLength": 200},
                "values": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 300,
                    "items": {"type": ["number", "null", "array"], "items": {"type": "number"}},
                    "description": "Numbers, one for each label; for scatter pairs [x, y].",
                },
            },
            "required": ["values"],
            "additionalProperties": False,
        },
    },
    x_title=_TITLE,
    y_title=_TITLE,
    effect="none",
)
async def make_chart(args: dict, caller: Caller) -> Result:
    """Show a chart. Raises Failed."""
    labels = tuple(args.get("labels", ()))
    series = tuple((one.get("name", ""), _values(args["type"], one["values"], labels)) for one in args["series"])
    if args["type"] == "pie" and (len(series) > 1 or not _is_whole(series[0][1])):
        raise Failed("chart_pie")
    titles = (args.get(name, "") for name in ("title", "x_title", "y_title"))
    return Result({"shown": True}, show=Chart(args["type"], labels, series, *titles))


def _values(kind: str, values: Sequence, labels: Sequence[str]) -> tuple:
    """The values of a series in the form of its kind of chart. Raises Failed."""
    if kind == "scatter":
        if not all(isinstance(value, list) and len(value) == 2 for value in values):
            raise Failed("chart_pairs")
        numbers = [number for pair in values for number in pair]
        found = tuple(map(tuple, values))
    else:
        if len(values) != len(labels):
            raise Failed("chart_labels")
        numbers = [value for value in values if value is not None]
        found = tuple(values)
    if not all(map(charts.drawable, numbers)):
        raise Failed("chart_numbers")
    return found


def _is_whole(values: Sequence[float | None]) -> bool:
    return None not in values and min(values) >= 0 and sum(values) > 0
