"""Workflows of better-chatbot: what its server answers of one (rows of nodes and edges), or what its canvas holds.

Read as its version of 2026-03 writes them; it has no file of its own.
"""

import json

from workflows.formats import tiptap
from workflows.formats.building import (
    Build,
    line,
    listed,
    literal,
    mapping,
    mappings,
    number,
    paragraph,
    unknown,
    without_nothing,
)
from workflows.formats.rules import ALONE, OPERATORS, rule
from workflows.formats.schemas import at, converted, rule_type
from workflows.formats.secrets import stripped
from workflows.formats.tidying import refuse_many
from workflows.formats.values import Imported

SOURCE = "better-chatbot"
PROVIDERS = {"openai", "anthropic", "google", "groq", "ollama"}
#: The tools that it brings, as ours.
TOOLS = {"webSearch": ("web_search", "search_web", "query"), "webContent": ("web", "read_page", "url")}
#: Where what its nodes give lies in what ours give: by kind, its first step.
PATHS = {
    "llm": {"answer": ["answer"], "totalTokens": ["usage"]},
    "tool": {"tool_result": ["result"]},
    "http": {"response": []},
    "template": {"template": ["text"]},
    "condition": {"branch": ["branch"], "type": ["branch"]},
}
_KINDS = {"input", "output", "llm", "tool", "http", "template", "condition", "code", "note"}
_METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"}
_OPERATORS = OPERATORS["text"] | OPERATORS["number"] | ALONE


def fits(found: dict) -> bool:
    """Whether this is such a workflow, in one of the two shapes."""
    nodes = mappings(found.get("nodes"))
    return bool(nodes) and all(line(_config(node).get("kind")) in _KINDS for node in nodes)


def read(found: dict) -> Imported:
    """Build the workflow of either shape."""
    nodes = mappings(found["nodes"])
    refuse_many(len(nodes))
    reading = _Reading({line(node.get("id")) or f"n{n}": node for n, node in enumerate(nodes)})
    for foreign in reading.nodes:
        reading.node(foreign)
    for edge in mappings(found.get("edges")):
        reading.edge(edge)
    if reading.has_joins:
        reading.build.changed("", "bc_joins")
    name = line(found.get("name"), 100) or line(mapping(found.get("workflow")).get("name"), 100)
    return reading.build.done(name, found.get("description"))


def _config(node: dict) -> dict:
    """What a node does: `nodeConfig` of a row, `data` on the canvas."""
    return mapping(node.get("nodeConfig")) or mapping(node.get("data"))


