"""How views answer: a fragment of a dialog to a script, a page or a redirect to everyone else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sambung.lib.errors import Refused


def form(request, fragment: str, title: str, context: dict, *, status: int = 200):
    """A form as a fragment of a dialog, or as a page of its own."""
    if request.htmx:
        return render(request, fragment, context, status=status)
    context = {"fragment": fragment, "title": title, **context}
    return render(request, "form_page.html", context, status=status)


def done(request, text: str, to: str, *, undo_url: str = "") -> HttpResponse:
    """Go on to `to`, where the notice is shown, with an Undo that posts to `undo_url`."""
    messages.success(request, text, extra_tags=undo_url)
    return go(request, to)


def toast(request, text: str, to: str, *, changed: str = "", undo_url: str = "") -> HttpResponse:
    """Say something short and tell the page what has `changed`, names of events; without a script, go to `to`."""
    if not request.htmx:
        return redirect(to)
    if request.htmx.current_url_abs_path == request.path:  # a form on a page of its own, not in a dialog
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    events = {"toast": {"text": text, "undo_url": undo_url}, "dialog-close": {}}
    events |= {name: {} for name in changed.split()}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})


def go(request, to: str) -> HttpResponse:
    """Go on to `to`."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def refused(request, error: Refused, to: str = "") -> HttpResponse:
    """Say why an act cannot be done, as a notice or a page that leads back: to `to`, else where one was.

    Who asks for no page gets JSON. The code stands in each of them.
    """
    text = error.sentence
    if request.htmx:
        events = {"toast": {"text": text, "undo_url": ""}}
        response = HttpResponse(status=error.status, headers={"HX-Trigger": json.dumps(events)})
    elif asks_for_page(request):
        context = {"text": text, "to": to or came_from(request)}
        response = render(request, "refused.html", context, status=error.status)
    else:
        response = JsonResponse({"error": text, "code": error.code}, status=error.status)
    response["Error-Code"] = error.code
    return response


def asks_for_page(request) -> bool:
    """Whether a browser is to show the answer, not a script."""
    return not request.htmx and "text/html" in request.headers.get("Accept", "text/html")


@contextmanager
def told_by(form: Form, field: str = "") -> Iterator[None]:
    """Have the form say why an act in here is refused: at the field that must change, at `field`, or above all."""
    try:
        yield
    except Refused as error:
        at = next((name for name in (error.field, field) if name in form.fields), None)
        form.add_error(at, ValidationError(error.sentence, code=error.code))


def came_from(request) -> str:
    """The page of ours that the form stood on, else the first one."""
    place = urlsplit(request.headers.get("Referer", ""))
    if place.netloc != request.get_host():
        return reverse("home")
    return place._replace(scheme="", netloc="").geturl()
