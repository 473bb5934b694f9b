"""Controls of a node's form: each shows a value of the node's data, and reads what was typed into one.

What is typed is *raw*: a text, or dicts and lists of them, as it was posted. It is shown again whatever it is; so
nothing that somebody typed is lost where it cannot be read. A draft may be unfinished: an empty control means nothing,
and only what cannot be stored at all is a fault here. What keeps a node from running, `workflows.nodes.checking` says.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from workflows.forms.written import Names

NOTHING: Any = type("Nothing", (), {"__repr__": lambda self: "NOTHING", "__bool__": lambda self: False})()
LONGEST = 200_000  # characters of one text


@dataclass
class Around:
    """What controls look at beside their own value: the nodes by name, and what the workspace offers.

    `offers` gives the choices of a kind ("models", "agents", "people" …) when they are first asked for.
    """

    names: Names
    offers: Callable[[str], list] = lambda kind: []


@dataclass
class Faults:
    """What could not be read, by the path of its control; `notes` are what is as it stands, and may not be meant."""

    at: dict[str, list[str]] = field(default_factory=dict)

    def add(self, path: str, sentence: str) -> None:
        self.at.setdefault(path, []).append(sentence)

    def within(self, path: str) -> bool:
        """Whether something at the path, or below it, could not be read."""
        return any(one == path or one.startswith(f"{path}-") for one in self.at)


class Control:
    """A text on a line. `when` names a control beside it and the values with which this one means anything."""

    template = "line"

    def __init__(self, name: str, label: str = "", *, help: str = "", when: tuple[str, Iterable[str]] | None = None):
        self.name, self.label, self.help = name, label, help
        self.when = (when[0], tuple(when[1])) if when else None
        self.attrs: dict[str, str] = {}

    def raw_of(self, value: Any, around: Around) -> Any:
        """What stands in the control for a value of the data; for NOTHING, what an empty one holds."""
        return "" if value is NOTHING or value is None else str(value)

    def take(self, post: QueryDict, path: str) -> Any:
        """What was posted for the control."""
        return post.get(path, "")[: LONGEST + 1].replace("\r\n", "\n")

    def read(self, raw: Any, around: Around, faults: Faults, path: str) -> Any:
        """The value that is meant; NOTHING where there is none."""
        return raw.strip() or NOTHING

    def shown(self, raw: Any, around: Around, faults: Faults, path: str) -> dict:
        """What the control's template shows."""
        return {
            "template": f"workflows/nodes/controls/{self.template}.html",
            "path": path,
            "id": f"node-{path}",
            "label": self.label,
            "help": self.help,
            "raw": raw,
            "attrs": self.attrs,
            "errors": faults.at.get(path, []),
            "when": self.when,
        }

    def is_blank(self, raw: Any, around: Around) -> bool:
        """Whether it holds what it held when it was empty."""
        return raw == self.raw_of(NOTHING, around)

    def applies(self, raws: Mapping) -> bool:
        """Whether it means anything beside what its neighbours hold."""
        return self.when is None or raws.get(self.when[0]) in self.when[1]


