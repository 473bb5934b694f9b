"""Tools that answer questions about tables: which there are, and one question in SQL over them."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from agents import engine
from agents.tools import Caller, Chart, Failed, Failure, Progress, QueryResult, Result, Source, Table, Tool
from documents.data import charting, querying, sources
from documents.data.inference import quoted
from documents.data.querying import Tables
from sambung.lib.threads import in_thread
from teams.workspace import Workspace

KIND, SOURCE = "tables", "data"
LIST, QUERY = "list_tables", "query_data"
MOST_ROWS, MOST_CELLS = 200, 2_000  # of a result that the model reads
MOST_COLUMNS = 100  # of a table that it is told
_FILES = {
    "type": "array",
    "items": {"type": "string", "maxLength": 300},
    "maxItems": 20,
    "description": "Sheets and files among the person's documents, by id or title. This chat's need not be named.",
}
_LIST = engine.schema_as_sent({"type": "object", "properties": {"files": _FILES}, "additionalProperties": False})
_QUERY = engine.schema_as_sent(
    {
        "type": "object",
        "properties": {
            "sql": {
                "title": "SQL",
                "type": "string",
                "minLength": 1,
                "maxLength": 20_000,
                "description": "One SELECT in DuckDB's SQL, over the tables that list_tables gives.",
            },
            "files": _FILES,
            "title": {"type": "string", "maxLength": 200, "description": "What the result is, for the person."},
            "chart": {
                "type": "object",
                "description": "Draw the result where that tells more than a table: up to 300 rows.",
                "properties": {
                    "type": {"type": "string", "enum": ["bar", "line", "pie", "scatter"]},
                    "x": {"type": "string", "maxLength": 200, "description": "The column of labels, or of x."},
                    "y": {
                        "type": "array",
                        "items": {"type": "string", "maxLength": 200},
                        "maxItems": charting.MOST_SERIES,
                        "description": "Columns of numbers. Empty: all others.",
                    },
                },
                "required": ["type", "x"],
                "additionalProperties": False,
            },
        },
        "required": ["sql"],
        "additionalProperties": False,
    }
)
_TOLD = (
    "Counts, sums, averages, rankings and look-ups over tables (CSV, Excel, JSON lines, Parquet, sheets) are questions "
    "for query_data, which reads every row; what stands of a file in the chat may be a part of it. Call list_tables "
    "first: it tells columns, their types and how they were written. Types are guesses: where could_be is told, ask "
    "the person if it matters. The person sees the SQL and the result, so do not repeat the rows."
)


class DataTools:
    """The kind of these tools."""

    noun = ""
    limits = None

    def sources(self, workspace: Workspace) -> list[Source]:
        """Both tools, which there are always."""
        found = (
            Tool(
                KIND,
                SOURCE,
                LIST,
                _("List tables"),
                "List the tables of this chat's files, and of documents that are named: columns with type, range and "
                "empty cells, the first five rows, and what had to be guessed.",
                _LIST,
                effect="none",
            ),
            Tool(
                KIND,
                SOURCE,
                QUERY,
                _("Ask tables"),
                "Answer a question about tables by SQL. Gives the first rows, how many there are, and how many were "
                "read.",
                _QUERY,
                effect="none",
            ),
        )
        told = _("Answers questions about sheets and files with tables by SQL, reading every row.")
        return [Source(KIND, SOURCE, _("Data"), told, icon="database", tools=found, instructions=_TOLD)]

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Run one of them. Raises Failed."""
        found = await querying.tables(caller, args.get("files", ()), progress)
        if tool.name == LIST:
            return Result(await _listed(caller, found))
        result = await querying.ask(args["sql"], found)
        return _answer(args, result, found)


async def _listed(caller: Caller, found: Tables) -> dict:
    """What the model reads of the tables that there are."""
    told: dict = {"tables": [_told(name, one.file, one.about) for name, one in found.tables.items()]}
    if found.problems:
        told["not_read"] = _problems(found.problems)
    if others := await in_thread(sources.documents, caller):
        told["documents_that_may_be_named"] = others
    return told


def _told(name: str, file: str, about: Mapping) -> dict:
    """A table, its columns called as SQL takes them; of many columns the first."""
    columns = [one | {"name": _called(one["name"])} for one in about["columns"][:MOST_COLUMNS]]
    first = [row[:MOST_COLUMNS] for row in about["first_rows"]]
    told = {"table": name, "file": file, "rows": about["rows"], "columns": columns, "first_rows": first}
    if left_out := len(about["columns"]) - len(columns):
        told["columns_left_out"] = left_out
    told |= {"sheet": about["title"]} if about["title"] else {}
    return told | ({"notes": about["notes"]} if about["notes"] else {})


def _called(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else quoted(name)


def _problems(problems: Mapping[str, Failure]) -> dict[str, str]:
    return {name: problem.english for name, problem in problems.items()}


def _answer(args: Mapping, result: Mapping, found: Tables) -> Result:
    """What the model reads, and what the person sees: a chart where one was asked for and fits, else a table."""
    title, notes = args.get("title", ""), []
    table = Table(tuple(result["columns"]), tuple(map(tuple, result["rows"])), title)
    shown: Chart | None = None
    if "chart" in args:
        try:
            shown = charting.chart(args["chart"], result, title)
        except Failed as failed:
            notes.append(f"There is no chart: {failed.failure.english}")
    read = tuple(result["read"].items())
    most = max(1, min(MOST_ROWS, MOST_CELLS // max(1, len(result["columns"]))))
    told = {name: result[name] for name in ("columns", "types")}
    told |= {"rows": result["rows"][:most], "row_count": result["count"], "rows_read": result["read"]}
    if result["count"] > most:
        notes.append(f"Only the first {most} of {result['count']} rows are here.")
    notes += [note for name in result["read"] for note in found.tables[name].about["notes"]]
    told |= {"notes": notes} if notes else {}
    return Result(told, show=QueryResult(args["sql"], read, result["count"], table, shown))
