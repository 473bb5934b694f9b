"""The sandboxed frame: draws what nobody has looked at, and holds nothing of anybody's."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from documents.languages import DRAWN


@login_not_required
@require_safe
def frame(request, kind):
    """An empty page of its own origin, which draws what the page around sends. Its policy holds whoever embeds it."""
    if kind not in DRAWN:
        raise Http404("There is no such frame.")
    response = render(request, "documents/frame.html", {"kind": kind})
    response["Content-Security-Policy"] = settings.FRAME_POLICY
    response["Cache-Control"] = "private, max-age=600"
    return response
