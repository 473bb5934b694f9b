"""Forms of accounts: the first admin's, signing up, the end of one."""

from allauth.account import adapter as account_adapter
from allauth.account.forms import SignupForm
from allauth.socialaccount import adapter as social_adapter
from allauth.socialaccount import forms as social_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from teams.mails import check_plain
from teams.models import User


def name_field() -> forms.CharField:
    """A person's name, which also stands in mails to strangers."""
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return forms.CharField(label=_("Name"), max_length=150, validators=[check_plain], widget=widget)


class SetupForm(forms.Form):
    """The first admin."""

    address = ""  # of a form that does not ask for it
    name = name_field()
    email = forms.EmailField(label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def clean_password(self):
        password = self.cleaned_data["password"]
        person = User(name=self.cleaned_data.get("name", ""), email=self.cleaned_data.get("email", self.address))
        validate_password(password, person)
        return password


class SignUpForm(SignupForm):
    """A new person."""

    name = name_field()
    field_order = ("name", "email", "password1")


class ElsewhereSignUpForm(social_forms.SignupForm):
    """A new person who comes from a provider, where that tells no address."""

    name = name_field()
    field_order = ("name", "email")

    def clean_email(self) -> str:
        """Where not everybody may sign up, an invite lets in with its own address alone."""
        email, adapter = super().clean_email().lower(), social_adapter.get_adapter()
        if not account_adapter.get_adapter().is_open_for_signup(adapter.request):
            invite = adapter.open_invite()
            if invite is None or email != invite.email:
                raise forms.ValidationError(_("Your invite came to another address. Give that one."))
        return email


class DeleteAccountForm(forms.Form):
    """Typing one's own address says that it is meant."""

    email = forms.CharField(
        label=_("Your address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        self._person = person

    def clean_email(self) -> str:
        if self.cleaned_data["email"].strip().lower() != self._person.email:
            raise forms.ValidationError(_("This is not the address of your account."))
        return self._person.email
