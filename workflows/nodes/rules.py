"""Rules of conditions: a field, an operator, a value. Nothing is coerced: unequal types are an error, never false."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from fnmatch import translate
from functools import lru_cache

from sambung.lib.failures import Failed
from workflows.nodes.segments import resolve

GLOB_LENGTH = 500  # characters of a pattern


def holds(rules: Mapping, outputs: Mapping) -> bool:
    """Whether the rules hold: `and` ends at the first that does not, `or` at the first that does. Raises Failed."""
    each = (holds(one, outputs) if "rules" in one else _holds(one, outputs) for one in rules["rules"])
    return any(each) if rules.get("join") == "or" else all(each)


def _holds(rule: Mapping, outputs: Mapping) -> bool:
    left, kind, op = resolve(rule["left"], outputs), rule["type"], rule["op"]
    if kind == "any":
        return (left in (None, "", [], {})) == (op == "is_empty")
    right = resolve(rule.get("right"), outputs)
    return _OPS[kind][op](*_typed(kind, op, left, right, rule.get("matchCase", False)))


def _typed(kind: str, op: str, left: object, right: object, match_case: bool) -> tuple:
    """Both sides as their type asks. Raises Failed."""
    if kind == "boolean":
        return (_as("boolean", left),)
    if kind == "list":
        left = _as("list", left)
        if op.startswith("length"):
            return left, _as("number", right)
        return left, _as("list", right) if op in {"any_of", "all_of"} else right
    left, right = _as(kind, left), _as(kind, right)
    if kind == "text" and not match_case:
        left, right = left.casefold(), right.casefold()
    return left, right


def _as(kind: str, value: object):
    match kind:
        case "text" if isinstance(value, str):
            return value
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case "boolean" if isinstance(value, bool):
            return value
        case "list" if isinstance(value, list):
            return value
        case "date" if isinstance(value, str):
            return as_moment(value)
    raise Failed("workflow_rule_type", wanted=kind, found=named(value))


def as_moment(text: str) -> datetime:
    """Return a date or a time of ISO 8601 as a moment; without a zone it is UTC. Raises Failed."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            found = datetime.combine(date.fromisoformat(text.strip()), datetime.min.time())
        except ValueError:
            raise Failed("workflow_rule_type", wanted="date", found="text") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def named(value: object) -> str:
    """What people call the type of a value."""
    names = {bool: "boolean", int: "number", float: "number", str: "text", list: "list", dict: "object"}
    return "nothing" if value is None else names.get(type(value), "object")


@lru_cache(256)
def _glob(pattern: str) -> re.Pattern:
    if len(pattern) > GLOB_LENGTH:
        raise Failed("workflow_pattern_long", most=GLOB_LENGTH)
    return re.compile(translate(pattern))


def _same(a: object, b: object) -> bool:
    """Whether two JSON values are the same: true is not 1."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _among(value: object, many: list) -> bool:
    return any(_same(value, one) for one in many)


_ORDERED: dict[str, Callable] = {
    "equals": lambda a, b: a == b,
    "not_equals": lambda a, b: a != b,
    "greater_than": lambda a, b: a > b,
    "less_than": lambda a, b: a < b,
    "greater_than_or_equal": lambda a, b: a >= b,
    "less_than_or_equal": lambda a, b: a <= b,
}
_OPS: dict[str, dict[str, Callable]] = {
    "text": {
        "equals": lambda a, b: a == b,
        "not_equals": lambda a, b: a != b,
        "contains": lambda a, b: b in a,
        "not_contains": lambda a, b: b not in a,
        "starts_with": lambda a, b: a.startswith(b),
        "ends_with": lambda a, b: a.endswith(b),
        "matches": lambda a, b: _glob(b).match(a) is not None,
    },
    "number": _ORDERED,
    "date": _ORDERED,
    "boolean": {"is_true": lambda a: a, "is_false": lambda a: not a},
    "list": {
        "contains": lambda a, b: _among(b, a),
        "not_contains": lambda a, b: not _among(b, a),
        "length_equals": lambda a, b: len(a) == b,
        "length_greater_than": lambda a, b: len(a) > b,
        "length_less_than": lambda a, b: len(a) < b,
        "any_of": lambda a, b: any(_among(one, a) for one in b),
        "all_of": lambda a, b: all(_among(one, a) for one in b),
    },
    "any": {"is_empty": lambda a: True, "is_not_empty": lambda a: True},
}
#: The operators of each type, in the order in which forms offer them.
OPERATORS = {kind: tuple(ops) for kind, ops in _OPS.items()}
#: Those that take nothing on the right.
UNARY = frozenset({"is_true", "is_false", "is_empty", "is_not_empty"})
