"""Results to look at: safe HTML without any words of the interface, and what of them a message keeps.

Every viewer gets the same HTML; the page adds labels, sorting and files by data attributes (static/js/tables.js).
All of it is made by format_html, so that nothing of a tool's becomes markup.
"""

import base64
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from agents.tools import charts
from agents.tools.values import Chart, Citable, Images, QueryResult, Table
from sambung.lib import pictures, terminal
from sambung.lib.markdown import code
from sambung.lib.markdown.text import normalise

MOST_TEXT = 30_000  # characters of a text
MOST_VALUE = 2_000  # characters of a value inside a tree
MOST_NODES, MOST_DEPTH = 400, 12  # of a tree
MOST_CELLS, MOST_COLUMNS, MOST_CELL = 4_000, 40, 500  # of a table; the last in characters
MOST_SERIES, MOST_POINTS = 12, 300  # of a chart; points of all series together are four times as many
MOST_IMAGES, IMAGE_SIDE, IMAGE_BYTES = 4, 1024, 200_000  # the side in pixels

NOTHING = SafeString("")
CITABLE = "sources"  # the kind of what is shown beside the reply, to whoever may read it, and not in the card


# ---- What is kept ---------------------------------------------------------------------------------------
def stored(show: Table | Chart | QueryResult | Images | Citable | None) -> dict | None:
    """Return what a message keeps of a result, within bounds, as JSON. Images are drawn anew, which takes time."""
    match show:
        case Table():
            return _stored_table(show)
        case Chart():
            return _stored_chart(show)
        case QueryResult():
            return _stored_query(show)
        case Images():
            return _stored_images(show)
        case Citable():
            return {"kind": CITABLE, "sources": [dict(source) for source in show.sources]}
    return None


def _stored_table(table: Table) -> dict:
    columns = [_short(name) for name in table.columns[:MOST_COLUMNS]]
    most = MOST_CELLS // max(len(columns), 1)
    return {
        "kind": "table",
        "title": _short(table.title),
        "columns": columns,
        "rows": [[_kept(cell) for cell in row[: len(columns)]] for row in table.rows[:most]],
        "leftOut": max(0, len(table.rows) - most),
    }


