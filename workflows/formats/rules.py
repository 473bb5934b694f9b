"""Rules of conditions, out of what others compare."""

_TEXT = {"equals", "not_equals", "contains", "not_contains", "starts_with", "ends_with", "matches"}
_ORDER = {"greater_than", "less_than", "greater_than_or_equal", "less_than_or_equal"}
#: The operators that each type of rule has.
OPERATORS = {
    "text": _TEXT,
    "number": {"equals", "not_equals"} | _ORDER,
    "date": {"equals", "not_equals"} | _ORDER,
    "boolean": {"is_true", "is_false"},
    "list": {
        "contains",
        "not_contains",
        "length_equals",
        "length_greater_than",
        "length_less_than",
        "any_of",
        "all_of",
    },
    "any": {"is_empty", "is_not_empty"},
}
ALONE = OPERATORS["any"] | OPERATORS["boolean"]  # compare with nothing


def rule(left: dict, kind: str, op: str, right: dict | None = None) -> dict:
    """A rule with a type that has the operator; `right` is a Value. A boolean that equals true is true."""
    if op in ALONE:
        return {"left": left, "type": "any" if op in OPERATORS["any"] else "boolean", "op": op}
    right = right or {"value": ""}
    if kind == "boolean" and op in ("equals", "not_equals") and "value" in right:
        wanted = as_type("boolean", right["value"]) is (op == "equals")
        return {"left": left, "type": "boolean", "op": "is_true" if wanted else "is_false"}
    if op in _ORDER and kind not in ("number", "date"):
        kind = "number"
    if op not in OPERATORS[kind]:
        kind = "text"
    if "value" in right:
        right = {"value": as_type(kind, right["value"])}
    made = {"left": left, "type": kind, "op": op, "right": right}
    return made | ({"matchCase": True} if kind == "text" else {})


def as_type(kind: str, value: object) -> object:
    """What is compared with, as its type; what cannot be it stays as it is, for the check to find."""
    if kind == "number" and isinstance(value, str):
        try:
            parsed = float(value)
        except ValueError:
            return value
        return int(parsed) if parsed.is_integer() else parsed
    if kind == "boolean" and not isinstance(value, bool):
        return str(value).strip().lower() in ("true", "1", "1.0")
    if kind == "text" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return "" if kind == "text" and value is None else value
