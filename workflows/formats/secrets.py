"""Secrets, which no structure and no file of ours holds: what was one is taken out, and named as to be filled in."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

from workflows.formats.building import listed, mapping, mappings

_NAMES = re.compile(
    r"authorization|cookie|passw|secret|token|credential|private.?key|access.?key|subscription.?key|api.?key|^key$|^auth$"
    r"|signature",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"max.?tokens|tokens?.?(count|limit|used)|total.?tokens|idempotency.?key", re.IGNORECASE)
_SCHEME = re.compile(r"\s*(Bearer|Basic|Token|Key|ApiKey)?\s*", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"([?&])([^=&#]+)=([^&#]*)")

Tell = Callable[[str], None]


def is_secret_name(name: object) -> bool:
    """Whether what goes by this name is most likely a secret."""
    return isinstance(name, str) and bool(_NAMES.search(name)) and not _HARMLESS.search(name)


def without_secrets(kind: str, data: dict, tell: Tell) -> dict:
    """The data of a node without secrets; `tell` is told the place of each that was there.

    Values that are references stay: what a run is given is not stored here.
    """
    data = dict(data)
    if isinstance(data.get("model"), dict) and "apiKey" in data["model"]:
        data["model"] = {name: value for name, value in data["model"].items() if name != "apiKey"}
    if kind == "http":
        _http(data, tell)
    elif kind == "tool" and "arguments" in data:
        given = mapping(data.get("arguments"))
        data["arguments"] = {name: _argument(name, value, tell) for name, value in given.items()}
    if kind == "input" and isinstance(data.get("schema"), dict):
        data["schema"] = _schema(data["schema"], tell)
    return data


def _http(data: dict, tell: Tell) -> None:
    for field in ("headers", "query"):
        if field in data:
            data[field] = [_row(row, tell) for row in mappings(data[field])]
    if isinstance(data.get("url"), list):
        data["url"] = list(_url(data["url"], tell))
    body = mapping(data.get("body"))
    if "fields" in body:
        data["body"] = body | {"fields": [_row(row, tell) for row in mappings(body["fields"])]}


def _row(row: dict, tell: Tell) -> dict:
    """A header, a parameter or a field of a form."""
    name = row.get("name")
    had_key = bool(row.get("secret"))
    row = {key: value for key, value in row.items() if key != "secret"}
    if is_secret_name(name) and _holds_text(row.get("value")):
        row["value"], had_key = [], True
    if had_key:
        tell(str(name))
    return row


def _holds_text(segments: object) -> bool:
    """Whether segments hold more than references and the name of a scheme."""
    texts = "".join(one["text"] for one in mappings(segments) if isinstance(one.get("text"), str))
    return not _SCHEME.fullmatch(texts)


def _argument(name: str, value: object, tell: Tell) -> object:
    held = mapping(value)
    is_text = bool(held.get("value")) or _holds_text(held.get("segments"))
    if not is_secret_name(name) or not is_text:
        return value
    tell(name)
    return {"value": ""}


def _schema(schema: dict, tell: Tell) -> dict:
    fields = mapping(schema.get("properties"))
    kept = {}
    for name, field in fields.items():
        is_secret = is_secret_name(name) and isinstance(field, dict) and field.get("default") not in (None, "")
        if is_secret:
            tell(name)
        kept[name] = {key: value for key, value in field.items() if key != "default"} if is_secret else field
    return schema | {"properties": kept} if "properties" in schema else schema


def _url(segments: list, tell: Tell) -> Iterator[object]:
    """An address without a password before its host, and without keys among its parameters."""
    for n, segment in enumerate(listed(segments)):
        text = segment.get("text") if isinstance(segment, dict) else None
        if not isinstance(text, str):
            yield segment
            continue
        plain = _without_person(text) if n == 0 else text
        clean = _IN_ADDRESS.sub(lambda found: _parameter(found, tell), plain)
        if plain != text:
            tell("@")
        yield segment | {"text": clean}


def _without_person(text: str) -> str:
    try:
        parts = urlsplit(text)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else text
    except ValueError:
        return text


def _parameter(found: re.Match, tell: Tell) -> str:
    mark, name, value = found.groups()
    if not value or not is_secret_name(name):
        return found[0]
    tell(name)
    return f"{mark}{name}="


def stripped(value: object) -> object:
    """What a node was in another program, without what goes by a name of secrets."""
    if isinstance(value, list):
        return [stripped(one) for one in value]
    if not isinstance(value, dict):
        return value
    named = value.get("name", value.get("key"))
    hidden = {"value"} if is_secret_name(named) else set()
    hidden |= {name for name in value if is_secret_name(name) and isinstance(value[name], str)}
    return {name: "" if name in hidden else stripped(inner) for name, inner in value.items() if name != "credentials"}
