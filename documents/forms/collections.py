"""The forms of collections."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Visibility
from documents.models import Collection
from documents.policies import may_open
from teams.folders import FolderRow
from teams.models import User

_VISIBILITIES = {
    Visibility.PRIVATE: _("Its workspace alone"),
    Visibility.READONLY: _("Everybody here may search it"),
    Visibility.PUBLIC: _("Everybody here may search it, agent admins may fill it"),
}


class CollectionForm(forms.ModelForm):
    """A collection, and who may search it."""

    visibility = forms.ChoiceField(label=_("Who may search it"), widget=forms.RadioSelect)

    class Meta:
        model = Collection
        fields = ("name", "description", "visibility")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        allowed = set(Visibility) if may_open(person) else {Visibility.PRIVATE, self.instance.visibility}
        self.fields["visibility"].choices = [
            (value, label) for value, label in _VISIBILITIES.items() if value in allowed
        ]


class FillForm(forms.Form):
    """What goes into a collection: documents that are found by their titles, or all of a folder."""

    documents = forms.ModelMultipleChoiceField(
        label=_("Documents"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    folder = forms.ChoiceField(label=_("All of a folder"), required=False)

    def __init__(self, *args, documents: QuerySet, folders: list[FolderRow], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["documents"].queryset = documents
        named = [(str(row.id), f"{row.path}{row.name}") for row in folders]
        self.fields["folder"].choices = [("", _("None")), *named]
        if not folders:
            del self.fields["folder"]

    def clean(self) -> dict:
        given = super().clean()
        if not given.get("documents") and not given.get("folder"):
            raise forms.ValidationError(_("Choose a document or a folder."))
        return given


class GiveForm(forms.Form):
    """The agent that searches a collection."""

    agent = forms.ModelChoiceField(label=_("Agent"), queryset=None, empty_label=None)

    def __init__(self, *args, agents: QuerySet[Agent], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = agents
