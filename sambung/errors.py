"""Error pages in the product's look. They ask the database for nothing, but for who sends a form."""

import sys

from allauth.account.mixins import RedirectAuthenticatedUserMixin
from allauth.account.utils import get_next_redirect_url
from django.core.exceptions import RequestDataTooBig
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views import View

from sambung import health
from sambung.lib import database
from sambung.lib.errors import Refused
from teams.views import answers

STALE = gettext_noop(
    "This page was open for too long, or you have signed in or out in another tab since. "
    "Copy what you typed, then reload the page."
)
#: Buttons of providers, by the names of their addresses; what they are pressed for stands in the query.
SIGN_IN_ELSEWHERE = {"github_login", "openid_connect_login"}


def bad_request(request, exception=None):
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request, exception=None):
    return _page(request, 403)


def csrf_failure(request, reason=""):
    """A form whose token is not this session's. It holds whoever has signed in since, in another tab: then to sign in
    is done already, and anything else is begun anew from a page with the present token.
    """
    if request.POST.get("csrfmiddlewaretoken") and _signs_in(request) and request.user.is_authenticated:
        return redirect(get_next_redirect_url(request) or "home")
    if not answers.asks_for_page(request):
        return answers.refused(request, Refused(_(STALE), status=403))
    return _page(request, 403, template="stale_form.html", to=answers.came_from(request))


def _signs_in(request) -> bool:
    view = request.resolver_match.func
    is_of_account = issubclass(getattr(view, "view_class", View), RedirectAuthenticatedUserMixin)
    is_elsewhere = request.resolver_match.url_name in SIGN_IN_ELSEWHERE
    return is_of_account or (is_elsewhere and request.GET.get("process", "login") == "login")


def not_found(request, exception=None):
    return _page(request, 404)


def server_error(request):
    """Asked for by Django, too, where a middleware met the error that is being handled just now."""
    return of_error(request, sys.exception())


def of_error(request, error: BaseException | None):
    """The page for an error that nobody else answers."""
    if database.will_pass(error):
        if database.is_away(error):
            health.note_refusal()
        return unavailable(request)
    return no_room(request) if database.is_full(error) else _page(request, 500)


def unavailable(request):
    return _page(request, 503)


def no_room(request):
    return _page(request, 507)


def too_many(request, seconds: int):
    response = _page(request, 429, seconds=seconds)
    response["Retry-After"] = str(seconds)
    return response


def _page(request, status: int, template: str = "", **more):
    context = {"request_id": getattr(request, "id", "")} | more
    response = render(None, template or f"{status}.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    return response