class _Reading:
    """One workflow on its way: nodes of theirs by their ids, and what is built of them."""

    def __init__(self, nodes: dict[str, dict]) -> None:
        self.build = Build(SOURCE)
        self.nodes = nodes
        self.kinds = {foreign: line(_config(node)["kind"]) for foreign, node in nodes.items()}
        self.arrows: dict[str, int] = {}

    @property
    def has_joins(self) -> bool:
        return any(n > 1 for n in self.arrows.values())

    def node(self, foreign: str) -> None:
        """Add one node as ours."""
        node, config, kind = self.nodes[foreign], _config(self.nodes[foreign]), self.kinds[foreign]
        position = mapping(node.get("uiConfig")).get("position") or node.get("position")
        named = node.get("name") or config.get("name")
        about = paragraph(node.get("description") or config.get("description"))
        if kind == "code":
            self.build.left(foreign, named, stripped(config), "bc_code", position)
            return
        added = self.build.add(foreign, kind, named, {}, position)
        added["data"] |= getattr(self, f"_{kind}")(foreign, config)
        if kind == "note":
            added["data"]["text"] = about
            added |= without_nothing({side: node.get(side) for side in ("width", "height")})
        elif about:
            added["data"]["description"] = about

    def edge(self, edge: dict) -> None:
        """Add one edge; the handle `right` is ours without a name, those of conditions are their branches."""
        source, target = line(edge.get("source")), line(edge.get("target"))
        handle = line(edge.get("sourceHandle") or mapping(edge.get("uiConfig")).get("sourceHandle"), 100)
        known = handle if self.kinds.get(source) == "condition" and handle not in ("", "right") else None
        if known and known in (branches := self._first_branches(source)):
            known = branches[known]
        self.arrows[target] = self.arrows.get(target, 0) + 1
        self.build.edge(source, target, known, line(edge.get("id")) or None)

    def _first_branches(self, foreign: str) -> dict[str, str]:
        """The id of the `if`, which is always "if" here."""
        first = line(mapping(mapping(_config(self.nodes[foreign]).get("branches")).get("if")).get("id"))
        return {first: "if"} if first else {}

    # ---- references -------------------------------------------------------------------------------------
    def ref(self, source: object, place: str) -> dict:
        """A reference of ours for one of theirs, at a place that reports name."""
        source = mapping(source)
        foreign, path = line(source.get("nodeId")), [step for step in listed(source.get("path")) if _is_step(step)]
        if foreign not in self.nodes or not path:
            said = ".".join(map(str, [line(source.get("nodeName")) or foreign or "?", *path]))
            self.build.todo(place, "reference_gone", reference=said[:80])
            return unknown(said)
        return self.build.ref(foreign, *self._path(foreign, path, place))

    def _path(self, foreign: str, path: list, place: str) -> list:
        known = PATHS.get(self.kinds[foreign])
        if known is None:
            return path
        if self.kinds[foreign] == "tool" and len(path) > 1:
            self.build.todo(place, "bc_tool_result", tool=self.nodes[foreign].get("name") or "")
        if self.kinds[foreign] == "http" and path[1:] == ["body"]:
            self.build.changed(place, "body_by_type")
        return [*known.get(path[0], [path[0]]), *path[1:]]

    def _schema_at(self, source: object) -> dict:
        """What theirs says of the type of a value."""
        source = mapping(source)
        outputs = _config(self.nodes.get(line(source.get("nodeId")), {})).get("outputSchema")
        return at(outputs, listed(source.get("path")))

    def text(self, value: object, place: str) -> list[dict]:
        """A text or a reference, which are never mixed there, as segments."""
        if isinstance(value, dict):
            return [{"ref": self.ref(value, place), "as": "text"}]
        return literal(value) if isinstance(value, str) else literal(str(value)) if value is not None else []

    def prompt(self, content: object, place: str) -> list[dict]:
        """A text of its editor, as segments."""
        found = tiptap.segments(content, lambda attrs: self._mention(attrs, place))
        if tiptap.has_lists(content):
            self.build.changed(place, "bc_lists")
        if any("ref" in one for one in found):
            self.build.changed("", "bc_zero")
        return found

    def _mention(self, attrs: dict, place: str) -> dict:
        """What a chip in a text names: its label is the reference as JSON."""
        try:
            source = json.loads(attrs.get("label") or "")
        except (ValueError, TypeError):
            source = {"nodeName": line(attrs.get("label"))}
        return self.ref(source, place)

    # ---- kinds ------------------------------------------------------------------------------------------
    def _input(self, foreign: str, config: dict) -> dict:
        schema = converted(config.get("outputSchema"))
        return {"schema": {"type": "object", "properties": {}, "required": [], "order": []} | schema}

    def _output(self, foreign: str, config: dict) -> dict:
        values = []
        for row in mappings(config.get("outputData")):
            given = {"ref": self.ref(row["source"], foreign)} if row.get("source") else {"value": None}
            values.append({"name": line(row.get("key")) or f"value{len(values) + 1}", "value": given})
        return {"values": values}

    def _llm(self, foreign: str, config: dict) -> dict:
        rows = mappings(config.get("messages"))
        messages = [
            {
                "role": row["role"] if row.get("role") in ("user", "assistant", "system") else "user",
                "content": self.prompt(row.get("content"), foreign),
            }
            for row in rows
        ]
        return {"model": self._model(config, foreign), "messages": messages, "answer": _answer(config)}

    def _model(self, config: dict, foreign: str) -> dict | None:
        model = mapping(config.get("model"))
        provider, name = line(model.get("provider")), line(model.get("model"), 200)
        if not name:
            return None
        if provider.lower() not in PROVIDERS:
            self.build.changed(foreign, "model_of_run", model=f"{provider} {name}".strip())
            return None
        return {"provider": provider.lower(), "model": name}

    def _tool(self, foreign: str, config: dict) -> dict:
        tool = mapping(config.get("tool"))
        data: dict = {"instruction": self.prompt(config.get("message"), foreign), "arguments": {}}
        data["model"] = self._model(config, foreign)
        name = line(tool.get("id"), 200)
        if tool.get("type") == "app-tool" and name in TOOLS:
            source, ours, argument = TOOLS[name]
            self.build.changed(foreign, "bc_tool", tool=ours)
            data["arguments"] = {argument: {"model": ""}}
            return data | {"tool": {"kind": "toolkit", "source": source, "name": ours, "title": name}}
        server = line(tool.get("serverName"), 100)
        if not name:
            self.build.todo(foreign, "choose_tool", tool="")
            return data | {"tool": None}
        needed = mapping(tool.get("parameterSchema")).get("required")
        data["arguments"] = {one: {"model": ""} for one in listed(needed) if isinstance(one, str)}
        return data | {"tool": {"kind": "mcp", "source": "", "name": name, "title": name, "server": server}}

    def _http(self, foreign: str, config: dict) -> dict:
        method = line(config.get("method")).upper()
        data = {"method": method if method in _METHODS else "GET", "url": self.text(config.get("url"), foreign)}
        for field in ("query", "headers"):
            rows = mappings(config.get(field))
            data[field] = [
                {"name": line(row.get("key")), "value": self.text(row.get("value"), foreign)} for row in rows
            ]
        data["body"] = self._body(foreign, config.get("body"))
        if timeout := number(config.get("timeout")):
            data["timeout"] = max(1, min(300, round(timeout / 1000)))
        return data

    def _body(self, foreign: str, body: object) -> dict:
        if body in (None, ""):
            return {"type": "none"}
        return {"type": "json" if _is_json(body) else "text", "content": self.text(body, foreign)}

    def _template(self, foreign: str, config: dict) -> dict:
        return {"content": self.prompt(mapping(config.get("template")).get("tiptap"), foreign)}

    def _note(self, foreign: str, config: dict) -> dict:
        return {"text": ""}

    def _condition(self, foreign: str, config: dict) -> dict:
        found = mapping(config.get("branches"))
        first = mapping(found.get("if")) | {"id": "if"}
        branches = [self._branch(foreign, branch) for branch in (first, *mappings(found.get("elseIf")))]
        self.build.changed("", "bc_compared")
        return {"branches": branches}

    def _branch(self, foreign: str, branch: dict) -> dict:
        rules = [self._rule(foreign, row) for row in mappings(branch.get("conditions"))]
        if not rules:
            self.build.todo(foreign, "no_rules")
        join = "or" if branch.get("logicalOperator") == "OR" else "and"
        return {"id": line(branch.get("id"), 60) or "if", "rules": {"join": join, "rules": rules}}

    def _rule(self, foreign: str, row: dict) -> dict:
        left, op = {"ref": self.ref(row.get("source"), foreign)}, line(row.get("operator"))
        if op not in _OPERATORS:
            self.build.todo(foreign, "unknown_operator", operator=op)
            op = "equals"
        kind = rule_type(self._schema_at(row.get("source")))
        value = row.get("value")
        right = {"ref": self.ref(value, foreign)} if isinstance(value, dict) else {"value": value}
        return rule(left, kind, op, right)


def _is_step(step: object) -> bool:
    return isinstance(step, str | int) and not isinstance(step, bool)


def _is_json(body: object) -> bool:
    try:
        return isinstance(json.loads(body), dict | list)
    except (TypeError, ValueError):
        return False


def _answer(config: dict) -> dict:
    schema = at(config.get("outputSchema"), ["answer"])
    if schema.get("type") in (None, "string"):
        return {"type": "text"}
    return {"type": "structured", "schema": converted(schema)}
