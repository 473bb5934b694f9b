"""The kinds of nodes: how each is called, what it holds, by which handles it goes on, what it gives, what it may do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.nodes.data import DATA
from workflows.nodes.shapes import Check, compiled

NONE, KEYED, UNSAFE = "none", "keyed", "unsafe"
#: What a request may be repeated for as often as one likes.
REPEATABLE = frozenset({"GET", "HEAD"})
KEY_HEADER = "Idempotency-Key"
ANY: dict = {}
_TEXT = {"type": "string"}
_USAGE = {"type": "object", "properties": {"inputTokens": {"type": "integer"}, "outputTokens": {"type": "integer"}}}
#: The groups of the palette, from top to bottom.
CATEGORIES = {
    "start": _("Start and end"),
    "models": _("Models"),
    "work": _("Work"),
    "flow": _("Flow"),
    "people": _("People and time"),
    "canvas": _("Canvas"),
}


def _object(**properties: dict) -> dict:
    return {"type": "object", "properties": properties}


def _usual(data: Mapping) -> list[str | None]:
    return [None]


def _with_error(data: Mapping) -> list[str | None]:
    is_branch = (data.get("onError") or {}).get("mode") == "branch"
    return [None, "error"] if is_branch else [None]


@dataclass(frozen=True)
class NodeKind:
    """What one kind of node is. A handle None is the usual one; `effect` is none, keyed or unsafe.

    `is_slow`: it waits for somebody else, so that pages show it while it runs.
    """

    name: str
    title: Promise
    icon: str
    category: str
    handles: Callable[[Mapping], list[str | None]] = _usual
    output_schema: Callable[[Mapping], dict] = lambda data: ANY
    effect: Callable[[Mapping], str] = lambda data: NONE

    @property
    def data_schema(self) -> dict:
        """The JSON schema of a node's data."""
        return DATA[self.name]

    @cached_property
    def check(self) -> Check:
        """What checks the data of a node."""
        return compiled(self.data_schema)


def _answered(data: Mapping) -> dict:
    answer = data.get("answer") or {}
    said = answer.get("schema", ANY) if answer.get("type") == "structured" else _TEXT
    model = _object(provider=_TEXT, model=_TEXT)
    return _object(answer=said, usage=_USAGE, model=model)


_STRICTER = (NONE, KEYED, UNSAFE)


def _tool_effect(data: Mapping) -> str:
    """As the tool said of itself when it was chosen; the author may tighten it."""
    said = [(data.get("tool") or {}).get("effect") or UNSAFE, data.get("effect") or NONE]
    return max(said, key=lambda one: _STRICTER.index(one) if one in _STRICTER else len(_STRICTER))


def _http_effect(data: Mapping) -> str:
    if data.get("method") in REPEATABLE:
        return NONE
    return KEYED if data.get("keyHeader") else UNSAFE


def _document(data: Mapping) -> dict:
    text, number = {"type": "string"}, {"type": "integer"}
    found = {
        "read": _object(text=text, title=text, documentId=text, version=number),
        "write": _object(documentId=text, version=number),
        "search": _object(passages={"type": "array", "items": ANY}),
    }
    return found.get(data.get("action", ""), ANY)


def _branches(data: Mapping) -> list[str | None]:
    return [*(branch.get("id") for branch in data.get("branches") or ()), "else"]


def _buttons(data: Mapping) -> list[str | None]:
    return [button.get("id") for button in data.get("buttons") or ()]


def _loop(data: Mapping) -> dict:
    error = _object(index={"type": "integer"}, code=_TEXT, message=_TEXT)
    return _object(
        results={"type": "array", "items": ANY}, errors={"type": "array", "items": error}, count={"type": "integer"}
    )


def _http(data: Mapping) -> dict:
    return _object(
        status={"type": "integer"},
        statusText=_TEXT,
        ok={"type": "boolean"},
        headers={"type": "object", "additionalProperties": _TEXT},
        body=ANY,
        contentType=_TEXT,
        size={"type": "integer"},
        file={"type": "string", "format": "file"},
    )


def _output(data: Mapping) -> dict:
    return _object(**{value["name"]: ANY for value in data.get("values") or () if value.get("name")})


def _approval(data: Mapping) -> dict:
    text = {"type": "string"}
    return _object(button=text, values=data.get("form") or ANY, decidedBy=text, decidedAt=text, comment=text)


_ALL = (
    NodeKind("input", _("Input"), "log-in", "start", _usual, lambda data: data.get("schema") or ANY),
    NodeKind("output", _("Output"), "log-out", "start", lambda data: [], _output),
    NodeKind("llm", _("Model"), "sparkles", "models", _with_error, _answered),
    NodeKind("agent", _("Agent"), "bot", "models", _with_error, _answered, lambda data: UNSAFE),
    NodeKind(
        *("tool", _("Tool"), "wrench", "work", _with_error),
        lambda data: _object(result=ANY),
        _tool_effect,
    ),
    NodeKind("http", _("HTTP request"), "globe", "work", _with_error, _http, _http_effect),
    NodeKind("template", _("Text"), "file-text", "work", _usual, lambda data: _object(text=_TEXT)),
    NodeKind(
        *("code", _("Code"), "code", "work", _with_error),
        lambda data: _object(result=data.get("outputSchema") or ANY, prints=_TEXT),
    ),
    NodeKind(
        *("document", _("Document"), "book-open", "work", _with_error, _document),
        lambda data: UNSAFE if data.get("action") == "write" else NONE,
    ),
    NodeKind("condition", _("Condition"), "git-branch", "flow", _branches, lambda data: _object(branch=_TEXT)),
    NodeKind("loop", _("Loop"), "refresh-cw", "flow", _with_error, _loop),
    NodeKind("first", _("First value"), "list-ordered", "flow", _usual, lambda data: _object(value=ANY)),
    NodeKind("approval", _("Approval"), "user-check", "people", _buttons, _approval),
    NodeKind(
        *("wait", _("Wait"), "hourglass", "people", _with_error),
        lambda data: _object(resumedAt=_TEXT, payload=ANY),
    ),
    NodeKind("note", _("Note"), "notebook-text", "canvas", lambda data: []),
    NodeKind("group", _("Group"), "folder", "canvas", lambda data: []),
    NodeKind("todo", _("To do"), "circle-alert", "canvas", lambda data: []),
)
KINDS: dict[str, NodeKind] = {kind.name: kind for kind in _ALL}


def handles(node: Mapping) -> list[str | None]:
    """The handles by which a node goes on."""
    return KINDS[node["type"]].handles(node["data"])