def _stored_chart(chart: Chart) -> dict:
    most = min(MOST_POINTS, 4 * MOST_POINTS // max(len(chart.series), 1))
    return {
        "kind": "chart",
        "type": chart.type,
        "labels": [_short(label) for label in chart.labels[:most]],
        "series": [[_short(name), list(values[:most])] for name, values in chart.series[:MOST_SERIES]],
        "title": _short(chart.title),
        "xTitle": _short(chart.x_title),
        "yTitle": _short(chart.y_title),
    }


def _stored_query(found: QueryResult) -> dict:
    left_out = max(0, found.count - len(found.table.rows))
    table = _stored_table(found.table)
    return {
        "kind": "query",
        "sql": normalise(found.sql[:MOST_TEXT]),
        "read": [[_short(name), rows] for name, rows in found.read],
        "count": found.count,
        "table": table | {"leftOut": table["leftOut"] + left_out},
        "chart": found.chart and _stored_chart(found.chart),
    }


def _stored_images(shown: Images) -> dict | None:
    kept = []
    for _, data in shown.images[:MOST_IMAGES]:
        try:
            small = pictures.bounded(io.BytesIO(data), side=IMAGE_SIDE, most=IMAGE_BYTES)
        except (pictures.Unreadable, pictures.TooManyPixels):
            continue
        kept.append(base64.b64encode(small).decode())
    return {"kind": "images", "images": kept, "leftOut": len(shown.images) - len(kept)} if shown.images else None


def _short(text: object) -> str:
    text = normalise(str(text))
    return text if len(text) <= MOST_CELL else f"{text[: MOST_CELL - 1]}…"


def _kept(cell: object) -> str | int | float | bool | None:
    if cell is None or isinstance(cell, bool) or charts.drawable(cell):
        return cell
    return _short(cell)


# ---- What is seen ---------------------------------------------------------------------------------------
def render(content: object, show: Mapping | None = None) -> SafeString:
    """Return a result as HTML: what `stored` gave, or else the content, which is text or JSON."""
    match show:
        case {"kind": "table"}:
            return _table(show["columns"], show["rows"], title=show["title"], left_out=show["leftOut"])
        case {"kind": "chart"}:
            return _chart(show)
        case {"kind": "query"}:
            return _query(show)
        case {"kind": "images"}:
            return _images(show)
        case {"kind": "sources"}:
            return NOTHING
    return _content(_parsed(content))


def _parsed(content: object) -> object:
    """JSON that a tool gave as text is read, unless it cannot be."""
    if isinstance(content, str) and content[:1] in ("{", "[") and len(content) <= 10 * MOST_TEXT:
        try:
            return terminal.plain_json(json.loads(content))
        except (ValueError, RecursionError):
            return content
    return content


def _content(content: object) -> SafeString:
    if content is None or content in ("", {}, []):
        return NOTHING
    if isinstance(content, str):
        return _text(content)
    if _is_flat(content):
        columns = list(dict.fromkeys(key for row in content for key in row))[:MOST_COLUMNS]
        most = MOST_CELLS // max(len(columns), 1)
        rows = ([_kept(row.get(key)) for key in columns] for row in content[:most])
        return _table(map(_short, columns), rows, left_out=max(0, len(content) - most))
    return _Tree().whole(content)


def _text(text: str) -> SafeString:
    shown = normalise(text[:MOST_TEXT])
    return format_html(
        '<pre class="plain" dir="auto" tabindex="0">\n{}</pre>{}', shown, _left_out(len(text) - MOST_TEXT, "characters")
    )


def _left_out(n: int, unit: str) -> SafeString:
    """Where something was cut: the page puts it into words."""
    return format_html('<p class="left-out" data-left-out="{}" data-unit="{}"></p>', n, unit) if n > 0 else NOTHING


# ---- Tables ---------------------------------------------------------------------------------------------
def _is_flat(content: object) -> bool:
    """Whether a value is a list of objects that hold no others."""
    if not isinstance(content, list):
        return False
    return all(isinstance(row, dict) and row and not any(_is_nested(cell) for cell in row.values()) for row in content)


def _is_nested(value: object) -> bool:
    return isinstance(value, dict | list | tuple)


def _table(columns: Iterable[str], rows: Iterable[Sequence], *, title: str = "", left_out: int = 0) -> SafeString:
    rows = list(rows)
    heads = ((_heading(n, rows), name or "–") for n, name in enumerate(columns))
    return format_html(
        '<figure class="table" data-table>{}<div class="table-scroll" tabindex="0"><table dir="auto"><thead><tr>{}</tr>'
        "</thead><tbody>{}</tbody></table></div>{}</figure>",
        format_html("<figcaption>{}</figcaption>", title) if title else NOTHING,
        format_html_join("", '<th scope="col"{}>{}</th>', heads),
        format_html_join("", "<tr>{}</tr>", ((_cells(row),) for row in rows)),
        _left_out(left_out, "rows"),
    )


def _heading(n: int, rows: Sequence[Sequence]) -> SafeString:
    """Names stand where their column's values stand: numbers at the right."""
    values = [row[n] for row in rows if n < len(row) and row[n] is not None]
    return SafeString(' class="align-right"') if values and all(map(charts.drawable, values)) else NOTHING


def _cells(row: Sequence) -> SafeString:
    return format_html_join("", "{}", ((_cell(value),) for value in row))


def _cell(value: object) -> SafeString:
    if value is None:
        return format_html("<td>{}</td>", NOTHING)
    if isinstance(value, bool):
        return format_html("<td>{}</td>", _word(value))
    if isinstance(value, int | float):
        return format_html('<td class="align-right">{}</td>', value)
    return format_html("<td>{}</td>", value)


def _word(value: object) -> str:
    """A value as JSON writes it."""
    return json.dumps(value, ensure_ascii=False)


# ---- Trees ----------------------------------------------------------------------------------------------
class _Tree:
    """JSON as lists that can be folded; `_left` nodes may still be written."""

    def __init__(self) -> None:
        self._left = MOST_NODES

    def whole(self, value: object) -> SafeString:
        if not _is_nested(value):
            return format_html('<div class="tree">{}</div>', _leaf(value))
        return format_html('<div class="tree">{}</div>', self._items(value, 1))

    def _items(self, value: Mapping | Sequence, depth: int) -> SafeString:
        pairs = list(value.items()) if isinstance(value, Mapping) else [(None, one) for one in value]
        shown = []
        for key, one in pairs:
            if self._left <= 0:
                break
            self._left -= 1
            shown.append((self._item(key, one, depth),))
        left_out = _left_out(len(pairs) - len(shown), "entries")
        tag = "ul" if isinstance(value, Mapping) else "ol"
        return format_html("<{0}>{1}</{0}>{2}", tag, format_html_join("", "<li>{}</li>", shown), left_out)

    def _item(self, key: object, value: object, depth: int) -> SafeString:
        name = NOTHING if key is None else format_html('<span class="tree-key">{}</span> ', _short(key))
        if not _is_nested(value) or not value:
            return format_html("{}{}", name, _leaf(value))
        if depth >= MOST_DEPTH:
            return format_html('{}<span class="tree-word">…</span>', name)
        size = f"{{{len(value)}}}" if isinstance(value, Mapping) else f"[{len(value)}]"
        return format_html(
            '<details{}><summary>{}<span class="tree-size">{}</span></summary>{}</details>',
            " open" if depth == 1 and len(value) <= 20 else "",
            name,
            size,
            self._items(value, depth + 1),
        )


def _leaf(value: object) -> SafeString:
    if isinstance(value, str):
        shown = normalise(value[:MOST_VALUE])
        more = _left_out(len(value) - MOST_VALUE, "characters")
        return format_html('<span class="tree-text" dir="auto">{}</span>{}', shown, more)
    return format_html('<span class="tree-word">{}</span>', _word(value))


# ---- Charts and images ----------------------------------------------------------------------------------
def _chart(show: Mapping) -> SafeString:
    chart = Chart(
        show["type"],
        tuple(show["labels"]),
        tuple((name, tuple(values)) for name, values in show["series"]),
        show["title"],
        show["xTitle"],
        show["yTitle"],
    )
    table = charts.data(chart)
    return format_html(
        '<figure class="chart-figure">{}<div class="chart-scroll" tabindex="0">{}</div>{}'
        '<details class="chart-data"><summary data-label="numbers"></summary>{}</details></figure>',
        format_html("<figcaption>{}</figcaption>", chart.title) if chart.title else NOTHING,
        charts.svg(chart),
        charts.legend(chart),
        _table(table.columns, table.rows),
    )


def _query(show: Mapping) -> SafeString:
    """The SQL, what it found, and how much it read: the page puts that into words, and adds what can be done."""
    table = show["table"]
    found = (
        _chart(show["chart"])
        if show["chart"]
        else _table(table["columns"], table["rows"], title=table["title"], left_out=table["leftOut"])
    )
    return format_html(
        '<div class="query" data-query>{}{}<p class="query-facts" data-count="{}" data-read="{}"></p></div>',
        mark_safe(code.block("sql", show["sql"], finished=True)),  # noqa: S308  it escapes
        found,
        show["count"],
        json.dumps(show["read"], ensure_ascii=False),
    )


def _images(show: Mapping) -> SafeString:
    images = (
        (pictures.MIME_TYPE, data, f"{n}/{len(show['images'])}") for n, data in enumerate(show["images"], start=1)
    )
    return format_html(
        '<div class="tool-images">{}</div>{}',
        format_html_join("", '<img src="data:{};base64,{}" alt="{}">', images),
        _left_out(show["leftOut"], "images"),
    )
