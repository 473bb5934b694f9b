"""n8n's HTTP requests."""

import json

from workflows.formats.building import line, mapping, mappings, number
from workflows.formats.n8n.context import Context
from workflows.formats.tiptap import as_json, is_mixed, merged

METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"}
_SECRET = {
    "httpHeaderAuth": "X-API-Key",
    "httpQueryAuth": "key",
    "httpBasicAuth": "Authorization",
    "httpBearerAuth": "Authorization",
    "httpDigestAuth": "Authorization",
    "oAuth2Api": "Authorization",
    "oAuth1Api": "Authorization",
}


def http(node: Context) -> dict:
    """The data of a request."""
    given = node.given
    method = line(given.get("method") or given.get("requestMethod")).upper() or "GET"
    made = {
        "method": method if method in METHODS else "GET",
        "url": node.segments(given.get("url")),
        "query": _rows(node, "sendQuery", "specifyQuery", "queryParameters", "jsonQuery"),
        "headers": _rows(node, "sendHeaders", "specifyHeaders", "headerParameters", "jsonHeaders"),
        "body": _body(node) if given.get("sendBody") is True else {"type": "none"},
    }
    _authorization(node, made)
    if timeout := number(node.options.get("timeout")):
        made["timeout"] = int(max(1, min(300, timeout / 1000)))
    if mapping(mapping(node.options.get("response")).get("response")).get("neverError") is True:
        made["okStatuses"] = [400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504]
    if node.options.get("allowUnauthorizedCerts") is True:
        node.changed("dify_certificate")
    if mapping(node.options.get("pagination")).get("pagination") or node.options.get("batching"):
        node.todo("n8n_pages")
    return made


def _rows(node: Context, switch: str, how: str, rows: str, text: str) -> list[dict]:
    """Parameters or headers, as a list or as JSON."""
    if node.given.get(switch) is not True:
        return []
    if node.given.get(how) != "json":
        return node.items.rows(node.given.get(rows), node.name)
    try:
        found = mapping(json.loads(str(node.given.get(text, "")).removeprefix("=")))
    except (ValueError, RecursionError):
        node.todo("n8n_expression", expression=line(node.given.get(text)))
        return []
    return [{"name": name[:200], "value": node.segments(_text(value))} for name, value in found.items()]


def _text(value: object) -> str:
    """A value of such JSON, which may hold places."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"={text}" if "{{" in text else text


def _body(node: Context) -> dict:
    given = node.given
    kind = line(given.get("contentType")) or "json"
    rows = node.items.rows(given.get("bodyParameters"), node.name)
    if kind == "json" and given.get("specifyBody") == "json":
        content = as_json(node.segments(given.get("jsonBody")))
        if is_mixed(content):
            node.todo("json_mixed")
        return {"type": "json", "content": content}
    if kind == "json":
        return {"type": "json", "content": _object(node)}
    if kind in ("form-urlencoded", "multipart-form-data"):
        return {"type": "form", "fields": rows}
    if kind == "raw":
        return {"type": "text", "content": node.segments(given.get("body"))}
    node.todo("dify_form_file")
    return {"type": "none"}


def _object(node: Context) -> list[dict]:
    """Fields as the text of one JSON object: references keep their type."""
    rows = mappings(mapping(node.given.get("bodyParameters")).get("parameters"))
    found: list[dict] = [{"text": "{"}]
    for n, row in enumerate(rows):
        found.append({"text": f"{', ' if n else ''}{json.dumps(str(row.get('name', '')), ensure_ascii=False)}: "})
        found += _member(node, row.get("value"))
    return merged([*found, {"text": "}"}])


def _member(node: Context, value: object) -> list[dict]:
    held = node.value(value)
    if "ref" in held:
        return [{"ref": held["ref"], "as": "json"}]
    if "value" in held:
        return [{"text": json.dumps(held["value"], ensure_ascii=False)}]
    node.todo("json_mixed")
    return [{"text": '"'}, *held["segments"], {"text": '"'}]


def _authorization(node: Context, made: dict) -> None:
    """Name what a credential was for; the credential itself is none of the file."""
    how = node.given.get("authentication") or "none"
    if how == "none":
        return
    kind = line(node.given.get("genericAuthType") or how)
    name = _SECRET.get(kind, "Authorization")
    node.todo("fill_in", field=name)
    made["query" if kind == "httpQueryAuth" else "headers"].append({"name": name, "value": []})