class Line(Control):
    """A text on a line, of at most so many characters."""

    def __init__(self, *args, longest: int = 200, placeholder: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.longest = longest
        self.attrs = {"maxlength": str(longest)} | ({"placeholder": placeholder} if placeholder else {})

    def read(self, raw, around, faults, path):
        text = raw.strip()
        if len(text) > self.longest:
            faults.add(path, _("This is longer than %(most)s characters.") % {"most": self.longest})
            return NOTHING
        if not text.isprintable():
            faults.add(path, _("This holds a sign that cannot be seen. Type it anew."))
            return NOTHING
        return text or NOTHING


class Area(Control):
    """A text on several lines, as it was typed. `editor` is what an editor of code stands for it, "" none."""

    template = "area"

    def __init__(self, *args, rows: int = 3, editor: str = "", longest: int = LONGEST, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows, self.editor, self.longest = rows, editor, longest

    def read(self, raw, around, faults, path):
        if fault := unkept(raw, self.longest):
            faults.add(path, fault)
            return NOTHING
        return raw if raw.strip() else NOTHING

    def shown(self, raw, around, faults, path):
        return super().shown(raw, around, faults, path) | {"lines": self.rows, "editor": self.editor}


class Number(Control):
    """A number between two bounds."""

    template = "number"

    def __init__(self, *args, low: float | None = None, high: float | None = None, is_whole: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.low, self.high, self.is_whole = low, high, is_whole
        bounds = {"min": low, "max": high, "step": 1 if is_whole else "any"}
        self.attrs = {name: str(value) for name, value in bounds.items() if value is not None}

    def read(self, raw, around, faults, path):
        if not raw.strip():
            return NOTHING
        found = number(raw)
        if found is None or (self.is_whole and not isinstance(found, int)):
            faults.add(path, _("Enter a whole number.") if self.is_whole else _("Enter a number."))
            return NOTHING
        if (self.low is not None and found < self.low) or (self.high is not None and found > self.high):
            told = {"low": self.low, "high": self.high}
            faults.add(path, _("Enter a number from %(low)s to %(high)s.") % told)
            return NOTHING
        return found


class Duration(Control):
    """A length of time: a number and its unit, kept in seconds."""

    template = "duration"
    UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))

    def __init__(self, *args, high: int = 86400 * 365, **kwargs):
        super().__init__(*args, **kwargs)
        self.high = high

    def raw_of(self, value, around):
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            return {"n": "", "unit": "s"}
        seconds, unit = next(one for one in self.UNITS if value % one[0] == 0 or one[0] == 1)
        n = value / seconds
        return {"n": str(int(n) if n == int(n) else n), "unit": unit}

    def take(self, post, path):
        return {"n": post.get(f"{path}-n", "")[:40], "unit": post.get(f"{path}-unit", "s")}

    def read(self, raw, around, faults, path):
        if not raw["n"].strip():
            return NOTHING
        units = {unit: seconds for seconds, unit in self.UNITS}
        n = number(raw["n"])
        if n is None or n <= 0 or raw["unit"] not in units:
            faults.add(path, _("Enter a number above 0."))
            return NOTHING
        seconds = n * units[raw["unit"]]
        if seconds > self.high:
            faults.add(path, _("This is too long: %(most)s seconds at most.") % {"most": self.high})
            return NOTHING
        return int(seconds) if seconds == int(seconds) else seconds

    def is_blank(self, raw, around):
        return not raw["n"].strip()

    def shown(self, raw, around, faults, path):
        units = {"s": _("seconds"), "min": _("minutes"), "h": _("hours"), "d": _("days")}
        chosen = [(unit, words, raw["unit"] == unit) for unit, words in units.items()]
        return super().shown(raw, around, faults, path) | {"units": chosen}


class Switch(Control):
    """On or off; off is not kept."""

    template = "switch"

    def raw_of(self, value, around):
        return "on" if value is True else ""

    def read(self, raw, around, faults, path):
        return True if raw else NOTHING


class Choice(Control):
    """One of some values. `offered` are (value, words), in groups (words, [(value, words)]), or the name of an offer.

    A value that is kept and not offered any more stays, and says so. `refreshes`: other controls depend on it.
    """

    template = "choice"

    def __init__(self, *args, offered: list | str, empty: str | None = None, refreshes: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered, self.empty, self.refreshes = offered, empty, refreshes

    def raw_of(self, value, around):
        if value is NOTHING or value is None:
            return "" if self.empty is not None or isinstance(self.offered, str) else _first(self.offered)
        return self.key(value)

    def key(self, value: Any) -> str:
        """What stands for a value in the form."""
        return str(value)

    def value(self, key: str, around: Around) -> Any:
        """The value that a key stands for."""
        return key

    def groups(self, around: Around) -> list[tuple[str, list[tuple[str, str]]]]:
        """What is offered, in groups; "" names none."""
        offered = around.offers(self.offered) if isinstance(self.offered, str) else self.offered
        return [one if isinstance(one[1], list) else ("", [one]) for one in offered]

    def read(self, raw, around, faults, path):
        return self.value(raw, around) if raw else NOTHING

    def shown(self, raw, around, faults, path):
        groups = self.groups(around)
        known = {value for _words, options in groups for value, _label in options}
        kept = [("", [(raw, _("%(value)s (not offered here)") % {"value": self.words(raw)})])]
        groups = [*groups, *kept] if raw and raw not in known else groups
        chosen = [(words, [(value, label, value == raw) for value, label in options]) for words, options in groups]
        more = {"groups": chosen, "empty": self.empty, "refreshes": self.refreshes}
        return super().shown(raw, around, faults, path) | more

    def words(self, raw: str) -> str:
        """What is said of a value that is not offered."""
        return raw


class Several(Control):
    """Some of what is offered."""

    template = "several"

    def __init__(self, *args, offered: str | list, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = offered

    def raw_of(self, value, around):
        return [str(one) for one in value] if isinstance(value, list) else []

    def take(self, post, path):
        return post.getlist(path)[:1000]

    def read(self, raw, around, faults, path):
        return list(dict.fromkeys(raw)) or NOTHING

    def shown(self, raw, around, faults, path):
        offered = around.offers(self.offered) if isinstance(self.offered, str) else self.offered
        gone = [(one, _("Somebody who is not here any more")) for one in raw if one not in dict(offered)]
        options = [(value, words, value in raw) for value, words in [*offered, *gone]]
        return super().shown(raw, around, faults, path) | {"options": options}


class Hidden(Control):
    """What people do not see, and what comes back as it was. `make` gives a new one."""

    template = "hidden"

    def __init__(self, name: str, *, make: Callable[[], str] | None = None):
        super().__init__(name)
        self.make = make

    def read(self, raw, around, faults, path):
        return raw[:200] or (self.make() if self.make else NOTHING)

    def is_blank(self, raw, around):
        return True


class Shown(Control):
    """Something to read, no part of the form."""

    template = "told"

    def take(self, post, path):
        return NOTHING

    def raw_of(self, value, around):
        return value

    def read(self, raw, around, faults, path):
        return NOTHING

    def is_blank(self, raw, around):
        return True


def number(text: str) -> int | float | None:
    """Return the number that a text is; None where it is none, or none that JSON keeps."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) >= 2**53 or len(text) > 60:
        return None
    return int(found) if found == found.to_integral_value() and "." not in text else float(found)


def unkept(text: str, longest: int = LONGEST) -> str:
    """Return why a text cannot be kept, "" where it can."""
    if len(text) > longest:
        return _("This is longer than %(most)s characters.") % {"most": longest}
    return _("This holds a null character, which cannot be kept.") if "\0" in text else ""


def _first(offered: list) -> str:
    value, words = offered[0]
    return words[0][0] if isinstance(words, list) else value
