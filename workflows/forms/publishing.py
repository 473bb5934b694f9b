"""The form of publishing: the draft that was looked at, what is said of it, and how it is offered as a tool."""

import re
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.models import Workflow
from workflows.publishing import tool_config
from workflows.publishing.naming import LONGEST


class PublishForm(forms.Form):
    """Publishes the draft with the number that the page showed."""

    draft_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(
        label=_("What is new"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A sentence for whoever looks at the versions later."),
    )
    name = forms.CharField(
        label=_("Name as a tool"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "is-code"}),
        help_text=_("By this models call it: small letters, digits, _ and -."),
    )
    description = forms.CharField(
        label=_("What it does"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Models read this when they choose a tool."),
    )
    when = forms.CharField(
        label=_("When to use it"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_override = forms.BooleanField(
        label=_("Publish although tests fail"), required=False, help_text=_("Say above why.")
    )

    def __init__(self, *args, workflow: Workflow, may_override: bool, **kwargs):
        began = tool_config.suggested(workflow) | {"draft_version": workflow.draft_version}
        super().__init__(*args, initial=began, **kwargs)
        self.is_asked = False  # whether the page offers to publish all the same
        if not may_override:
            del self.fields["is_override"]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if not re.fullmatch(r"[a-z0-9_-]+", name):
            raise forms.ValidationError(_("Use small letters from a to z, digits, _ and - alone."))
        return name

    def clean(self) -> dict:
        given = super().clean()
        for name in ("note", "description", "when"):
            given[name] = (given.get(name) or "").replace("\r\n", "\n").strip()
        if given.get("is_override") and not given["note"]:
            self.is_asked = True
            self.add_error("note", _("Say why it is published although tests fail."))
        return given

    def may_pass(self, results: Sequence) -> bool:
        """Whether it can be published with these results of its tests; else the form says why not."""
        if all(result.is_passed for result in results) or self.cleaned_data.get("is_override"):
            return True
        self.is_asked = True
        self.add_error(None, _("Tests fail. Mend the workflow or its tests."))
        return False

    def facts(self) -> dict:
        """What publishing takes."""
        given = self.cleaned_data
        tool = {name: given[name] for name in ("name", "description", "when")}
        told = {"draft_version": given["draft_version"], "note": given["note"], "tool": tool}
        return told | {"is_override": bool(given.get("is_override"))}
