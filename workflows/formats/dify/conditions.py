"""What Dify compares: cases of an if-else, each a list of conditions."""

from workflows.formats.building import line, listed, literal, mappings
from workflows.formats.dify.texts import Texts
from workflows.formats.rules import rule

_OPERATORS = {
    "contains": "contains",
    "not contains": "not_contains",
    "start with": "starts_with",
    "end with": "ends_with",
    "is": "equals",
    "is not": "not_equals",
    "=": "equals",
    "≠": "not_equals",
    ">": "greater_than",
    "<": "less_than",
    "≥": "greater_than_or_equal",
    "≤": "less_than_or_equal",
    "empty": "is_empty",
    "not empty": "is_not_empty",
    "null": "is_empty",
    "not null": "is_not_empty",
    "is null": "is_empty",
    "is not null": "is_not_empty",
    "exists": "is_not_empty",
    "not exists": "is_empty",
}
_TYPES = {"string": "text", "number": "number", "integer": "number", "float": "number", "boolean": "boolean"}


def cases(data: dict) -> list[dict]:
    """The cases of a node; older files have one, without an id of its own."""
    found = mappings(data.get("cases"))
    if not found and listed(data.get("conditions")):
        found = [
            {"case_id": "true", "conditions": data["conditions"], "logical_operator": data.get("logical_operator")}
        ]
    return found


def branches(data: dict) -> dict[str, str]:
    """Our handles by those of theirs: the first case is the `if`, `false` is the `else`."""
    ids = [line(case.get("case_id") or case.get("id"), 60) for case in cases(data)]
    return {name: "if" if n == 0 else name for n, name in enumerate(ids)} | {"false": "else"}


def rules(case: dict, texts: Texts, place: str) -> dict:
    """The rules of one case."""
    found = [_rule(row, texts, place) for row in mappings(case.get("conditions"))]
    if not found:
        texts.build.todo(place, "no_rules")
    return {"join": "or" if case.get("logical_operator") == "or" else "and", "rules": found}


def _rule(row: dict, texts: Texts, place: str) -> dict:
    left, said = texts.value(row.get("variable_selector"), place), line(row.get("comparison_operator"))
    declared = line(row.get("varType"))
    kind = "list" if declared.startswith("array") else _TYPES.get(declared, "text")
    if row.get("sub_variable_condition"):
        texts.build.todo(place, "unknown_operator", operator=said)
    if said in ("in", "not in"):
        return _among(left, kind, said, listed(row.get("value")) or line(row.get("value")).split(","))
    if said not in _OPERATORS:
        texts.build.todo(place, "unknown_operator", operator=said or "?")
    return rule(left, kind, _OPERATORS.get(said, "equals"), _right(row.get("value"), texts, place))


def _among(left: dict, kind: str, said: str, values: list) -> dict:
    """One of some values, as a group of rules."""
    op, join = ("equals", "or") if said == "in" else ("not_equals", "and")
    return {"join": join, "rules": [rule(left, kind, op, {"value": line(value, 500)}) for value in values]}


def _right(value: object, texts: Texts, place: str) -> dict:
    if not isinstance(value, str):
        return {"value": value}
    found = texts.segments(value, place)
    if len(found) == 1 and "ref" in found[0]:
        return {"ref": found[0]["ref"]}
    return {"value": value} if found == literal(value) else {"segments": found}
