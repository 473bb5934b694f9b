"""Whether mails leave, for whoever waits for one."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from teams import mails

MOST = 60  # times that an open page asks


@login_not_required
@never_cache
@require_GET
def state(request):
    """Whether mails leave at all: of a single one nothing is told, for that could tell who has an account."""
    asked = request.GET.get("n", "")
    n = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    how = mails.standing()
    context = {"is_stuck": bool(how.failing_since or how.is_unattended), "n": n + 1, "goes_on": n < MOST}
    template = "account/_mail_state.html" if request.htmx else "account/mail_state.html"
    return render(request, template, context)
