"""Error pages in the product's look. They ask the database for nothing."""

from django.core.exceptions import RequestDataTooBig
from django.shortcuts import render


def bad_request(request, exception=None):
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request, exception=None):
    return _page(request, 403)


def csrf_failure(request, reason=""):
    return _page(request, 403)


def not_found(request, exception=None):
    return _page(request, 404)


def server_error(request):
    return _page(request, 500)


def unavailable(request):
    return _page(request, 503)


def too_many(request, seconds: int):
    response = _page(request, 429, seconds=seconds)
    response["Retry-After"] = str(seconds)
    return response


def _page(request, status: int, **more):
    response = render(None, f"{status}.html", {"request_id": getattr(request, "id", "")} | more, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    return response
