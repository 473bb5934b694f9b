"""The schema of what a run takes, of a model's answer, of an approval's form: field by field."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflows.forms.controls import NOTHING, Area, Choice, Control, Hidden, Line, Switch
from workflows.forms.groups import Group, Repeat
from workflows.forms.values import Value, read_boolean, read_date, read_json, read_list, read_number, read_whole

#: Kinds of fields as people choose them, and the schemas that they are.
KINDS: dict[str, tuple[Any, dict]] = {
    "text": (_("Text"), {"type": "string"}),
    "long": (_("Long text"), {"type": "string", "format": "multiline"}),
    "number": (_("Number"), {"type": "number"}),
    "whole": (_("Whole number"), {"type": "integer"}),
    "boolean": (_("Yes or no"), {"type": "boolean"}),
    "choice": (_("One of several"), {"type": "string"}),
    "date": (_("Date"), {"type": "string", "format": "date"}),
    "file": (_("File"), {"type": "string", "format": "file"}),
    "texts": (_("List of texts"), {"type": "array", "items": {"type": "string"}}),
    "numbers": (_("List of numbers"), {"type": "array", "items": {"type": "number"}}),
    "choices": (_("Some of several"), {"type": "array"}),
    "files": (_("List of files"), {"type": "array", "items": {"type": "string", "format": "file"}}),
    "object": (_("Object with fields"), {"type": "object"}),
    "objects": (_("List of objects"), {"type": "array"}),
    "any": (_("Any value"), {}),
}
_FILES = ("file", "files")
_CHOOSING, _NESTED = ("choice", "choices"), ("object", "objects")
_OWN = ("type", "format", "enum", "items", "properties", "required", "order", "title", "description", "default")
_READERS = {"number": read_number, "whole": read_whole, "boolean": read_boolean, "date": read_date}
_READERS |= {"texts": read_list, "choices": read_list}
DEPTH = 2  # layers of fields inside of fields that the form shows; deeper ones stay as they are


class SchemaControl(Group):
    """An object's fields. `is_optional`: without any there is no schema. `without`: kinds that are not offered."""

    def __init__(
        self,
        name: str,
        label: Any,
        *,
        is_optional: bool = False,
        without: tuple[str, ...] = (),
        extra: tuple[Control, ...] = (),
        begins: int = 0,
        **kwargs,
    ):
        self.is_optional = is_optional
        rows = _rows(without, extra, depth=0, begins=begins)
        super().__init__(name, label, rows, Hidden("kept"), layout="plain", **kwargs)

    def raw_of(self, value, around):
        return super().raw_of(_given(value) if isinstance(value, Mapping) else NOTHING, around)

    def read(self, raw, around, faults, path):
        rows = (super().read(raw, around, faults, path) or {}).get("fields", [])
        if not rows and self.is_optional:
            return NOTHING
        return _kept(raw["kept"]) | schema_of(rows)


