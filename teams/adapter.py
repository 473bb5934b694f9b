"""How allauth behaves here."""

import base64
import ipaddress
import logging
import time
from datetime import timedelta
from functools import cache

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import context as present
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import clean_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import mails, profile, sealing
from teams.invites import KEPT, open_of_session
from teams.models import Instance, SignUp

logger = logging.getLogger(__name__)

#: For how long mails are worth sending: codes while they open something, what strangers can ask for an hour.
LASTS = {
    "account/email/login_code": timedelta(seconds=app_settings.LOGIN_BY_CODE_TIMEOUT),
    "account/email/email_confirmation": timedelta(seconds=app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
    "account/email/email_confirmation_signup": timedelta(seconds=app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
    "account/email/password_reset_key": timedelta(hours=1),
    "account/email/unknown_account": timedelta(hours=1),
    "account/email/account_already_exists": timedelta(hours=1),
}
NOTICES_LAST = timedelta(days=3)


class AccountAdapter(DefaultAccountAdapter):
    """Who may sign up, and what becomes of their name."""

    def is_open_for_signup(self, request) -> bool:
        """Whether anybody may come by themselves. Whoever is invited comes by the link of their mail."""
        return Instance.present().sign_up == SignUp.OPEN

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit)

    def get_client_ip(self, request) -> str:
        """The address that TRUSTED_PROXIES says; where fewer proxies have named one, the outermost that they named.

        Whoever comes past the outer proxies is known by what the inner ones saw. IPv4 is itself: written as IPv6 all of
        it lies in one network, which the limits count as one address. Raises PermissionDenied where a proxy names none.
        """
        try:
            address = super().get_client_ip(request)
        except ImproperlyConfigured:
            _warn_of_proxies()
            address = clean_client_ip(request.headers["X-Forwarded-For"].split(",")[0])
        if address is None:
            raise PermissionDenied("No proxy names an address.")
        found = ipaddress.ip_address(address)
        return str(getattr(found, "ipv4_mapped", None) or found)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Write a mail that a job sends: nobody waits for a server, and no failure of one tells who has an account."""
        request = present.request
        told = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        made = self.render_mail(template_prefix, email, told)
        ((html, _kind),) = made.alternatives
        letter = mails.Letter(made.subject, made.body, html)
        mails.post(letter, [email], lasts=LASTS.get(template_prefix, NOTICES_LAST), user=context.get("user"))

    def send_notification_mail(self, template_prefix, user, context=None, email=None) -> None:
        """Tell of a change, at the time of the person's own zone."""
        zone = user.preferences.get("time_zone")
        with timezone.override(zone if zone in profile.time_zones() else None):
            super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def get_login_redirect_url(self, request) -> str:
        """Who has opened an invite's link on the way is led back to it."""
        is_invited = open_of_session(request.session)
        return reverse("invite_kept") if is_invited else super().get_login_redirect_url(request)

    get_signup_redirect_url = get_login_redirect_url

    def logout(self, request) -> None:
        """Sign out; whoever does so to go on with an invite's link still has it then."""
        kept = request.session.get(KEPT)
        super().logout(request)
        if kept and request.POST.get("next") == reverse("invite_kept"):
            request.session[KEPT] = kept

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("account")

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Who has neither password nor factor here, whom allauth lets through, signs in once more instead."""
        request = self.request
        if not get_reauthentication_flows(request.user) and not _has_just_signed_in(request):
            logout(request)
            messages.info(request, _("Sign in once more to go on: this changes or tells how you sign in."))
            raise ImmediateHttpResponse(redirect_to_login(request.get_full_path()))
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_email_verification_redirect_url(self, email_address) -> str:
        """Somebody who is signed in has changed their address."""
        if self.request.user.is_authenticated:
            return reverse("account_email")
        return super().get_email_verification_redirect_url(email_address)


@cache
def _warn_of_proxies() -> None:
    """Once: whoever reaches the port could fill the log."""
    logger.warning(
        "TRUSTED_PROXIES is %d, and a request came by fewer proxies; its address may be that of one of them.",
        settings.ALLAUTH_TRUSTED_PROXY_COUNT,
    )


def _has_just_signed_in(request) -> bool:
    proofs = get_authentication_records(request, request.user)
    return bool(proofs) and time.time() - proofs[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


class FactorAdapter(DefaultMFAAdapter):
    """Second factors, sealed in the database."""

    _PLACE = "mfa_authenticator:data"

    def encrypt(self, text: str) -> str:
        return base64.b64encode(sealing.seal(text, self._PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(base64.b64decode(encrypted_text), self._PLACE)

    @classmethod
    def renew(cls, factor: Authenticator) -> bool:
        """Seal a factor's secrets anew; whether any changed. Raises CryptoError."""
        held = {name: factor.data[name] for name in ("secret", "seed") if name in factor.data}
        found = {name: sealing.renew(base64.b64decode(text), cls._PLACE) for name, text in held.items()}
        changed = {name: base64.b64encode(sealed).decode() for name, sealed in found.items() if sealed}
        if changed:
            factor.data |= changed
            factor.save(update_fields=["data"])
        return bool(changed)

    def generate_authenticator_name(self, user, type) -> str:
        """A name to begin with."""
        return _("Passkey %(number)d") % {"number": user.authenticator_set.filter(type=type).count() + 1}
