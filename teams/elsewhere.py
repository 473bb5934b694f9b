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


class ElsewhereAdapter(DefaultSocialAccountAdapter):
    """Providers come from the environment alone, and are asked through the one door for outgoing requests."""

    def new_user(self, request, sociallogin):
        """With its times, which the database would give: a sign-up that waits is kept in the session as JSON."""
        user = super().new_user(request, sociallogin)
        user.created_at = user.updated_at = timezone.now()
        return user

    def populate_user(self, request, sociallogin, data):
        user = super().populate_user(request, sociallogin, data)
        user.email = user.email.lower()
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
        self._asked_by = request

    def request(self, method, url, **options):
        try:
            response = super().request(method, url, **options)
            if method.upper() == "GET":
                response.raise_for_status()
        except OSError as error:
            logger.warning("A provider could not be asked: %s", error)
            page = render(self._asked_by, "socialaccount/authentication_error.html", status=502)
            raise ImmediateHttpResponse(page) from error
        return response
