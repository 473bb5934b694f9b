"""Forms around runs: what a history is searched by, how much more a run may take, and how one is run again."""

from collections.abc import Mapping
from decimal import Decimal

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import as_uuid
from teams.models import User
from teams.workspace import Workspace
from workflows.history import listing
from workflows.history.listing import Asked
from workflows.models import Trigger, Workflow

_DAY = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}
MOST_VERSIONS = 200  # that the history offers to choose from


class FindForm(forms.Form):
    """What somebody looks for in a history. What cannot be understood is left out: an address is no reason to fail."""

    q = forms.CharField(required=False, max_length=listing.LONGEST, label=_("Words"))
    state = forms.ChoiceField(required=False, label=_("State"))
    trigger = forms.ChoiceField(required=False, label=_("Started by"))
    version = forms.ChoiceField(required=False, label=_("Version"))
    person = forms.ChoiceField(required=False, label=_("Person"))
    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput(**_DAY))
    until = forms.DateField(required=False, label=_("Until"), widget=forms.DateInput(**_DAY))

    def __init__(self, data: Mapping, *, workspace: Workspace, workflow: Workflow | None):
        data = {name: value.replace("\x00", "") for name, value in data.items()}
        super().__init__(data, auto_id="find-%s")
        states = [(name, label) for name, (label, _wanted) in listing.STATES.items()]
        self.fields["state"].choices = [("", _("Any state")), *states]
        self.fields["trigger"].choices = [("", _("Any way")), *Trigger.choices]
        self.fields["version"].choices = self._versions(workflow)
        self.fields["person"].choices = self._people(workspace)
        for name in ("version", "person"):
            if len(self.fields[name].choices) < 2:
                del self.fields[name]

    @staticmethod
    def _versions(workflow: Workflow | None) -> list[tuple[str, object]]:
        """The versions of one workflow; among those of all they mean nothing."""
        if workflow is None:
            return []
        numbers = workflow.versions.order_by("-number").values_list("number", flat=True)[:MOST_VERSIONS]
        told = [(str(n), gettext("Version %(n)s") % {"n": n}) for n in numbers]
        return [("", _("Any version")), ("draft", _("Draft")), *told]

    @staticmethod
    def _people(workspace: Workspace) -> list[tuple[str, object]]:
        """The members of the team; in a personal workspace there is only one."""
        if workspace.team is None:
            return []
        members = User.objects.filter(memberships__team=workspace.team).order_by("name", "id")
        return [("", _("Anybody")), *((str(one.pk), str(one)) for one in members)]

    def asked(self) -> Asked:
        """What is looked for, as far as it can be understood."""
        self.is_valid()
        given = self.cleaned_data
        told = {name: given.get(name) or "" for name in ("q", "state", "trigger", "version")}
        person = as_uuid(given.get("person") or "")
        return Asked(**told, person=person, since=given.get("since"), until=given.get("until"))


class MoreForm(forms.Form):
    """How much of what ran out a run may take from now on. `limit` is its name."""

    LABELS = {
        "steps": _("Steps in all"),
        "seconds": _("Seconds of running in all"),
        "tokens": _("Tokens in all"),
        "money": _("US dollars in all"),
        "bytes": _("Bytes of values in all"),
    }

    most = forms.DecimalField(max_digits=14, decimal_places=4)

    def __init__(self, *args, limit: str, had: Decimal | float, **kwargs):
        super().__init__(*args, **kwargs)
        self.limit, self.had = limit, Decimal(str(had))
        field = self.fields["most"]
        field.label, field.initial = self.LABELS[limit], (self.had * 2).normalize()
        field.widget.attrs["step"] = "any"

    def clean_most(self) -> Decimal:
        if self.cleaned_data["most"] <= self.had:
            raise forms.ValidationError(_("Give more than the %(had)s that it had."), params={"had": f"{self.had:f}"})
        return self.cleaned_data["most"]

    def limits(self) -> dict:
        """The limits that are new."""
        most = self.cleaned_data["most"]
        return {self.limit: int(most) if most == int(most) else float(most)}


class KeepForm(forms.Form):
    """What a workflow keeps of its runs."""

    keeps_values = forms.TypedChoiceField(
        label=_("Steps keep"),
        choices=[("1", _("what they took and gave")), ("0", _("only that they ran, once the run has ended"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, initial: dict, **kwargs):
        super().__init__(*args, initial={"keeps_values": "1" if initial["keeps_values"] else "0"}, **kwargs)


class ReplayForm(forms.Form):
    """From where a run is run again, and on which graph."""

    GRAPHS = [("run", _("As this run had it")), ("draft", _("The present draft"))]

    graph = forms.ChoiceField(label=_("Graph"), choices=GRAPHS, widget=forms.RadioSelect, required=False)
    path = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(self, *args, has_draft: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_draft:
            del self.fields["graph"]

    @property
    def is_draft(self) -> bool:
        """Whether the present draft is to run."""
        return "graph" in self.fields and self.cleaned_data.get("graph") == "draft"


class PinForm(forms.Form):
    """The name under which a run is kept as a test."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
