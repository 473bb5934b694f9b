"""What people type and choose about folders, of whatever app."""

from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from teams.folders import FolderRow


class NameForm(forms.Form):
    """The name of a folder."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class NewFolderForm(NameForm):
    """A folder, and the one that it lies in."""

    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)


class FolderForm(forms.Form):
    """One of the folders, or none: `folder` is its id, None = no folder."""

    folder = forms.TypedChoiceField(
        label=_("Folder"), required=False, coerce=UUID, empty_value=None, widget=forms.RadioSelect
    )

    def __init__(self, *args, rows: Iterable[FolderRow], none: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        named = [(str(row.id), f"{row.path}{row.name}") for row in rows]
        self.fields["folder"].choices = [("", none or gettext("No folder")), *named]
