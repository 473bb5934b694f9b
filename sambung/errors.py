"""Error pages in the product's look. They ask the database for nothing."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.shortcuts import render

from sambung import health
from sambung.lib import database


def bad_request(request, exception=None):
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request, exception=None):
    return _page(request, 403)


def csrf_failure(request, reason=""):
    return _page(request, 403)


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


def _page(request, status: int, **more):
    response = render(None, f"{status}.html", {"request_id": getattr(request, "id", "")} | more, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    return response
