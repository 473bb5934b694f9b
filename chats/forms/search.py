"""Filter controls of the search: each writes an operator of the query."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FiltersForm(forms.Form):
    """What can be chosen beside the words."""

    said_by = forms.ChoiceField(
        label=_("Said by"),
        required=False,
        choices=[("", _("Anybody")), ("from:me", _("Me")), ("from:assistant", _("The assistant"))],
    )
    since = forms.DateField(label=_("After"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Before"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    with_file = forms.BooleanField(label=_("With files"), required=False)
    pinned = forms.BooleanField(label=_("Pinned"), required=False)

    def operators(self) -> list[str]:
        """What was chosen, as it would be typed."""
        given = self.cleaned_data
        found = [
            given["said_by"],
            given["since"] and f"after:{given['since'].isoformat()}",
            given["until"] and f"before:{given['until'].isoformat()}",
            given["with_file"] and "has:file",
            given["pinned"] and "is:pinned",
        ]
        return [one for one in found if one]
