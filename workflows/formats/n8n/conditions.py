"""What n8n compares, in its newer and its older way of keeping it."""

from workflows.formats.building import line, mapping, mappings, number
from workflows.formats.n8n.context import Context, Unmapped
from workflows.formats.rules import rule

_TYPES = {
    "string": "text",
    "number": "number",
    "boolean": "boolean",
    "dateTime": "date",
    "array": "list",
    "object": "any",
}
_HINTS = {"string": "string", "number": "number", "boolean": "boolean", "array": "array", "object": "object"}
_OPERATORS = {
    "equals": "equals",
    "equal": "equals",
    "notEquals": "not_equals",
    "notEqual": "not_equals",
    "contains": "contains",
    "notContains": "not_contains",
    "startsWith": "starts_with",
    "endsWith": "ends_with",
    "gt": "greater_than",
    "larger": "greater_than",
    "after": "greater_than",
    "lt": "less_than",
    "smaller": "less_than",
    "before": "less_than",
    "gte": "greater_than_or_equal",
    "largerEqual": "greater_than_or_equal",
    "afterOrEquals": "greater_than_or_equal",
    "lte": "less_than_or_equal",
    "smallerEqual": "less_than_or_equal",
    "beforeOrEquals": "less_than_or_equal",
    "true": "is_true",
    "false": "is_false",
    "empty": "is_empty",
    "isEmpty": "is_empty",
    "notExists": "is_empty",
    "notEmpty": "is_not_empty",
    "isNotEmpty": "is_not_empty",
    "exists": "is_not_empty",
    "lengthEquals": "length_equals",
    "lengthGt": "length_greater_than",
    "lengthLt": "length_less_than",
}


def rules(node: Context, found: object, combined: object = None) -> dict:
    """The rules of one set of conditions."""
    found = mapping(found)
    if isinstance(found.get("conditions"), list):
        rows = [_newer(node, row, mapping(found.get("options"))) for row in mappings(found["conditions"])]
        join = "or" if found.get("combinator") == "or" else "and"
    else:
        rows = [_older(node, kind, row) for kind in _TYPES for row in mappings(found.get(kind))]
        join = "or" if combined == "any" else "and"
    if not rows:
        node.todo("no_rules")
    return {"join": join, "rules": rows}


def _newer(node: Context, row: dict, options: dict) -> dict:
    operator = mapping(row.get("operator"))
    kind, said = line(operator.get("type")), line(operator.get("operation"))
    made = _rule(node, kind, said, row.get("leftValue"), row.get("rightValue"))
    if made["type"] == "text":
        made["matchCase"] = options.get("caseSensitive") is not False
    return made


def _older(node: Context, kind: str, row: dict) -> dict:
    said = line(row.get("operation")) or ("equal" if kind != "number" else "smaller")
    return _rule(node, kind, said, row.get("value1"), row.get("value2"))


def _rule(node: Context, kind: str, said: str, left: object, right: object) -> dict:
    if said not in _OPERATORS:
        node.todo("unknown_operator", operator=said or "?")
    op, hint = _OPERATORS.get(said, "equals"), _HINTS.get(kind, "")
    return rule(node.value(left, hint), _TYPES.get(kind, "text"), op, node.value(right))


def if_(node: Context) -> dict:
    """Two ways."""
    return {
        "branches": [
            {"id": "if", "rules": rules(node, node.given.get("conditions"), node.given.get("combineOperation"))}
        ]
    }


def filter_(node: Context) -> dict:
    """One way; what does not go it ends here."""
    node.changed("n8n_filter")
    return if_(node)


def _rows(row: dict) -> list[dict]:
    return mappings(mapping(mapping(row.get("parameters")).get("rules")).get("values"))


def switch(node: Context) -> dict:
    """Some ways. Raises Unmapped, where an expression chooses among them."""
    rows = _rows(node.row)
    if node.given.get("mode") == "expression" or not rows or number(node.row.get("typeVersion"), 3) < 3:
        raise Unmapped("n8n_switch")
    if node.options.get("allMatchingOutputs") is True:
        node.todo("n8n_switch_all")
    branches = []
    for n, row in enumerate(rows):
        label = line(row.get("outputKey"))
        named = {"label": label} if label else {}
        branches.append({"id": branch(n), "rules": rules(node, row.get("conditions"))} | named)
    return {"branches": branches}


def branch(n: int) -> str:
    """The id of the n-th way of a switch."""
    return "if" if n == 0 else f"way{n + 1}"


def handle(row: dict, kind: str, output: int) -> str | None:
    """Our handle for an output of theirs."""
    if kind in ("if", "filter"):
        return "if" if output == 0 else "else"
    if kind == "switch":
        return branch(output) if output < len(_rows(row)) else "else"
    return None


def outputs(row: dict, kind: str) -> int:
    """How many outputs a node has beside that of its errors."""
    if kind == "if":
        return 2
    if kind == "switch":
        extra = mapping(mapping(row.get("parameters")).get("options")).get("fallbackOutput") == "extra"
        return len(_rows(row)) + int(extra)
    return 2 if kind == "splitInBatches" else 1
