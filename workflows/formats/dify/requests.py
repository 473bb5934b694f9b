"""Dify's HTTP requests."""

from workflows.formats.building import line, listed, mapping, mappings, number
from workflows.formats.dify.context import Context
from workflows.formats.tiptap import as_json, is_mixed

METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"}
#: What Dify takes for an answer like any other, where a workflow looks at the status itself.
STATUSES = [400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504]
_BODIES = {"json": "json", "raw-text": "text", "form-data": "form", "x-www-form-urlencoded": "form", "binary": "file"}


def http(node: Context) -> dict:
    """The data of a request."""
    data = node.data
    method = line(data.get("method")).upper()
    made = {
        "method": method if method in METHODS else "GET",
        "url": node.segments(data.get("url")),
        "query": node.texts.rows(data.get("params"), node.foreign),
        "headers": [*node.texts.rows(data.get("headers"), node.foreign), *_authorization(node)],
        "body": _body(node),
    }
    timeouts = [number(value) for value in mapping(data.get("timeout")).values()]
    if longest := max(timeouts, default=0):
        made["timeout"] = int(max(1, min(300, longest)))
    if data.get("ssl_verify") is False:
        node.changed("dify_certificate")
    if not data.get("error_strategy") and not mapping(data.get("retry_config")).get("retry_enabled"):
        made["okStatuses"] = STATUSES
        node.changed("dify_statuses")
    return made


def _authorization(node: Context) -> list[dict]:
    """The header of a key; the key itself does not come along."""
    found = mapping(node.data.get("authorization"))
    if found.get("type") != "api-key":
        return []
    config = mapping(found.get("config"))
    name = line(config.get("header"), 100) if config.get("type") == "custom" else "Authorization"
    node.todo("fill_in", field=name or "Authorization")
    return [{"name": name or "Authorization", "value": []}]


def _body(node: Context) -> dict:
    found = mapping(node.data.get("body"))
    kind, data = _BODIES.get(line(found.get("type")), "none"), found.get("data")
    rows = mappings(data)
    if kind == "none":
        return {"type": "none"}
    if kind == "form":
        return {"type": "form", "fields": _fields(node, rows, data)}
    if kind == "file":
        selector = next((row.get("file") for row in rows if listed(row.get("file"))), None)
        return {"type": "file", "file": node.ref(selector)}
    text = data if isinstance(data, str) else next((row.get("value") for row in rows), "")
    content = node.segments(text)
    if kind == "json":
        content = as_json(content)
        if is_mixed(content):
            node.todo("json_mixed")
    return {"type": kind, "content": content}


def _fields(node: Context, rows: list[dict], data: object) -> list[dict]:
    if isinstance(data, str):
        return node.texts.rows(data, node.foreign)
    files = [row for row in rows if row.get("type") == "file"]
    if files:
        node.todo("dify_form_file")
    plain = [row for row in rows if row not in files and line(row.get("key"))]
    return [{"name": line(row["key"], 200), "value": node.segments(row.get("value"))} for row in plain]
