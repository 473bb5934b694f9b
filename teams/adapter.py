"""How allauth behaves here."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from sambung.lib import crypto
from teams.models import Instance, SignUp


class AccountAdapter(DefaultAccountAdapter):
    """Who may sign up, and what becomes of their name."""

    def is_open_for_signup(self, request) -> bool:
        """Whether anybody may come by themselves. Whoever is invited comes by the link of their mail."""
        return Instance.present().sign_up == SignUp.OPEN

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit)

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address) -> str:
        """Somebody who is signed in has changed their address."""
        if self.request.user.is_authenticated:
            return reverse("account_email")
        return super().get_email_verification_redirect_url(email_address)


class FactorAdapter(DefaultMFAAdapter):
    """Second factors, sealed in the database."""

    _PLACE = "mfa_authenticator:data"

    def encrypt(self, text: str) -> str:
        sealed = crypto.seal(text, row=self._PLACE, keys=crypto.Ring.parse(settings.ENCRYPTION_KEYS))
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return crypto.unseal(sealed, row=self._PLACE, keys=crypto.Ring.parse(settings.ENCRYPTION_KEYS))

    def generate_authenticator_name(self, user, type) -> str:
        """A name to begin with."""
        return _("Passkey %(number)d") % {"number": user.authenticator_set.filter(type=type).count() + 1}
