"""Controls that several kinds of nodes have."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import uuid7
from workflows.forms.controls import Choice, Control, Line, Several, Switch
from workflows.forms.groups import Group, Repeat
from workflows.forms.schemas import SchemaControl

YEAR = 31_536_000  # seconds


def new_id() -> str:
    """An id that nothing else in a node has."""
    return uuid7().hex[-12:]


def named(name: str, label: Any, value: Control, *, add: Any, one: Any, fields: tuple = (), **kwargs) -> Repeat:
    """Rows of a name and a value."""
    item = Group("item", "", Line("name", _("Name")), value, *fields, layout="pair")
    return Repeat(name, label, item, add=add, one=one, **kwargs)


def answer() -> Group:
    """A text, or fields by a schema."""
    return Group(
        "answer",
        "",
        Choice("type", _("Answer"), offered=[("text", _("Text")), ("structured", _("Fields"))]),
        SchemaControl(
            "schema", _("Fields of the answer"), without=("file", "files"), begins=1, when=("type", ("structured",))
        ),
        layout="plain",
    )


def audience(name: str = "audience", label: Any = None) -> Group:
    """Whom a person's decision is asked of."""
    label = label or _("Who decides")
    roles = [
        ("", _("Nobody by their role")),
        ("members", _("Everybody in the team")),
        ("admins", _("Admins of the team")),
        ("agent_admins", _("Agent admins of the server")),
    ]
    return Group(
        name,
        label,
        Switch("starter", _("Whoever started the run")),
        Choice("role", _("By role"), offered=roles),
        Several("people", _("People you name"), offered="people"),
    )
