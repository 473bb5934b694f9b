"""How views answer: a fragment of a dialog to a script, a page or a redirect to everyone else."""

import json
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sambung.lib import words
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


def go(request, to: str) -> HttpResponse:
    """Go on to `to`."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def refused(request, error: Refused, to: str = "") -> HttpResponse:
    """Say why an act cannot be done, as a notice or a page that leads back: to `to`, else where one was."""
    text = words.shown(error.sentence)
    if not request.htmx:
        context = {"text": text, "to": to or _came_from(request)}
        return render(request, "refused.html", context, status=error.status)
    events = {"toast": {"text": text, "undo_url": ""}}
    return HttpResponse(status=error.status, headers={"HX-Trigger": json.dumps(events)})


def _came_from(request) -> str:
    """The page of ours that the form stood on, else the first one."""
    place = urlsplit(request.headers.get("Referer", ""))
    if place.netloc != request.get_host():
        return reverse("home")
    return place._replace(scheme="", netloc="").geturl()
