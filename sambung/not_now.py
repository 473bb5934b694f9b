"""What is answered where something cannot be done now: the sentence at once, and nothing that was typed is lost."""

import json

from allauth.account import views
from django.forms import Form
from django.forms.utils import ErrorDict
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from sambung.lib.waiting import AGAIN, NotNow

#: Pages of allauth that wait for a hash or a mail, and are shown again with what was typed.
FORMS = (
    views.LoginView,
    views.SignupView,
    views.PasswordResetView,
    views.PasswordChangeView,
    views.PasswordSetView,
    views.RequestLoginCodeView,
    views.ReauthenticateView,
)


class NotNowMiddleware(MiddlewareMixin):
    """A script gets a notice and leaves its page alone; others get their form again, or a page that sends it again."""

    def process_exception(self, request, exception):
        if not isinstance(exception, NotNow):
            return None
        response = _notice(exception) if request.htmx else _form(request, exception) or _page(request, exception)
        response["Retry-After"] = str(AGAIN)
        return response


def _notice(error: NotNow) -> HttpResponse:
    events = {"toast": {"text": error.words, "undo_url": ""}}
    return HttpResponse(status=error.status, headers={"HX-Trigger": json.dumps(events)})


def _form(request, error: NotNow):
    """The form that was sent, with the sentence above it; None where the page is none of allauth's."""
    match = request.resolver_match
    view_class = getattr(match.func, "view_class", None)
    if view_class not in FORMS:
        return None
    view = view_class()
    view.setup(request, *match.args, **match.kwargs)
    form = view.get_form()
    say(form, error)
    return view.render_to_response(view.get_context_data(form=form), status=error.status)


def say(form: Form, error: NotNow) -> None:
    """Put the sentence above a form, whose fields are not looked at once more: that is what cannot be done."""
    form._errors, form.cleaned_data = ErrorDict(), {}
    form.add_error(None, error.words)


def _page(request, error: NotNow):
    """A page whose button sends the same once more; a password is not written into a page."""
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    is_secret = any("password" in name for name, _value in typed)
    context = {"text": error.words, "typed": [] if is_secret else typed, "is_form": request.method == "POST"}
    return render(request, "not_now.html", context | {"is_secret": is_secret}, status=error.status)
