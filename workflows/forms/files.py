"""The forms of workflows that come from files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.forms.agents import ImportForm as Given
from workflows.formats import loading, reading
from workflows.formats.templates import TEMPLATES
from workflows.formats.values import Imported

LONGEST = 100  # characters of a name


def _read(raw: bytes | str) -> tuple[str, Imported]:
    """The text of a file, and the workflow that it holds. Raises Unreadable."""
    text = loading.text_of(raw)
    return text, reading.read(text)


class ImportForm(Given):
    """A file, or what is in one; with a name, the workflow is made."""

    read, largest = staticmethod(_read), loading.MOST_BYTES
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,.yml,.yaml,application/json,application/yaml"}),
    )
    name = forms.CharField(label=_("Name"), required=False)

    def clean(self) -> dict:
        given = super().clean()
        if self.is_named and not given.get("name"):
            self.add_error("name", _("Give the workflow a name."))
        elif self.is_named and len(given["name"]) > LONGEST:
            self.add_error("name", _("A name has %(most)s characters at most.") % {"most": LONGEST})
        return given

    @property
    def text(self) -> str:
        """What the file says."""
        return self.content[0]

    @property
    def found(self) -> Imported:
        """The workflow in it."""
        return self.content[1]

    @property
    def is_named(self) -> bool:
        """Whether somebody has looked at the report, and wants the workflow."""
        return "name" in self.data


class TemplateForm(forms.Form):
    """Which template a workflow begins with."""

    template = forms.ChoiceField(choices=[(slug, slug) for slug in TEMPLATES])
