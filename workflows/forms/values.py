"""Controls for what may come from other nodes: texts with references, values, single references."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sambung.lib import jsonb
from workflows.forms.controls import LONGEST, NOTHING, Control, number, unkept

TRUE, FALSE = {"true", "yes", "ya"}, {"false", "no", "tidak"}


class Written(Control):
    """A text with references, kept as segments."""

    template = "written"

    def __init__(self, *args, rows: int = 1, placeholder: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.attrs = {"placeholder": placeholder} if placeholder else {}

    def raw_of(self, value, around):
        return around.names.text(value) if isinstance(value, list) else ""

    def read(self, raw, around, faults, path):
        if fault := unkept(raw):
            faults.add(path, fault)
            return NOTHING
        return around.names.segments(raw if self.rows > 1 else raw.strip()) or NOTHING

    def shown(self, raw, around, faults, path):
        more = {"lines": self.rows, "unknown": around.names.unknown(raw[:LONGEST])[:3]}
        return super().shown(raw, around, faults, path) | more


class Reference(Written):
    """One reference to what another node gave."""

    def raw_of(self, value, around):
        is_ref = isinstance(value, dict) and isinstance(value.get("node"), str)
        return around.names.written(value) if is_ref else ""

    def read(self, raw, around, faults, path):
        if not raw.strip():
            return NOTHING
        if (found := around.names.only_ref(raw)) is None:
            faults.add(path, _("Choose one value of another node, such as {{Name.result}}, and nothing beside it."))
            return NOTHING
        return found

    def shown(self, raw, around, faults, path):
        return super().shown(raw, around, faults, path) | {"unknown": [], "is_one": True}


class Value(Written):
    """A reference, a text with references, or a literal of one type.

    `kind` is text, number, whole, boolean, date, list, object, or many (a list, or how often). Of kind "any" a literal
    may be any JSON: then a choice beside the text says which of them it is.
    """

    template = "value"

    def __init__(self, *args, kind: str = "any", **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind

    def raw_of(self, value, around):
        value = value if isinstance(value, dict) else {}
        if "ref" in value:
            return self._raw(around.names.written(value["ref"]))
        if "segments" in value:
            return self._raw(around.names.text(value["segments"] or ()))
        literal = value.get("value")
        if literal is None:
            return self._raw("")
        if isinstance(literal, str) and self.kind in {"text", "date", "any"}:
            return self._raw(around.names.escaped(literal))
        return self._raw(json.dumps(literal, ensure_ascii=False), "json")

    def _raw(self, text: str, how: str = "text") -> Any:
        return {"text": text, "as": how} if self.kind == "any" else text

    def take(self, post, path):
        text = super().take(post, f"{path}-text" if self.kind == "any" else path)
        return self._raw(text, "json" if post.get(f"{path}-as") == "json" else "text")

    def read(self, raw, around, faults, path):
        text, how = (raw["text"], raw["as"]) if self.kind == "any" else (raw, "text")
        if fault := unkept(text):
            faults.add(path, fault)
            return NOTHING
        if not text.strip():
            return NOTHING
        if ref := around.names.only_ref(text):
            return {"ref": ref}
        if how == "json" or self.kind not in {"text", "date", "any"}:
            return self._literal(text, _READERS.get(self.kind, read_json), faults, path)
        segments = around.names.segments(text if self.rows > 1 else text.strip())
        if any("ref" in one for one in segments):
            return {"segments": segments}
        if self.kind == "date":
            return self._literal(segments[0]["text"], read_date, faults, path)
        return {"value": segments[0]["text"]}

    @staticmethod
    def _literal(text: str, read: Callable[[str], Any], faults, path: str) -> Any:
        try:
            return {"value": read(text.strip())}
        except ValueError as error:
            faults.add(path, str(error))
            return NOTHING

    def is_blank(self, raw, around):
        return not (raw["text"] if self.kind == "any" else raw).strip()

    def shown(self, raw, around, faults, path):
        text = raw["text"] if self.kind == "any" else raw
        more = {"raw": text, "kind": self.kind, "unknown": around.names.unknown(text[:LONGEST])[:3]}
        if self.kind == "any":
            words = {"text": gettext_lazy("Text"), "json": gettext_lazy("JSON")}
            more["ways"] = [(how, label, raw["as"] == how) for how, label in words.items()]
        return super().shown(text, around, faults, path) | more


# ---- literals: each raises ValueError with a sentence for people ----------------------------------------
def read_json(text: str) -> Any:
    """Any JSON that can be kept."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(_("This is no JSON. Texts stand in double quotes.")) from None
    if jsonb.clean_json(found) != found:
        raise ValueError(_("This holds a number or a text that cannot be kept, or is too deep."))
    return found


def read_list(text: str) -> list:
    """A list: as JSON, or as texts on lines of their own."""
    if not text.startswith("["):
        return [line.strip() for line in text.splitlines() if line.strip()]
    return _of(list, text, _("This takes a list: [ … ]."))


def read_object(text: str) -> dict:
    return _of(dict, text, _('This takes an object: { "name": … }.'))


def read_many(text: str) -> int | list:
    """What a loop goes over: a list, or how often."""
    found = number(text)
    if isinstance(found, int) and found >= 0:
        return found
    return read_list(text)


def read_number(text: str) -> int | float:
    if (found := number(text)) is None:
        raise ValueError(_("Enter a number, or choose a value of another node."))
    return found


def read_whole(text: str) -> int:
    if not isinstance(found := number(text), int):
        raise ValueError(_("Enter a whole number, or choose a value of another node."))
    return found


def read_boolean(text: str) -> bool:
    if (word := text.casefold()) not in TRUE | FALSE:
        raise ValueError(_("Enter yes or no, or choose a value of another node."))
    return word in TRUE


def read_date(text: str) -> str:
    """A day or a moment of ISO 8601, as it was typed."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_("Enter a date such as 2026-12-31, or with a time: 2026-12-31T08:00+07:00.")) from None
    return text


def _of(kind: type, text: str, told: str) -> Any:
    found = read_json(text)
    if not isinstance(found, kind):
        raise ValueError(told)
    return found


_READERS: dict[str, Callable[[str], Any]] = {
    "number": read_number,
    "whole": read_whole,
    "boolean": read_boolean,
    "list": read_list,
    "many": read_many,
    "object": read_object,
}
