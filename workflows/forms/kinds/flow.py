"""The controls of the kinds that say how it goes on: conditions, loops, people, time."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.forms.controls import NOTHING, Area, Choice, Control, Duration, Hidden, Line, Number, Switch
from workflows.forms.groups import Group, Repeat
from workflows.forms.kinds.shared import YEAR, audience, new_id
from workflows.forms.rules import RulesControl
from workflows.forms.schemas import FormControl
from workflows.forms.values import Reference, Value, Written


def condition_fields() -> list[Control]:
    ways = [("rules", _("Comparisons")), ("advanced", _("An expression"))]
    branch = Branch(
        "branch",
        "",
        Hidden("id", make=new_id),
        Line("label", _("Label"), longest=80),
        Choice("how", _("Decides by"), offered=ways),
        RulesControl("rules", when=("how", ("rules",))),
        Area(
            "advanced",
            _("Expression"),
            rows=2,
            longest=5_000,
            when=("how", ("advanced",)),
            help=_("Python that gives True or False, of nodes by their names."),
        ),
    )
    told = _("The first branch that holds is taken. Where none does, it goes on by “else”.")
    words = {"add": _("Add a branch"), "one": _("Branch"), "begins": 1, "most": 20}
    return [Branches("branches", _("Branches"), branch, keeps_blank=True, help=told, **words)]


class Branch(Group):
    """One branch: what is not asked for is not kept of it."""

    def raw_of(self, value, around):
        how = "advanced" if isinstance(value, Mapping) and value.get("advanced") else "rules"
        return super().raw_of({**value, "how": how} if isinstance(value, Mapping) else NOTHING, around)

    def read(self, raw, around, faults, path):
        found = super().read(raw, around, faults, path)
        found.pop("how", None)
        return found


class Branches(Repeat):
    """The branches, of which the first is called "if"."""

    def raw_of(self, value, around):
        rows = super().raw_of(value, around)
        rows[0]["id"] = rows[0]["id"] or "if"
        return rows


def loop_fields() -> list[Control]:
    on_error = [
        ("stop", _("Stop the loop")),
        ("null", _("Go on, with nothing in its place")),
        ("drop", _("Go on without it")),
    ]
    return [
        Value("over", _("Over"), kind="many", help=_("A list of another node, or a number: from 1 to it.")),
        Reference("result", _("Result of an item"), help=_("What a node inside of the loop gives.")),
        Number("atOnce", _("Items at the same time"), low=1, high=10),
        Switch("sequential", _("One after the other, so that each knows the one before it")),
        Choice("onItemError", _("When an item fails"), offered=on_error),
        RulesControl("until", _("End early when"), begins=0),
        Number("maxItems", _("Most items"), low=1, high=10_000, help=_("1,000 where nothing is said.")),
    ]


def first_fields() -> list[Control]:
    told = _("The first of these that is there: of branches, for example, of which one was taken.")
    words = {"add": _("Add a value"), "one": _("Value"), "begins": 2, "most": 50}
    return [Repeat("values", _("Values"), Reference("value", _("Value")), help=told, **words)]


class Buttons(Repeat):
    """The buttons of an approval, and which is pressed by itself at the deadline: the values of two keys."""

    keys = ("buttons", "deadline")

    def __init__(self, name: str, label: Any, **kwargs):
        styles = [("", _("Plain")), ("primary", _("Primary")), ("danger", _("Danger"))]
        button = Group(
            "button",
            "",
            Hidden("id", make=new_id),
            Line("label", _("Word on it"), longest=80),
            Choice("style", _("Look"), offered=styles),
            Duration("after", _("By itself after"), high=YEAR),
            layout="pair",
        )
        super().__init__(name, label, button, begins=2, most=5, **kwargs)

    def raw_of(self, value, around):
        value = value if isinstance(value, Mapping) else {}
        deadline = value.get("deadline") if isinstance(value.get("deadline"), Mapping) else {}
        rows = [one for one in value.get("buttons") or () if isinstance(one, Mapping)]
        marked = [
            one | {"after": deadline.get("seconds")} if one.get("id") == deadline.get("button") else one for one in rows
        ]
        return super().raw_of(marked, around)

    def read(self, raw, around, faults, path):
        rows = super().read(raw, around, faults, path) or []
        late = [n for n, row in enumerate(rows) if "after" in row]
        for n in late[1:]:
            faults.add(f"{path}-{n}-after", str(_("Only one button can be pressed by itself.")))
        found: dict = {"buttons": [{key: row[key] for key in row if key != "after"} for row in rows]} if rows else {}
        if late:
            found["deadline"] = {"seconds": rows[late[0]]["after"], "button": rows[late[0]]["id"]}
        return found


def approval_fields() -> list[Control]:
    words = {"add": _("Add a button"), "one": _("Button")}
    told = _(
        "Each leads on by a way of its own. One of them can be pressed by itself, so that a run does not wait for ever."
    )
    return [
        Written("title", _("Title")),
        Written("text", _("Text"), rows=5, help=_("What people must know to decide.")),
        Buttons("buttons", _("Buttons"), help=told, **words),
        FormControl("form", _("Fields to fill in")),
        audience(),
        Number("needed", _("How many must agree"), low=1, high=100),
        Duration("reminder", _("Remind after"), high=YEAR),
    ]


def wait_fields() -> list[Control]:
    modes = [("for", _("For a while")), ("until", _("Until a time")), ("webhook", _("For a call from outside"))]
    return [
        Choice("mode", _("Waits"), offered=modes),
        Value("seconds", _("Seconds"), kind="number", when=("mode", ("for",))),
        Value("until", _("Time"), kind="date", when=("mode", ("until",)), help=_("Such as 2026-12-31T08:00+07:00.")),
    ]
