"""The forms of files: of those that lie on the web, of one that takes the place of another, of one that is locked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.toolkits import fetching
from documents.models.documents import URL_LENGTH
from sambung.lib import egress

FEW = 6  # models that are shown side by side, with their prices in full


class AddressForm(forms.Form):
    """An address, and whether it is fetched daily."""

    url = forms.URLField(
        label=_("Address"),
        max_length=URL_LENGTH,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://", "inputmode": "url"}),
    )
    is_daily = forms.BooleanField(
        label=_("Fetch it again every day"),
        help_text=_("You are told when it has changed, or is not there any more."),
        required=False,
    )

    def clean_url(self) -> str:
        try:
            url = egress.plain(self.cleaned_data["url"]).with_fragment(None)
            egress.check(url, fetching.policy)
        except (egress.Blocked, ValueError):
            raise forms.ValidationError(_("This server does not connect to that address.")) from None
        return str(url)


class ReplaceForm(forms.Form):
    """A file that takes the place of another one."""

    upload = forms.FileField(label=_("File"))


class PasswordForm(forms.Form):
    """The password of a file, which nobody keeps."""

    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class SeeForm(forms.Form):
    """The model that reads a scan, each with about what that costs."""

    model = forms.ChoiceField(label=_("Model"))

    def __init__(self, *args, offered: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        if len(offered) <= FEW:
            self.fields["model"].widget = forms.RadioSelect()
            self.initial.setdefault("model", offered[0][0] if offered else "")
        self.fields["model"].choices = offered
