"""What is wrong with a node that has all its fields: rules that cannot hold, approvals for nobody, what is not here."""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from workflows.nodes.faults import Fault, Known
from workflows.nodes.graph import Graph
from workflows.nodes.rules import OPERATORS, UNARY
from workflows.nodes.segments import literal
from workflows.nodes.typed import rule_type, schema_at

ITEMS = 1_000  # of a loop that says nothing else


def faults(graph: Graph, key: str, node: Mapping) -> Iterator[Fault]:
    """Yield what is wrong with a node by its kind."""
    if special := _BY_TYPE.get(node["type"]):
        yield from special(graph, key, node["data"])
    before = node["data"].get("approvalBefore")
    if before and _is_for_nobody(before.get("audience")):
        yield Fault(key, "approvalBefore.audience", "workflow_audience_nobody")
    answer = node["data"].get("answer") or {}
    if answer.get("type") == "structured" and not answer.get("schema"):
        yield Fault(key, "answer.schema", "workflow_field_missing")


def _todo(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    yield Fault(key, "", "workflow_todo", {"reason": str(data.get("reason", ""))[:200]})


# ---- conditions -----------------------------------------------------------------------------------------
def _condition(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    seen = set()
    for n, branch in enumerate(data["branches"]):
        place = f"branches.{n}"
        if branch["id"] in seen or branch["id"] == "else":
            yield Fault(key, f"{place}.id", "workflow_branch_twice")
        seen.add(branch["id"])
        if branch.get("rules"):
            yield from _rules(graph, key, branch["rules"], f"{place}.rules")
        elif not (branch.get("advanced") or "").strip():
            yield Fault(key, f"{place}.rules", "workflow_branch_empty", {"n": n + 1})


def _rules(graph: Graph, key: str, rules: Mapping, place: str) -> Iterator[Fault]:
    for n, rule in enumerate(rules["rules"]):
        at = f"{place}.rules.{n}"
        if "rules" in rule:
            yield from _rules(graph, key, rule, at)
        elif rule["op"] not in OPERATORS[rule["type"]]:
            yield Fault(key, f"{at}.op", "workflow_rule_operator", {"op": rule["op"], "type": rule["type"]})
        else:
            if rule["op"] not in UNARY and rule.get("right") is None:
                yield Fault(key, f"{at}.right", "workflow_field_missing")
            yield from _typed(graph, key, rule, at)


def _typed(graph: Graph, key: str, rule: Mapping, at: str) -> Iterator[Fault]:
    """A side whose type is known and is another one."""
    ref = rule["left"].get("ref")
    if rule["type"] == "any" or not ref or ref["node"] not in graph.nodes:
        return
    found = rule_type(schema_at(graph, ref, key))
    wanted = {rule["type"]} | ({"text"} if rule["type"] == "date" else set())
    if found and found not in wanted:
        yield Fault(key, f"{at}.type", "workflow_rule_type", {"wanted": rule["type"], "found": found})


# ---- models -----------------------------------------------------------------------------------------------
def _is_blank(segments: Iterable[Mapping] | None) -> bool:
    """Whether a text says nothing, and refers to nothing."""
    text = literal(segments)
    return text is not None and not text.strip()


def _llm(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    if all(_is_blank(message.get("content")) for message in data["messages"]):
        yield Fault(key, "messages.0.content", "workflow_prompt_empty", level="warning")


def _agent(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    if _is_blank(data["message"]):
        yield Fault(key, "message", "workflow_prompt_empty", level="warning")


# ---- loops ----------------------------------------------------------------------------------------------
def _loop(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    if not graph.body(key):
        yield Fault(key, "", "workflow_loop_empty")
    elif graph.scope.get(data["result"]["node"]) != key:
        yield Fault(key, "result", "workflow_loop_result")
    if data.get("until"):
        yield from _rules(graph, key, data["until"], "until")
    over = data["over"].get("value")
    if over is not None and not isinstance(over, list | int):
        yield Fault(key, "over", "workflow_loop_over")
    n = len(over) if isinstance(over, list) else over or 0
    if isinstance(n, int) and n > (data.get("maxItems") or ITEMS):
        yield Fault(key, "over", "workflow_loop_many", {"n": n, "most": data.get("maxItems") or ITEMS})


# ---- people, time, services -----------------------------------------------------------------------------
def _is_for_nobody(audience: Mapping | None) -> bool:
    audience = audience or {}
    return not (audience.get("people") or audience.get("role") or audience.get("starter"))


def _approval(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    if _is_for_nobody(data.get("audience")):
        yield Fault(key, "audience", "workflow_audience_nobody")
    ids = [button["id"] for button in data["buttons"]]
    if len(set(ids)) < len(ids):
        yield Fault(key, "buttons", "workflow_button_twice")
    if (deadline := data.get("deadline")) and deadline["button"] not in ids:
        yield Fault(key, "deadline.button", "workflow_button_unknown")
    people = (data.get("audience") or {}).get("people") or ()
    is_list = not ((data.get("audience") or {}).get("role") or (data.get("audience") or {}).get("starter"))
    if is_list and data.get("needed", 1) > len(people):
        yield Fault(key, "needed", "workflow_needed_many", {"n": len(people)})


def _http(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    if (url := literal(data["url"])) is not None:
        parts = _split(url.strip())
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            yield Fault(key, "url", "workflow_http_address")
    for n, header in enumerate(data.get("headers") or ()):
        if not is_header_name(header["name"]):
            yield Fault(key, f"headers.{n}.name", "workflow_http_header", {"name": header["name"][:80]})
        if header.get("secret"):
            yield Fault(key, f"headers.{n}.value", "workflow_secret_unknown")
    body = data.get("body") or {}
    if body.get("type") == "file" and not body.get("file"):
        yield Fault(key, "body.file", "workflow_field_missing")
    if data.get("keyHeader") and not is_header_name(data["keyHeader"]):
        yield Fault(key, "keyHeader", "workflow_http_header", {"name": data["keyHeader"][:80]})


def _split(url: str):
    try:
        return urlsplit(url)
    except ValueError:
        return None


def is_header_name(name: str) -> bool:
    """Whether a header may be called so."""
    return name.isascii() and bool(name) and all(letter.isalnum() or letter in "!#$%&'*+-.^_`|~" for letter in name)


def _wait(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    wanted = {"until": "until", "for": "seconds"}.get(data["mode"])
    if wanted and not data.get(wanted):
        yield Fault(key, wanted, "workflow_field_missing")


_WANTED = {"read": ("document",), "write": ("content",), "search": ("query",)}


def _document(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    for name in _WANTED[data["action"]]:
        if not data.get(name):
            yield Fault(key, name, "workflow_field_missing")
    if data["action"] == "write" and not (data.get("document") or data.get("title")):
        yield Fault(key, "document", "workflow_field_missing")


def _output(graph: Graph, key: str, data: Mapping) -> Iterator[Fault]:
    names = [value["name"] for value in data["values"]]
    if len(set(names)) < len(names):
        yield Fault(key, "values", "workflow_output_twice")


_BY_TYPE = {
    "llm": _llm,
    "agent": _agent,
    "todo": _todo,
    "condition": _condition,
    "loop": _loop,
    "approval": _approval,
    "http": _http,
    "wait": _wait,
    "document": _document,
    "output": _output,
}


# ---- what may be used -----------------------------------------------------------------------------------
def not_usable(key: str, node: Mapping, known: Known) -> Iterator[Fault]:
    """Yield what a node names that may not be used where the workflow is, or is not there."""
    data = node["data"]
    if (model := data.get("model")) and known.models is not None:
        value = f"{model.get('apiKey') or model['provider']}:{model['model']}"
        if value not in known.models:
            yield Fault(key, "model", "workflow_model_unknown", {"model": model["model"]})
    if node["type"] == "agent" and known.agents is not None and data["agent"] not in known.agents:
        yield Fault(key, "agent", "workflow_agent_unknown")
    if node["type"] == "tool" and known.tools is not None:
        yield from _tool(key, data["tool"], known.tools)
    for name, ids, code in (
        ("document", known.documents, "workflow_document_unknown"),
        ("collection", known.collections, "workflow_collection_unknown"),
    ):
        value = data.get(name)
        one = value.get("value") if node["type"] == "document" and isinstance(value, dict) else None
        if one and ids is not None and one not in ids:
            yield Fault(key, name, code)
    yield from _people(key, data, known)


def _tool(key: str, tool: Mapping, known: Mapping[str, str]) -> Iterator[Fault]:
    found = known.get(f"{tool['kind']}:{tool['source']}:{tool['name']}")
    if found is None:
        yield Fault(key, "tool", "workflow_tool_unknown", {"name": tool.get("title") or tool["name"]})
    elif tool.get("digest") and found and tool["digest"] != found:
        yield Fault(key, "tool", "workflow_tool_drifted", {"name": tool.get("title") or tool["name"]})


def _people(key: str, data: Mapping, known: Known) -> Iterator[Fault]:
    for place, audience in (
        ("audience", data.get("audience")),
        ("approvalBefore.audience", (data.get("approvalBefore") or {}).get("audience")),
    ):
        for one in (audience or {}).get("people") or ():
            if known.people is not None and one not in known.people:
                yield Fault(key, f"{place}.people", "workflow_person_unknown")
