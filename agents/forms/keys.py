"""The form of a key, with the fields that its provider needs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agents import engine, keys
from agents.models import ApiKey, Provider
from agents.validators import LONGEST_MODEL, MOST_ADDED
from sambung.lib.errors import Refused

#: Reached without a key, and reached with or without one.
WITHOUT_KEY, WITH_OR_WITHOUT = {Provider.OLLAMA}, {Provider.OPENAI_COMPATIBLE}
#: There is no usual address, or it is this machine's.
OWN_ADDRESS = {Provider.OLLAMA, Provider.OPENAI_COMPATIBLE}


class KeyForm(forms.Form):
    """A new key to `provider`, called `label` to begin with, or changes of `key`. No key is ever filled in again."""

    label = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("What people see beside its models."),
    )
    base_url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}
        ),
    )
    secret = forms.CharField(
        label=_("Key"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    added_models = forms.CharField(
        label=_("Further models"),
        required=False,
        max_length=MOST_ADDED * (LONGEST_MODEL + 2),
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Names of models or deployments that the service does not list, one in each line."),
    )
    field_order = ("label", "secret", "base_url", "added_models")

    def __init__(self, *args, provider: str, label: str = "", key: ApiKey | None = None, **kwargs):
        initial = {"label": label}
        if key:
            names = "\n".join(key.added_models)
            initial = {"label": key.label, "base_url": key.base_url, "added_models": names}
        super().__init__(*args, initial=initial, **kwargs)
        self.provider, self.key = Provider(provider), key
        self._deployment = ""  # that the address named
        self._describe_address()
        self._describe_secret()

    def _describe_address(self) -> None:
        field = self.fields["base_url"]
        usual = engine.DEFAULT_URLS.get(self.provider, "")
        field.required = self.provider in OWN_ADDRESS
        field.widget.attrs["placeholder"] = usual or "https://openrouter.ai/api/v1"
        if self.key:
            field.help_text = _("Another server asks for the key again.")
        elif not field.required:
            field.help_text = _("Empty is the usual one. Another one is for a proxy of your own.")
        elif usual:
            field.initial = usual

    def _describe_secret(self) -> None:
        if self.provider in WITHOUT_KEY:
            del self.fields["secret"]
            return
        field = self.fields["secret"]
        field.required = not self.key and self.provider not in WITH_OR_WITHOUT
        if self.key and self.key.encrypted_key:
            field.help_text = _("Empty keeps the one that ends in %(last4)s.") % {"last4": self.key.key_last4 or "…"}
        elif not field.required:
            field.help_text = _("Empty where the server asks for none.")

    def clean_base_url(self) -> str:
        """The address under which the paths of the service lie, where more of it was copied."""
        address = self.cleaned_data["base_url"]
        if not address:
            return ""
        if engine.protocol_of(self.provider) == "openai":
            address, self._deployment = engine.base_address(address)
        try:
            return keys.checked(address)[0]
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from None

    def clean_added_models(self) -> list[str]:
        """The names, each once, with the deployment that the address named."""
        names = [" ".join(line.split()) for line in self.cleaned_data["added_models"].splitlines()]
        found = list(dict.fromkeys(filter(None, (*names, self._deployment))))
        if len(found) > MOST_ADDED:
            raise forms.ValidationError(_("Name %(n)s models at most.") % {"n": MOST_ADDED})
        if too_long := next((name for name in found if len(name) > LONGEST_MODEL or not name.isprintable()), ""):
            raise forms.ValidationError(_("“%(name)s” is no name of a model.") % {"name": too_long[:60]})
        return found

    def clean_secret(self) -> str:
        secret = self.cleaned_data["secret"]
        if not all("!" <= character <= "~" for character in secret):
            raise forms.ValidationError(_("A key has no spaces, line breaks or accents. Copy it anew, without more."))
        return secret