class Field(Group):
    """One field of an object."""

    template = "field"

    def __init__(self, without: tuple[str, ...], extra: tuple[Control, ...], depth: int):
        offered = [(kind, words) for kind, (words, _schema) in KINDS.items() if kind not in without]
        nested = [_rows(without, (), depth=depth + 1, when=("kind", _NESTED))] if depth < DEPTH else []
        with_default = [kind for kind in KINDS if kind not in (*_FILES, *_NESTED)]
        super().__init__(
            "field",
            "",
            Line("name", _("Name"), longest=80),
            Choice("kind", _("Kind"), offered=offered),
            Switch("required", _("Must be filled in")),
            Area("choices", _("Choices"), help=_("Each on a line of its own."), when=("kind", _CHOOSING)),
            *extra,
            Line("title", _("Label"), longest=100, help=_("What people see. Empty: the name.")),
            Line("description", _("Help"), longest=1000),
            Area(
                "default", _("Otherwise"), rows=1, help=_("What it is when nobody says."), when=("kind", with_default)
            ),
            *nested,
            Hidden("kept"),
            layout="field",
        )
        self.extra, self.is_deepest = extra, not nested

    def raw_of(self, value, around):
        return super().raw_of(_shown(value, self.is_deepest) if isinstance(value, Mapping) else NOTHING, around)

    def shown(self, raw, around, faults, path):
        shown = super().shown(raw, around, faults, path)
        told = [shown["named"][name] for name in ("title", "description", "default")]
        return shown | {"has_more": any(one["raw"] or one["errors"] for one in told)}

    def read(self, raw, around, faults, path):
        """The field as {name, schema, required} and what extra controls hold."""
        found = super().read(raw, around, faults, path)
        if "name" not in found:
            if f"{path}-name" not in faults.at:
                faults.add(f"{path}-name", gettext("Give the field a name."))
            return NOTHING
        kind = found["kind"]
        schema = _kept(raw["kept"]) | KINDS[kind][1] if kind in KINDS else _kept(raw["kept"])
        schema |= {name: found[name] for name in ("title", "description") if name in found}
        self._choose(kind, schema, found, faults, path)
        if kind in _NESTED and "fields" in raw:
            inner = schema_of(found.get("fields", []))
            schema |= inner if kind == "object" else {"items": inner}
        if "default" in found:
            self._default(kind, schema, found["default"], faults, f"{path}-default")
        own = {"name": found["name"], "schema": schema, "required": found.get("required", False)}
        return own | {one.name: found[one.name] for one in self.extra if one.name in found}

    @staticmethod
    def _choose(kind: str, schema: dict, found: dict, faults, path: str) -> None:
        if kind not in _CHOOSING:
            return
        choices = [line.strip() for line in found.get("choices", "").splitlines() if line.strip()]
        choices = list(dict.fromkeys(choices))
        if not choices:
            faults.add(f"{path}-choices", gettext("Give the choices, each on a line of its own."))
        schema |= {"enum": choices} if kind == "choice" else {"items": {"type": "string", "enum": choices}}

    @staticmethod
    def _default(kind: str, schema: dict, typed: str, faults, path: str) -> None:
        read = _READERS.get(kind, str if kind in {"text", "long", "choice"} else read_json)
        try:
            default = read(typed if kind in {"text", "long"} else typed.strip())
        except ValueError as error:
            return faults.add(path, str(error))
        offered = schema.get("enum") if kind == "choice" else schema.get("items", {}).get("enum")
        given = default if isinstance(default, list) else [default]
        if kind in _CHOOSING and not set(map(str, given)) <= set(offered or ()):
            return faults.add(path, gettext("This is none of the choices."))
        schema["default"] = default
        return None

    def is_blank(self, raw, around):
        return not raw["name"].strip() and not raw["title"].strip() and not raw["kept"]


def schema_of(rows: list[Mapping]) -> dict:
    """Return the schema of an object with these fields, in their order."""
    found: dict = {"type": "object", "properties": {row["name"]: row["schema"] for row in rows}}
    if required := [row["name"] for row in rows if row["required"]]:
        found["required"] = required
    if rows:
        found["order"] = [row["name"] for row in rows]
    return found


class FieldRows(Repeat):
    """The fields of an object, whose names are distinct."""

    def read(self, raw, around, faults, path):
        found = super().read(raw, around, faults, path)
        names = [row["name"].strip() for row in raw]
        for n, name in enumerate(names):
            if name and name in names[:n]:
                faults.add(f"{path}-{n}-name", gettext("Another field has this name."))
        return found


def _rows(without: tuple, extra: tuple, *, depth: int, begins: int = 0, when: Any = None) -> FieldRows:
    words = {"add": _("Add a field"), "one": _("Field")}
    return LazyRows("fields", _("Fields") if depth else "", without, extra, depth, begins=begins, when=when, **words)


class LazyRows(FieldRows):
    """Rows whose control is made when there is one: fields may hold fields."""

    def __init__(self, name, label, without, extra, depth, **kwargs):
        self._made = None
        self._make = lambda: Field(without, extra, depth)
        super().__init__(name, label, None, most=100, **kwargs)

    @property
    def item(self) -> Field:
        self._made = self._made or self._make()
        return self._made

    @item.setter
    def item(self, _value) -> None:
        """It makes its own."""


