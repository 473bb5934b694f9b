"""What a chat searches, as people choose it."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from documents.models import Collection


class CollectionsForm(forms.Form):
    """The collections that a chat searches; none for all documents of its workspace."""

    collections = forms.ModelMultipleChoiceField(
        label=_("Collections"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, offered: QuerySet[Collection], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["collections"].queryset = offered
