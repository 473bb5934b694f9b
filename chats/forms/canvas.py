"""The form that pins a document to a chat."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from documents.models import Document


class PinForm(forms.Form):
    """One of the documents that are not the chat's yet."""

    document = forms.ChoiceField(label=_("Another document"))

    def __init__(self, *args, documents: QuerySet[Document], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].choices = [("", _("Choose one")), *((row.pk, str(row)) for row in documents)]