# ---- a schema as rows -----------------------------------------------------------------------------------
def _given(schema: Mapping) -> dict:
    """An object's schema as the values of its controls."""
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    order = schema.get("order") if isinstance(schema.get("order"), list) else []
    required = schema.get("required") if isinstance(schema.get("required"), list) else []
    names = dict.fromkeys([*(name for name in order if name in properties), *properties])
    rows = [{"name": name, "required": name in required, "schema": properties[name]} for name in names]
    kept = {key: value for key, value in schema.items() if key not in ("type", "properties", "required", "order")}
    return {"fields": rows, "kept": json.dumps(kept, ensure_ascii=False) if kept else NOTHING}


def _shown(row: Mapping, is_deepest: bool) -> dict:
    """A field as the values of its controls; what lies too deep to be shown stays as it is."""
    schema = row["schema"] if isinstance(row.get("schema"), Mapping) else {}
    kind = kind_of(schema)
    if kind in _NESTED and is_deepest:
        kind = "any"
    found = {**row, "kind": kind} | {name: schema[name] for name in ("title", "description") if name in schema}
    own = _OWN if kind != "any" else ("title", "description", "default")
    kept = {key: value for key, value in schema.items() if key not in own}
    items = schema.get("items") if isinstance(schema.get("items"), Mapping) else {}
    if kind in _CHOOSING:
        found["choices"] = "\n".join(schema["enum"] if kind == "choice" else items["enum"])
    if kind in _NESTED:
        found |= _given(schema if kind == "object" else items)
    if "default" in schema:
        found["default"] = _default_text(schema["default"])
    return found | {"kept": json.dumps(kept, ensure_ascii=False) if kept else NOTHING}


def kind_of(schema: Mapping) -> str:
    """The kind of a field as people choose it; "any" for what the form does not know, which stays as it is."""
    items = schema.get("items") if isinstance(schema.get("items"), Mapping) else {}
    match schema.get("type"):
        case "string" if "enum" in schema:
            return "choice" if _are_texts(schema["enum"]) else "any"
        case "string":
            return {None: "text", "multiline": "long", "date": "date", "file": "file"}.get(schema.get("format"), "any")
        case "object":
            return "object"
        case "array" if items.get("type") == "object":
            return "objects"
        case "array" if _are_texts(items.get("enum")) and items.keys() <= {"type", "enum"}:
            return "choices"
        case "array":
            known = [kind for kind in ("texts", "numbers", "files") if KINDS[kind][1]["items"] == items]
            return known[0] if known else "any"
        case "number" | "integer" | "boolean" as kind if "enum" not in schema:
            return "whole" if kind == "integer" else kind
        case _:
            return "any"


def _are_texts(choices: Any) -> bool:
    """Whether these are choices that a line can hold each."""
    return isinstance(choices, list) and all(
        isinstance(one, str) and one.strip() == one and len(one.splitlines()) == 1 for one in choices
    )


def _default_text(value: Any) -> str:
    if isinstance(value, list) and _are_texts(value) and not str(value[:1]).startswith("['["):
        return "\n".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _kept(text: str) -> dict:
    """What the form does not show of a schema, as it came."""
    try:
        found = read_json(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class FormControl(SchemaControl):
    """The form of an approval, and what its fields are filled with: the values of two keys."""

    keys = ("form", "prefill")

    def __init__(self, name: str, label: Any, **kwargs):
        prefill = Value("prefill", _("Filled with"), kind="any")
        super().__init__(name, label, is_optional=True, extra=(prefill,), **kwargs)

    def raw_of(self, value, around):
        value = value if isinstance(value, Mapping) else {}
        prefill = value.get("prefill") if isinstance(value.get("prefill"), Mapping) else {}
        given = _given(value["form"]) if isinstance(value.get("form"), Mapping) else {}
        for row in given.get("fields", ()):
            row["prefill"] = prefill.get(row["name"], NOTHING)
        return Group.raw_of(self, given or NOTHING, around)

    def read(self, raw, around, faults, path):
        rows = (Group.read(self, raw, around, faults, path) or {}).get("fields", [])
        if not rows:
            return {}
        prefill = {row["name"]: row["prefill"] for row in rows if "prefill" in row}
        return {"form": _kept(raw["kept"]) | schema_of(rows)} | ({"prefill": prefill} if prefill else {})
