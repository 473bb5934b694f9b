"""How views answer: a fragment of a dialog to a script, a page or a redirect to everyone else."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render


def form(request, fragment: str, title: str, context: dict, *, status: int = 200):
    """A form as a fragment of a dialog, or as a page of its own."""
    if request.htmx:
        return render(request, fragment, context, status=status)
    return render(request, "chats/form_page.html", {"fragment": fragment, "title": title, **context}, status=status)


def done(request, text: str, to: str, *, undo_url: str = "") -> HttpResponse:
    """Go on to `to`, where the notice is shown, with an Undo that posts to `undo_url`."""
    messages.success(request, text, extra_tags=undo_url)
    return go(request, to)


def go(request, to: str) -> HttpResponse:
    """Go on to `to`."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def refused(request, error: Exception, to: str, *, status: int = 409) -> HttpResponse:
    """An act that cannot be done now: its sentence, as a notice or a page that leads on to `to`."""
    if not request.htmx:
        return render(request, "chats/refused.html", {"text": str(error), "to": to}, status=status)
    events = {"toast": {"text": str(error), "undo_url": ""}}
    return HttpResponse(status=status, headers={"HX-Trigger": json.dumps(events)})
