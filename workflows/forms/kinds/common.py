"""What nodes of all kinds have: what they are called, what happens when they fail, who must agree first."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.forms.controls import NOTHING, Area, Choice, Control, Duration, Line, Number, Switch
from workflows.forms.groups import Group
from workflows.forms.kinds.shared import audience
from workflows.forms.values import Value

#: What stands still has no name and nothing that may fail.
STILL = ("note", "group")
#: What fails by itself at most where it cannot go on at all: neither a retry nor a branch of its own helps.
_CANNOT_FAIL = ("input", "output", "template", "condition", "first", "approval", "todo")


def more(kind: str) -> list[Control]:
    """The controls that nodes of all kinds have, as far as they mean something."""
    if kind in STILL:
        return []
    found: list[Control] = [
        Area("description", _("Description"), rows=2, longest=2_000),
        Switch("disabled", _("Leave it out"), help=_("It is skipped, and what needs it gets nothing.")),
    ]
    if kind not in _CANNOT_FAIL:
        found += [_retry(), Duration("timeout", _("Longest time"), high=3_600), _on_error()]
    if kind not in ("input", "output", "todo"):
        before = (Switch("on", _("Somebody must agree first")), audience(), Line("title", _("What they are asked")))
        for one in before[1:]:
            one.when = ("on", ("on",))
        found.append(Group("approvalBefore", "", *before, into=_with("on"), out=_without("on"), layout="gate"))
    return found


def _retry() -> Group:
    return Group(
        "retry",
        _("Try again"),
        Number("times", _("How often"), low=1, high=5),
        Duration("wait", _("Wait before"), high=3_600),
        Number("factor", _("Each time so much longer"), low=1, high=10, is_whole=False),
        Codes("on", _("Only for these errors"), help=_("Their codes, with commas between. Empty: whatever may pass.")),
        out=lambda values: values if "times" in values else NOTHING,
        layout="retry",
    )


class Codes(Line):
    """Codes of errors by commas."""

    def raw_of(self, value, around):
        return ", ".join(map(str, value)) if isinstance(value, list) else ""

    def read(self, raw, around, faults, path):
        codes = raw.replace(",", " ").split()
        if not all(code.isascii() and code.replace("_", "").isalnum() and len(code) <= 80 for code in codes):
            faults.add(path, str(_("Codes are such as model_overloaded: letters, digits and _.")))
            return NOTHING
        return list(dict.fromkeys(codes)) or NOTHING


def _on_error() -> Group:
    modes = [
        ("stop", _("Stop the run")),
        ("branch", _("Go on by a branch of its own")),
        ("value", _("Go on with this value")),
    ]
    return Group(
        "onError",
        "",
        Choice("mode", _("When it fails"), offered=modes),
        Literal(
            "value",
            _("Value"),
            kind="object",
            rows=3,
            when=("mode", ("value",)),
            help=_("As JSON, like what it gives."),
        ),
        out=lambda values: NOTHING if values.get("mode") == "stop" else values,
        layout="plain",
    )


class Literal(Value):
    """JSON without references."""

    def raw_of(self, value, around):
        return "" if value is NOTHING else super().raw_of({"value": value}, around)

    def read(self, raw, around, faults, path):
        found = super().read(raw, around, faults, path)
        if found is NOTHING or "value" in found:
            return found["value"] if found else NOTHING
        faults.add(path, str(_("This takes JSON, without values of other nodes.")))
        return NOTHING


def _with(gate: str) -> Callable[[Any], Mapping]:
    return lambda value: {gate: True, **value} if isinstance(value, Mapping) else {}


def _without(gate: str) -> Callable[[dict], Any]:
    return lambda values: {key: values[key] for key in values if key != gate} if gate in values else NOTHING
