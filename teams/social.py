"""Accounts at other providers that people sign in with."""

import logging
from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from sambung.lib import egress, egress_sync

logger = logging.getLogger(__name__)

#: What a provider's description of itself must name; allauth reads it without asking.
DESCRIBED = {"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"}


class ElsewhereAdapter(DefaultSocialAccountAdapter):
    """Providers come from the environment alone, and are asked through the one door for outgoing requests."""

    def new_user(self, request, sociallogin):
        """With its times, which the database would give: a sign-up that waits is kept in the session as JSON."""
        user = super().new_user(request, sociallogin)
        user.created_at = user.updated_at = timezone.now()
        return user

    def populate_user(self, request, sociallogin, data):
        """With the first of the addresses that the provider tells, which is the primary one, if there are several."""
        user = super().populate_user(request, sociallogin, data)
        sociallogin.email_addresses = sociallogin.email_addresses[:1]
        for address in sociallogin.email_addresses:
            user.email = address.email = address.email.lower()
            address.primary, address.verified = True, address.verified is True  # some providers say "false"
        whole = " ".join(filter(None, (data.get("first_name"), data.get("last_name"))))
        user.name = (data.get("name") or whole or data.get("username") or user.email.partition("@")[0])[:150]
        return user

    def get_signup_form_initial_data(self, sociallogin) -> dict:
        return super().get_signup_form_initial_data(sociallogin) | {"name": sociallogin.user.name}

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
