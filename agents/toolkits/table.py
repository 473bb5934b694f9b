"""Tables to look at."""

from django.utils.translation import gettext_lazy as _

from agents.toolkits.toolkit import Toolkit
from agents.tools import Caller, Failed, Result, Table

toolkit = Toolkit("table", _("Tables"), _("Shows rows that can be sorted, filtered and saved as CSV."), "table")


@toolkit.tool(
    _("Make a table"),
    "Show the person a table that they can sort, filter and save. Use it for more than a few rows; the person sees it, "
    "so do not repeat the rows.",
    required=["columns", "rows"],
    title={"type": "string", "maxLength": 200},
    columns={"type": "array", "items": {"type": "string", "maxLength": 200}, "minItems": 1, "maxItems": 40},
    rows={
        "type": "array",
        "maxItems": 2000,
        "description": "Rows with one cell for each column.",
        "items": {"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}},
    },
    effect="none",
)
async def make_table(args: dict, caller: Caller) -> Result:
    """Show rows. Raises Failed."""
    columns = tuple(args["columns"])
    for n, row in enumerate(args["rows"], start=1):
        if len(row) != len(columns):
            raise Failed("table_uneven", n=n, cells=len(row), columns=len(columns))
    shown = Table(columns, tuple(map(tuple, args["rows"])), args.get("title", ""))
    return Result({"shown": True, "rows": len(shown.rows)}, show=shown)
