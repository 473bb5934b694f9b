"""The rules of a condition: comparisons that must all hold, or one of them, with one group inside."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.forms.controls import NOTHING, Choice, Control, Switch
from workflows.forms.groups import Group, Repeat
from workflows.forms.values import Value, read_json

JOINS = [("and", _("All of these hold")), ("or", _("One of these holds"))]
_ORDERED = {
    "equals": _("is equal to"),
    "not_equals": _("is not equal to"),
    "greater_than": _("is greater than"),
    "less_than": _("is less than"),
    "greater_than_or_equal": _("is at least"),
    "less_than_or_equal": _("is at most"),
}
_DATES = {
    "equals": _("is the same time as"),
    "not_equals": _("is another time than"),
    "greater_than": _("is later than"),
    "less_than": _("is earlier than"),
    "greater_than_or_equal": _("is not before"),
    "less_than_or_equal": _("is not after"),
}
#: What is compared, and how, in the order in which it is offered: words by the type's and the operator's names.
OPERATORS: dict[str, tuple[Any, dict[str, Any]]] = {
    "text": (
        _("Text"),
        {
            "equals": _("is exactly"),
            "not_equals": _("is not"),
            "contains": _("contains"),
            "not_contains": _("does not contain"),
            "starts_with": _("begins with"),
            "ends_with": _("ends with"),
            "matches": _("matches the pattern (* and ?)"),
        },
    ),
    "number": (_("Number"), _ORDERED),
    "boolean": (_("Yes or no"), {"is_true": _("is yes"), "is_false": _("is no")}),
    "date": (_("Date"), _DATES),
    "list": (
        _("List"),
        {
            "contains": _("has the item"),
            "not_contains": _("does not have the item"),
            "length_equals": _("has exactly so many items"),
            "length_greater_than": _("has more items than"),
            "length_less_than": _("has fewer items than"),
            "any_of": _("has one of"),
            "all_of": _("has all of"),
        },
    ),
    "any": (_("Anything"), {"is_empty": _("is empty"), "is_not_empty": _("is not empty")}),
}
UNARY = ("boolean:is_true", "boolean:is_false", "any:is_empty", "any:is_not_empty")
_KEYS = [f"{kind}:{op}" for kind, (_words, ops) in OPERATORS.items() for op in ops]
_BINARY = [key for key in _KEYS if key not in UNARY]
#: What stands on the right, by the key's type, or the key.
_RIGHT = {"list:contains": "any", "list:not_contains": "any", "list:any_of": "list", "list:all_of": "list"}
_RIGHT |= {f"list:length_{one}": "whole" for one in ("equals", "greater_than", "less_than")}


def comparison() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The comparisons as choices, in groups by type."""
    return [(words, [(f"{kind}:{op}", told) for op, told in ops.items()]) for kind, (words, ops) in OPERATORS.items()]


class Right(Control):
    """What a value is compared with: its type is that of the comparison, which stands beside it."""

    template = "written"

    def __init__(self, name: str, label: Any):
        super().__init__(name, label, when=("compares", _BINARY))

    def raw_of(self, value, around):
        given = value.get("value", {}) if isinstance(value, Mapping) else {}
        kind = _kind(value.get("compares", "")) if isinstance(value, Mapping) else "text"
        if kind == "any":
            is_plain = (
                isinstance(given, Mapping) and isinstance(given.get("value"), str) and not _is_json(given["value"])
            )
            kind = "text" if is_plain else "object"
        return Value("", kind=kind).raw_of(given, around)

    def read(self, raw, around, faults, path):
        """The text alone; `typed` reads it by its comparison."""
        return raw if raw.strip() else NOTHING

    def shown(self, raw, around, faults, path):
        more = {"lines": 1, "unknown": around.names.unknown(raw)[:3]}
        return super().shown(raw, around, faults, path) | more


class Rule(Group):
    """One comparison."""

    def __init__(self):
        super().__init__(
            "rule",
            "",
            Value("left", _("Value"), kind="text"),
            Choice("compares", _("Comparison"), offered=comparison()),
            Right("right", _("With")),
            Switch("matchCase", _("Match capital letters"), when=("compares", [k for k in _KEYS if k[:5] == "text:"])),
            layout="rule",
        )

    def raw_of(self, value, around):
        if not isinstance(value, Mapping):
            return super().raw_of(NOTHING, around)
        compares = f"{value.get('type')}:{value.get('op')}"
        right = {"compares": compares, "value": value.get("right")}
        return super().raw_of({**value, "compares": compares, "right": right}, around)

    def read(self, raw, around, faults, path):
        found = super().read(raw, around, faults, path)
        kind, _sep, op = raw["compares"].partition(":")
        if raw["compares"] not in _KEYS:
            faults.add(f"{path}-compares", str(_("Choose a comparison.")))
            return NOTHING
        right = found.pop("right", NOTHING)
        found.pop("compares")
        found = {"type": kind, "op": op} | found
        if right is not NOTHING:
            right = self._right(raw, around, faults, f"{path}-right")
        return found if right is NOTHING else found | {"right": right}

    @staticmethod
    def _right(raw: dict, around, faults, path: str) -> Any:
        kind = _kind(raw["compares"])
        if kind == "any":  # an item of a list: what is no JSON is a text
            return _any(raw["right"], around, faults, path)
        return Value("", kind=kind).read(raw["right"], around, faults, path)

    def is_blank(self, raw, around):
        return not raw["left"].strip() and not raw["right"].strip()


class RulesControl(Group):
    """Rules, and one group of rules inside. Without any it means nothing."""

    def __init__(self, name: str, label: Any = "", *, begins: int = 1, **kwargs):
        inner = Group(
            "inner",
            _("And this group"),
            Choice("join", _("Holds when"), offered=JOINS),
            _rows(0),
            out=lambda values: values if values.get("rules") else NOTHING,
            layout="inner",
        )
        super().__init__(
            name, label, Choice("join", _("Holds when"), offered=JOINS), _rows(begins), inner, layout="rules", **kwargs
        )

    def raw_of(self, value, around):
        if not isinstance(value, Mapping):
            return super().raw_of(NOTHING, around)
        rules = [one for one in value.get("rules") or () if isinstance(one, Mapping)]
        inner = next((one for one in rules if "rules" in one), NOTHING)
        plain = [one for one in rules if "rules" not in one]
        return super().raw_of({"join": value.get("join", "and"), "rules": plain, "inner": inner}, around)

    def read(self, raw, around, faults, path):
        found = super().read(raw, around, faults, path)
        rules = [*found.get("rules", ()), *([found["inner"]] if "inner" in found else ())]
        return {"join": found["join"], "rules": rules} if rules else NOTHING


def _rows(begins: int) -> Repeat:
    words = {"add": _("Add a comparison"), "one": _("Comparison")}
    return Repeat("rules", "", Rule(), begins=begins, is_ordered=False, most=50, **words)


def _kind(compares: str) -> str:
    """The kind of value on the right of a comparison."""
    kind = compares.partition(":")[0]
    return _RIGHT.get(compares, kind if kind in {"text", "number", "date"} else "any")


def _any(text: str, around, faults, path: str) -> Any:
    """A reference, any JSON, or else the text."""
    try:
        return Value("", kind="any").read({"text": text, "as": "json"}, around, NoFaults(), path)
    except ValueError:
        return Value("", kind="text").read(text, around, faults, path)


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except ValueError:
        return False
    return True


class NoFaults:
    """Faults that are raised in place of being told."""

    def add(self, path: str, sentence: str) -> None:
        raise ValueError(sentence)
