"""What people choose when they take chats along or bring some."""

import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chats.models import Folder, Transfer
from chats.transfer.formats import FORMATS
from teams import access

MOST_LISTED = 500  # chats of a file that can be chosen one by one
_MB = 1024 * 1024


class _IdsField(forms.Field):
    """Ids of chats, each in an input of its own; None where there is none."""

    widget = forms.MultipleHiddenInput

    def clean(self, value) -> list[uuid.UUID] | None:
        try:
            return [uuid.UUID(text) for text in value or ()] or None
        except ValueError:
            raise ValidationError(_("One of these chats is not there.")) from None


class ExportForm(forms.Form):
    """What chats are written as, and which: none named = all."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[(one.name, one.label) for one in FORMATS.values()],
        initial="json",
        widget=forms.RadioSelect,
    )
    chat = _IdsField(required=False)

    def clean_format(self):
        return FORMATS[self.cleaned_data["format"]]


class UploadForm(forms.Form):
    """A file with chats."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".json,.jsonl,.ndjson,.zip,application/json,application/zip"}),
    )

    def clean_file(self):
        file, most = self.cleaned_data["file"], settings.IMPORT_MAX_MB
        if file.size > most * _MB:
            raise ValidationError(_("This file is larger than %(n)s MB.") % {"n": most})
        return file


class ChooseForm(forms.Form):
    """Which chats of a file are brought, by their numbers in the report, and into which folder."""

    which = forms.ChoiceField(choices=[("all", gettext_lazy("All")), ("chosen", gettext_lazy("Only those chosen"))])
    chat = forms.TypedMultipleChoiceField(required=False, coerce=int)
    folder = forms.ModelChoiceField(
        label=gettext_lazy("Folder"), queryset=Folder.objects.none(), required=False, empty_label=gettext_lazy("None")
    )

    def __init__(self, *args, request, transfer: Transfer, **kwargs):
        super().__init__(*args, **kwargs)
        listed = transfer.report["chats"][:MOST_LISTED]
        self.fields["chat"].choices = [(n, chat["title"]) for n, chat in enumerate(listed)]
        self.fields["folder"].queryset = access.rows(request, Folder.objects.order_by("name", "id"), access.WRITE)

    def clean(self) -> dict:
        given = super().clean()
        if given.get("which") == "chosen" and not given.get("chat"):
            raise ValidationError(_("Choose a chat, or take all."))
        return given | {"chosen": given.get("chat") if given.get("which") == "chosen" else None}
