"""Controls that hold others: groups of them, and lists of groups to which rows are added."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from workflows.forms.controls import NOTHING, Around, Control

MOST = 200  # rows of one list


class Group(Control):
    """Controls beside one another, whose values are one object.

    `into` gives the values of the controls of what is kept, `out` what is kept of these; a group whose controls mean
    nothing means nothing itself.
    """

    template = "group"

    def __init__(
        self,
        name: str,
        label: str = "",
        *fields: Control,
        into: Callable[[Any], Mapping] = lambda value: value,
        out: Callable[[dict], Any] = lambda values: values or NOTHING,
        layout: str = "",
        **kwargs,
    ):
        super().__init__(name, label, **kwargs)
        self.fields, self.into, self.out, self.layout = fields, into, out, layout

    def raw_of(self, value, around):
        values = {} if value is NOTHING or value is None else self.into(value)
        values = values if isinstance(values, Mapping) else {}
        return {one.name: one.raw_of(values.get(one.name, NOTHING), around) for one in self.fields}

    def take(self, post, path):
        return {one.name: one.take(post, join(path, one.name)) for one in self.fields}

    def read(self, raw, around, faults, path):
        found = {}
        for one in self.fields:
            if one.applies(raw):
                value = one.read(raw[one.name], around, faults, join(path, one.name))
                if value is not NOTHING:
                    found[one.name] = value
        return self.out(found)

    def shown(self, raw, around, faults, path):
        fields = []
        for one in self.fields:
            shown = one.shown(raw[one.name], around, faults, join(path, one.name))
            fields.append(
                shown | {"is_hidden": not one.applies(raw), "by": join(path, one.when[0]) if one.when else ""}
            )
        named = {one.name: shown for one, shown in zip(self.fields, fields, strict=True)}
        return super().shown(raw, around, faults, path) | {"fields": fields, "named": named, "layout": self.layout}

    def is_blank(self, raw, around):
        return all(one.is_blank(raw[one.name], around) for one in self.fields)


class Repeat(Control):
    """Rows of the same control. `add` is the verb on the button that adds one, `one` what a row is called.

    Rows in which nothing was typed mean nothing, unless `keeps_blank`. `begins` are the rows of an empty list.
    """

    template = "repeat"

    def __init__(
        self,
        name: str,
        label: str,
        item: Control,
        *,
        add: str,
        one: str,
        begins: int = 0,
        most: int = MOST,
        keeps_blank: bool = False,
        is_ordered: bool = True,
        out: Callable[[list], Any] = lambda values: values or NOTHING,
        **kwargs,
    ):
        super().__init__(name, label, **kwargs)
        self.item, self.add, self.one = item, add, one
        self.begins, self.most, self.keeps_blank, self.is_ordered, self.out = begins, most, keeps_blank, is_ordered, out

    def raw_of(self, value, around):
        rows = [self.item.raw_of(one, around) for one in (value if isinstance(value, list) else ())]
        return rows or [self.item.raw_of(NOTHING, around) for _n in range(self.begins)]

    def take(self, post, path):
        marks = [mark for mark in post.getlist(path)[: self.most + 1] if mark.isdigit()]
        return [self.item.take(post, join(path, mark)) for mark in marks]

    def read(self, raw, around, faults, path):
        if len(raw) > self.most:
            faults.add(path, _("There are more than %(most)s rows.") % {"most": self.most})
        found = []
        for n, one in enumerate(raw):
            if self.keeps_blank or not self.item.is_blank(one, around):
                value = self.item.read(one, around, faults, join(path, str(n)))
                found += [value] if value is not NOTHING else []
        return self.out(found)

    def shown(self, raw, around, faults, path):
        rows = [self.item.shown(one, around, faults, join(path, str(n))) for n, one in enumerate(raw)]
        more = {"rows": rows, "add": self.add, "one": self.one, "is_ordered": self.is_ordered and len(rows) > 1}
        more["is_full"] = len(rows) >= self.most
        return super().shown(raw, around, faults, path) | more

    def is_blank(self, raw, around):
        return all(self.item.is_blank(one, around) for one in raw)


def join(path: str, name: str) -> str:
    """The path of a control inside of another; "" is the form itself."""
    return f"{path}-{name}" if path else name


def act(root: Control, raw: Any, words: str, around: Around) -> str | None:
    """Add, remove or move a row, as "add:messages", "remove:messages-1", "up:messages-1" say it; in place.

    Returns the path of the row, or of its list, where the focus belongs; None where there is no such row.
    """
    verb, _sep, path = words.partition(":")
    control, rows, steps = root, raw, path.split("-")
    n = None if verb == "add" else steps.pop()
    for step in steps:
        control, rows = _inside(control, rows, step)
        if control is None:
            return None
    if not isinstance(control, Repeat) or (n is not None and not (n.isdigit() and int(n) < len(rows))):
        return None
    place = "-".join(steps)
    match verb:
        case "add" if len(rows) < control.most:
            rows.append(control.item.raw_of(NOTHING, around))
            return join(place, str(len(rows) - 1))
        case "remove":
            del rows[int(n)]
            return place
        case "up" | "down":
            to = int(n) + (1 if verb == "down" else -1)
            if not 0 <= to < len(rows):
                return join(place, n)
            rows[int(n)], rows[to] = rows[to], rows[int(n)]
            return join(place, str(to))
    return None


def _inside(control: Control, raw: Any, step: str) -> tuple[Control | None, Any]:
    """The control, and its raw, that a step of a path leads to."""
    if isinstance(control, Repeat):
        is_there = step.isdigit() and int(step) < len(raw)
        return (control.item, raw[int(step)]) if is_there else (None, None)
    if isinstance(control, Group):
        found = next((one for one in control.fields if one.name == step), None)
        return (found, raw[step]) if found else (None, None)
    return None, None
