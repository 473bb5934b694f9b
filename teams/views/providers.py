"""Leaving for a provider to sign in there, and coming back."""

from functools import wraps

from allauth.socialaccount.providers.github import views as github
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from teams.social import OpenIDAdapter


def _by_a_page(view):
    """Have the form of a provider's button answered by a page that goes on, not by a redirect.

    Chromium holds each redirect that follows a form to `form-action`, and nobody knows where providers lead on to.
    """

    @wraps(view)
    @login_not_required
    @never_cache
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseRedirect):
            return response
        return render(request, "socialaccount/leaving.html", {"url": response.url})

    return answered


github_login = _by_a_page(github.oauth2_login)
openid_login = _by_a_page(openid.login)


@login_not_required
def openid_callback(request, provider_id):
    """Where people come back to from a provider with OpenID Connect."""
    return OAuth2CallbackView.adapter_view(OpenIDAdapter(request, provider_id))(request)
