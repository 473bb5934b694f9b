"""The kinds of Dify's nodes that can be had here, each with what makes its data of ours."""

from workflows.formats.building import line, listed, mapping, mappings, number, without_nothing
from workflows.formats.dify import conditions, models, people, programs, requests
from workflows.formats.dify.context import Context, Reader, Unmapped
from workflows.formats.dify.texts import HOLDERS, PATHS, PROGRAM
from workflows.formats.schemas import object_schema, options

__all__ = ["READERS", "TIMEOUT", "Context", "Unmapped", "classes", "common", "is_program", "way_out"]

TIMEOUT, classes = people.TIMEOUT, models.classes
is_program = programs.is_program


# ---- the beginning and the end --------------------------------------------------------------------------
def _start(node: Context) -> dict:
    fields, needed = {}, []
    if node.is_chat:
        fields["query"], needed = {"type": "string", "format": "multiline"}, ["query"]
    for row in mappings(node.data.get("variables")):
        name = line(row.get("variable"), 200)
        if not name:
            continue
        fields[name] = _field(node, row)
        if row.get("required") is not False and row.get("required") is not None:
            needed.append(name)
    return {"schema": object_schema(fields, needed)}


def _field(node: Context, row: dict) -> dict:
    kind = line(row.get("type"))
    known = {
        "text-input": {"type": "string"},
        "paragraph": {"type": "string", "format": "multiline"},
        "select": {"type": "string", "enum": options(row.get("options"))},
        "number": {"type": "number"},
        "checkbox": {"type": "boolean"},
        "json_object": {"type": "object"},
        "json": {"type": "object"},
        "file": {"type": "object", "format": "file"},
        "file-list": {"type": "array", "items": {"type": "object", "format": "file"}},
    }
    if kind not in known:
        node.changed("unknown_field", field=line(row.get("variable")), kind=kind or "?")
    field = dict(known.get(kind, {"type": "string"}))
    if not field.get("enum", True):
        del field["enum"]
    if label := line(row.get("label"), 200):
        field["title"] = label
    if (default := row.get("default")) not in (None, ""):
        field["default"] = default
    longest = number(row.get("max_length"))
    return field | ({"maxLength": int(longest)} if longest >= 1 and field["type"] == "string" else {})


def _end(node: Context) -> dict:
    rows = mappings(node.data.get("outputs"))
    values = [{"name": line(row.get("variable"), 200), "value": node.value(row.get("value_selector"))} for row in rows]
    return {"values": [value for value in values if value["name"]]}


def _answer(node: Context) -> dict:
    said = node.segments(node.data.get("answer"))
    n = node.answers_before + 1
    return {"values": [{"name": "answer" if n == 1 else f"answer_{n}", "value": {"segments": said}, "stream": True}]}


# ---- which way -----------------------------------------------------------------------------------------
def _if_else(node: Context) -> dict:
    ids = conditions.branches(node.data)
    made = []
    for case in conditions.cases(node.data):
        name = line(case.get("case_id") or case.get("id"), 60)
        made.append({"id": ids[name], "rules": conditions.rules(case, node.texts, node.foreign)})
    if not made:
        node.todo("no_rules")
    return {"branches": made or [{"id": "if", "rules": None}]}


def _first(node: Context) -> dict:
    settings = mapping(node.data.get("advanced_settings"))
    if settings.get("group_enabled") and len(listed(settings.get("groups"))) > 1:
        raise Unmapped("dify_groups")
    return {"values": [node.ref(selector) for selector in listed(node.data.get("variables"))]}


def _iteration(node: Context) -> dict:
    data = node.data
    is_parallel = data.get("is_parallel") is True
    how = {"terminated": "stop", "continue-on-error": "null", "remove-abnormal-output": "drop"}
    if data.get("flatten_output", True) is not False and line(data.get("output_type")).startswith("array[array"):
        node.changed("dify_flat")
    return {
        "over": node.value(data.get("iterator_selector")),
        "atOnce": max(1, min(10, int(number(data.get("parallel_nums"), 10)))) if is_parallel else 1,
        "sequential": not is_parallel,
        "onItemError": how.get(line(data.get("error_handle_mode")), "stop"),
        "result": node.ref(data.get("output_selector")),
    }


# ---- documents ------------------------------------------------------------------------------------------
def _knowledge(node: Context) -> dict:
    node.todo("choose_collection")
    query = node.ref(node.data.get("query_variable_selector"))
    retrieval = mapping(node.data.get("multiple_retrieval_config"))
    limit = int(number(retrieval.get("top_k")))
    found = {"action": "search", "collection": {"value": None}, "query": [{"ref": query, "as": "text"}]}
    return found | ({"limit": max(1, min(20, limit))} if limit else {})


def _extractor(node: Context) -> dict:
    node.changed("dify_document")
    return {"action": "read", "document": node.value(node.data.get("variable_selector"))}


# ---- all of them ----------------------------------------------------------------------------------------
def common(node: Context) -> dict:
    """What any node has: how it is tried again, and what comes of an error."""
    retry, data = mapping(node.data.get("retry_config")), {}
    if retry.get("retry_enabled"):
        wait = round(number(retry.get("retry_interval"), 1000) / 1000, 3)
        data["retry"] = {"times": max(1, min(5, int(number(retry.get("max_retries"), 1)))), "wait": wait, "on": []}
    strategy = node.data.get("error_strategy")
    if strategy == "fail-branch":
        data["onError"] = {"mode": "branch"}
    elif strategy == "default-value":
        data["onError"] = {"mode": "value", "value": _defaults(node)}
    return without_nothing(data)


def _defaults(node: Context) -> dict:
    """What a node gives where it fails, under the names that ours has."""
    kind, value = node.texts.kinds[node.foreign], {}
    for row in mappings(node.data.get("default_value")):
        name = line(row.get("key"), 200)
        path = PATHS.get(kind, {}).get(name) or [*HOLDERS.get(kind, []), name]
        inner = value
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        inner[path[-1]] = row.get("value")
    return value


def way_out(foreign: str, kind: str) -> str:
    """The node that the edges of one of theirs begin at here: a classifier is two of ours."""
    return f"{foreign}{models.BRANCHES}" if kind == "question-classifier" else foreign


READERS: dict[str, Reader] = {
    "start": Reader("input", _start),
    "end": Reader("output", _end),
    "answer": Reader("output", _answer),
    "llm": Reader("llm", models.llm),
    "question-classifier": Reader("llm", models.classifier),
    "parameter-extractor": Reader("llm", models.extractor),
    "if-else": Reader("condition", _if_else),
    "code": Reader("code", programs.code),
    "template-transform": Reader("template", programs.template),
    PROGRAM: Reader("code", programs.template_program),
    "http-request": Reader("http", requests.http),
    "iteration": Reader("loop", _iteration),
    "variable-aggregator": Reader("first", _first),
    "human-input": Reader("approval", people.approval),
    "knowledge-retrieval": Reader("document", _knowledge),
    "document-extractor": Reader("document", _extractor),
}
