"""Accounts at other providers that people sign in with."""

import logging
from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from sambung.lib import egress, egress_sync
from teams import invites
from teams.models import TeamInvite

logger = logging.getLogger(__name__)

#: What a provider's description of itself must name; allauth reads it without asking.
DESCRIBED = {"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"}

#: What it may tell of a person, each a text (OpenID Connect Core, 5.1).
TEXTS = {"email", "family_name", "given_name", "name", "picture", "preferred_username"}


class ElsewhereAdapter(DefaultSocialAccountAdapter):
    """Providers come from the environment alone, and are asked through the one door for outgoing requests."""

    def new_user(self, request, sociallogin):
        """With its times, which the database would give: a sign-up that waits is kept in the session as JSON."""
        user = super().new_user(request, sociallogin)
        user.created_at = user.updated_at = timezone.now()
        return user

    def populate_user(self, request, sociallogin, data):
        """With the invited one of the addresses that the provider tells, else the first, which is the primary one."""
        user = super().populate_user(request, sociallogin, data)
        invited = invite.email if (invite := self.open_invite()) else ""
        by_invite = sorted(sociallogin.email_addresses, key=lambda address: address.email.lower() != invited)
        sociallogin.email_addresses = by_invite[:1]
        for address in sociallogin.email_addresses:
            user.email = address.email = address.email.lower()
            address.primary, address.verified = True, address.verified is True  # some providers say "false"
        whole = " ".join(filter(None, (data.get("first_name"), data.get("last_name"))))
        user.name = (data.get("name") or whole or data.get("username") or user.email.partition("@")[0])[:150]
        return user

    def get_signup_form_initial_data(self, sociallogin) -> dict:
        invite = self.open_invite()
        address = sociallogin.user.email or (invite.email if invite else "")
        return super().get_signup_form_initial_data(sociallogin) | {"name": sociallogin.user.name, "email": address}

    # ---- whoever is invited ---------------------------------------------------------------------------------
    def open_invite(self) -> TeamInvite | None:
        """The invite whose link was opened in this session, while it lets somebody in."""
        return invites.open_of_session(self.request.session)

    def pre_social_login(self, request, sociallogin) -> None:
        """An account that somebody began with the invited address and never proved is whose the address is."""
        invite, is_sign_in = self.open_invite(), sociallogin.state.get("process") == AuthProcess.LOGIN
        if invite is None or not is_sign_in or sociallogin.is_existing:
            return
        is_vouched_for = any(one.verified and one.email == invite.email for one in sociallogin.email_addresses)
        if is_vouched_for and (user := invites.taken_over(invite=invite, name=sociallogin.user.name)):
            sociallogin.connect(request, user)

    def is_open_for_signup(self, request, sociallogin) -> bool:
        """As for a password; beside that, for whoever has opened an invite's link and comes with its address, or with
        none. Raises ImmediateHttpResponse with what an invited person is told instead.
        """
        is_open, invite = super().is_open_for_signup(request, sociallogin), invites.of_session(request.session)
        if invite is None or (is_open and invite.state != "open"):
            return is_open
        if invite.state != "open":
            raise ImmediateHttpResponse(redirect("invite_kept"))
        told = sociallogin.user.email or (invite.email if not is_open else "")
        if told == invite.email and invites.has_account(invite):
            raise ImmediateHttpResponse(redirect("invite_account"))
        if not is_open and told != invite.email:
            context = {"invite": invite, "provider": sociallogin.provider, "email": told}
            raise ImmediateHttpResponse(render(request, "socialaccount/other_address.html", context, status=403))
        return True

    def list_apps(self, request, provider=None, client_id=None):
        """Those of the settings; the table of apps stays empty."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_app(self, request, provider, client_id=None):
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist:
            raise Http404("No such provider.") from None

    def get_requests_session(self):
        return _Session(self.request, self._policy())

    def _policy(self) -> egress.Policy:
        """Public addresses, and the issuers that the operator named, wherever they lie."""
        named = set()
        for app in self.list_apps(None, provider="openid_connect"):
            issuer = urlsplit(app.settings["server_url"])
            port = issuer.port or {"http": 80, "https": 443}[issuer.scheme]
            named |= egress.trusted(issuer.hostname, port).named
        return egress.Policy(frozenset(named))


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """OpenID Connect with a provider whose word on a person may be of any kind, which allauth takes as it is."""

    def _fetch_user_info(self, access_token: str) -> dict:
        told = super()._fetch_user_info(access_token)
        if not isinstance(told, dict) or not isinstance(told.get("sub"), str | int):
            raise OAuth2Error("A provider does not say who somebody is.")
        return {claim: value for claim, value in told.items() if claim not in TEXTS or isinstance(value, str)}


class _Session(egress_sync.Session):
    """A provider that does not answer as it should leads to a page that says so."""

    def __init__(self, request, policy: egress.Policy) -> None:
        super().__init__(policy)
        self._asked_by, self._policy = request, policy

    def request(self, method, url, **options):
        try:
            self._check(url)
            response = super().request(method, url, **options)
            if method.upper() == "GET":
                response.raise_for_status()
            if urlsplit(url).path.endswith("/.well-known/openid-configuration"):
                self._check_description(response.json())
        except OSError as error:
            logger.warning("A provider could not be asked: %s", error)
            page = render(self._asked_by, "socialaccount/authentication_error.html", status=502)
            raise ImmediateHttpResponse(page) from error
        return response

    def _check(self, url: str) -> None:
        """What comes from a provider's own server needs no signature because TLS vouches for it."""
        address = urlsplit(url)
        if address.scheme != "https" and not self._policy.names(address.hostname, address.port or 80):
            raise egress_sync.Blocked("A provider is asked over https alone.")

    @staticmethod
    def _check_description(told) -> None:
        if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in DESCRIBED):
            raise egress_sync.Blocked("A provider does not describe itself in full.")
