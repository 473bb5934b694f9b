"""How a document is shared."""

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import Kind
from teams.forms.links import LinkForm


class ShareForm(LinkForm):
    """The options of a document's link; only texts have pictures."""

    with_attachments = forms.BooleanField(label=_("With the pictures of the text"), required=False)

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        if kind != Kind.TEXT:
            del self.fields["with_attachments"]
