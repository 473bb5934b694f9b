"""The form of one node: what it holds as controls, what was typed into them, and what that changes."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.http import QueryDict
from django.utils.translation import gettext as _

from teams.workspace import Workspace
from workflows.forms import kinds
from workflows.forms.choices import Offers
from workflows.forms.controls import NOTHING, Around, Control, Faults, Line
from workflows.forms.groups import Group, act
from workflows.forms.written import Names, refs_in
from workflows.nodes.faults import Fault
from workflows.validators import NAME_LENGTH


class Sheet(Group):
    """All controls of a node. Some hold the values of several keys of its data."""

    def raw_of(self, value, around):
        return {one.name: self._raw_of(one, value, around) for one in self.fields}

    @staticmethod
    def _raw_of(one: Control, data: Mapping, around: Around) -> Any:
        """What a control shows. An import may have left anything in there: what cannot be shown stays until it is
        replaced.
        """
        value = data if hasattr(one, "keys") else data.get(one.name, NOTHING)
        try:
            return one.raw_of(value, around)
        except (TypeError, ValueError, AttributeError, LookupError):
            return one.raw_of({} if hasattr(one, "keys") else NOTHING, around)

    def read(self, raw, around, faults, path):
        found: dict[str, Any] = {}
        for one in self.fields:
            value = one.read(raw[one.name], around, faults, one.name)
            found |= {key: value.get(key, NOTHING) for key in one.keys} if hasattr(one, "keys") else {one.name: value}
        return found

    def keys_of(self, name: str) -> tuple[str, ...]:
        """The keys of the data that a control stands for."""
        control = next(one for one in self.fields if one.name == name)
        return getattr(control, "keys", (name,))


class NodeForm:
    """The form of a node of a structure; `post` is what was typed, None shows what is kept.

    `seen` holds for each key of the data the digest of what the form was made of: so what was changed here is told
    from what others have changed meanwhile.
    """

    def __init__(self, structure: Mapping, node: Mapping, workspace: Workspace, post: QueryDict | None = None):
        self.node, self.data, self.type = node, node["data"], node["type"]
        nodes = [(one["id"], str(one["data"].get("name") or "")) for one in structure["nodes"]]
        self.others = {_plain(name) for id_, name in nodes if id_ != node["id"] and name}
        self.around = Around(Names(nodes).knowing(refs_in(self.data)), Offers(workspace))
        self.faults, self.problems, self.elsewhere = Faults(), list[Fault](), list[Fault]()
        self.sheet = Sheet("", "", *self._controls(post))
        self.raw = self.sheet.raw_of(self.data, self.around) if post is None else self.sheet.take(post, "")
        self.focus = ""
        self._kept = self.sheet.read(self.sheet.raw_of(self.data, self.around), self.around, Faults(), "")
        given = post is not None and _seen(post.get("seen", ""))
        self.seen: dict[str, str] = given or {key: digest(value) for key, value in self._kept.items()}

    def _controls(self, post: QueryDict | None) -> list[Control]:
        data = self.data if post is None else self.data | _tool_of(post)
        name = [] if self.type in kinds.STILL else [Line("name", _("Name"), longest=NAME_LENGTH)]
        return [*name, *kinds.own(self.type, data, self.around), *kinds.more(self.type)]

    # ---- what was typed ----------------------------------------------------------------------------
    def act(self, words: str) -> None:
        """Do to the rows what a button says; what was typed stays."""
        if words.startswith(("mine:", "theirs:")):
            self._settle(*words.split(":", 1))
        elif (path := act(self.sheet, self.raw, words, self.around)) is not None:
            self.focus = path

    def _settle(self, which: str, name: str) -> None:
        """A control that others have changed as well: what was typed is to stay, or what they have."""
        if name not in self.raw:
            return
        keys = self.sheet.keys_of(name)
        self.seen |= {key: digest(self._kept[key]) for key in keys}
        if which == "theirs":
            self.raw[name] = self.sheet.raw_of(self.data, self.around)[name]

    def read(self) -> dict[str, Any]:
        """Return what is meant, by the keys of the data; `faults` tells what could not be read."""
        self.faults = Faults()
        found = self.sheet.read(self.raw, self.around, self.faults, "")
        if "name" in found:
            self._check_name(found["name"])
        return found

    def _check_name(self, name: Any) -> None:
        if self.faults.within("name"):
            return
        if name is NOTHING:
            self.faults.add("name", _("Give the node a name."))
        elif _plain(name) in self.others:
            self.faults.add("name", _("Another node has this name. Give each its own."))

    def changes(self) -> dict[str, Any]:
        """Return what was changed here, by keys; NOTHING takes one away. What could not be read is not among it.

        What the form shows of itself where nothing was kept, such as the first of some choices, is a change too.
        """
        found = {}
        for key, value in self.read().items():
            seen = self.seen.get(key, "")
            is_shown_anew = key not in self.data and digest(self._kept[key]) == seen
            if digest(value) == seen and not is_shown_anew:
                continue
            if value != self._as_it_is(key) and not self.faults.within(self._control_of(key)):
                found[key] = value
        return found

    def _as_it_is(self, key: str) -> Any:
        """What is kept under a key, as this form would keep it; NOTHING where nothing is."""
        return self._kept[key] if key in self.data else NOTHING

    def collided(self, changes: Mapping[str, Any]) -> list[str]:
        """Return the names of the controls among the changes that others have changed since the form was made."""
        keys = [
            key
            for key in changes
            if key in self.seen and digest(self._kept[key]) != self.seen[key] and key in self.data
        ]
        return list(dict.fromkeys(self._control_of(key) for key in keys))

    def _control_of(self, key: str) -> str:
        return next(one.name for one in self.sheet.fields if key in getattr(one, "keys", (one.name,)))

    def saved(self, changes: Mapping[str, Any]) -> None:
        """Have the form be made of what was saved; what was not keeps what it was made of."""
        for key, value in self.sheet.read(self.raw, self.around, Faults(), "").items():
            if key in changes or value == self._as_it_is(key):
                self.seen[key] = digest(value)

    # ---- what is shown -----------------------------------------------------------------------------
    @property
    def shown(self) -> list[dict]:
        """The controls as templates show them, with what is wrong at each."""
        shown = self.sheet.shown(self.raw, self.around, self.faults, "")
        places = {one["path"]: one for one in flat(shown)}
        self.elsewhere = []
        for fault in self.problems:
            place = _place(fault.field, places)
            (places[place].setdefault("problems", []) if place else self.elsewhere).append(fault)
        if self.focus in places:
            _first_field(places[self.focus])["is_focused"] = True
        return shown["fields"]

    @property
    def n_more(self) -> int:
        """How many of the controls are those that all nodes have."""
        return len(kinds.more(self.type))

    def is_filled(self, shown: Mapping) -> bool:
        """Whether something stands in a control, or is wrong there."""
        control = next(one for one in self.sheet.fields if one.name == shown["path"])
        is_told = any(one["errors"] or one.get("problems") for one in (shown, *flat(shown)))
        return is_told or not control.is_blank(self.raw[control.name], self.around)

    @property
    def names_text(self) -> str:
        """What references may begin with, for the page."""
        return json.dumps(self.around.names.all, ensure_ascii=False)

    @property
    def was_text(self) -> str:
        """What an import found in the place of a node that is to do."""
        return json.dumps(self.data.get("was"), ensure_ascii=False, indent=1)

    @property
    def seen_text(self) -> str:
        return json.dumps(self.seen)

    def theirs(self, name: str) -> str:
        """What others have put into a control, as a text to look at."""
        values = [self.data[key] for key in self.sheet.keys_of(name) if key in self.data]
        if values and isinstance(raw := self.sheet.raw_of(self.data, self.around)[name], str):
            return raw
        return json.dumps(values[0] if len(values) == 1 else values, ensure_ascii=False, indent=1) if values else ""


def flat(shown: Mapping) -> Iterator[dict]:
    """Yield every control of a form as it is shown, those inside of others as well."""
    for one in (*shown.get("fields", ()), *shown.get("rows", ())):
        yield one
        yield from flat(one)


def digest(value: Any) -> str:
    """Return what stands for a value of a node's data; "" for nothing."""
    if value is NOTHING:
        return ""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _plain(name: str) -> str:
    """A name as two are compared."""
    return " ".join(name.split()).casefold()


def _seen(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _tool_of(post: QueryDict) -> dict:
    """The tool that was chosen, on which depends what else there is."""
    kind, _sep, rest = post.get("tool-ref", "").partition(":")
    source, _sep, name = rest.partition(":")
    told = {"kind": kind, "source": source, "name": name, "effect": post.get("tool-effect", "")}
    return {"tool": told} if name else {}


def _place(field: str, places: Mapping) -> str:
    """The control that is nearest to a place in the data, "" for none."""
    steps = field.split(".") if field else []
    while steps:
        if (path := "-".join(steps)) in places:
            return path
        steps.pop()
    return ""


def _first_field(shown: dict) -> dict:
    """The first control in there that is typed into."""
    if "rows" in shown:
        return shown
    inner = [one for one in flat(shown) if not {"fields", "rows"} & one.keys()]
    return next(iter(inner), shown)
