"""The arguments of a tool: each given by the author, or filled in by a model as an instruction says."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from workflows.forms.controls import NOTHING, Choice, Line
from workflows.forms.groups import Group
from workflows.forms.values import Value

WAYS = [("value", _("Given here")), ("model", _("A model fills it in"))]
_KINDS = {"string": "text", "integer": "whole", "number": "number", "boolean": "boolean", "array": "list"}
_KINDS |= {"object": "object"}


class Arguments(Group):
    """A row for each argument that the tool takes, and for each that is kept and not known any more.

    `parameters` is the schema of the tool's arguments, None where the tool is not here.
    """

    def __init__(self, name: str, label: Any, parameters: Mapping | None, kept: Mapping):
        properties = (parameters or {}).get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        required = (parameters or {}).get("required") or ()
        known = {one: schema if isinstance(schema, Mapping) else {} for one, schema in properties.items()}
        gone = {one: {"description": _("The tool does not take this.")} for one in kept if one not in known}
        rows = [_row(n, one, schema, one in required) for n, (one, schema) in enumerate((known | gone).items())]
        self.arguments = {f"a{n}": one for n, one in enumerate(known | gone)}
        super().__init__(name, label, *rows, layout="arguments")

    def raw_of(self, value, around):
        value = value if isinstance(value, Mapping) else {}
        kept = {row: _given(value[one]) for row, one in self.arguments.items() if isinstance(value.get(one), Mapping)}
        return super().raw_of(kept, around)

    def read(self, raw, around, faults, path):
        found = super().read(raw, around, faults, path)
        return {self.arguments[row]: value for row, value in found.items()} if found else NOTHING


class _Row(Group):
    def read(self, raw, around, faults, path):
        found = super().read(raw, around, faults, path) or {}
        if raw["how"] == "model":
            return {"model": found.get("model", "")}
        return found.get("value", NOTHING)


def _row(n: int, name: str, schema: Mapping, is_required: bool) -> _Row:
    kind = schema.get("type")
    kind = _KINDS.get(kind, "any") if isinstance(kind, str) else "any"
    told = str(schema.get("description") or "")[:500]
    if isinstance(schema.get("enum"), list):
        told = f"{told} {_one_of(schema['enum'])}".strip()
    label = capfirst(str(schema.get("title") or name)[:100])
    return _Row(
        f"a{n}",
        f"{label} *" if is_required else label,
        Choice("how", _("How"), offered=WAYS),
        Value("value", _("Value"), kind=kind, rows=2, when=("how", ("value",))),
        Line("model", _("What the model is told of it"), longest=2_000, when=("how", ("model",))),
        layout="argument",
        help=told,
    )


def _one_of(choices: list) -> str:
    return " | ".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in choices)[:500]


def _given(argument: Mapping) -> dict:
    return {"how": "model", "model": argument["model"]} if "model" in argument else {"how": "value", "value": argument}
