"""What the public sees by a link, whatever kind of thing it shows, and the password before it."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import check_password
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from sambung.lib.waiting import NotNow
from teams import limits, links
from teams.forms.links import PasswordForm
from teams.models import Link


def private(view):
    """What is shown by a link is kept by nobody and found by no search."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response.setdefault("Referrer-Policy", "no-referrer")
        response["Cache-Control"] = "private, no-store"
        return response

    return answered


def with_form(response: HttpResponse) -> HttpResponse:
    """What a form posts must tell this server, and it alone, where it comes from: else it is refused as forged."""
    response["Referrer-Policy"] = "same-origin"
    return response


def found(request, token: str, model: type[Link] | None = None) -> Link:
    """The link, of any kind or of one, or Http404; guessing is counted."""
    if (link := links.find(token, model)) is None:
        limits.count("guess", request)
        raise Http404("There is no such page.")
    return link


def is_open(request, link: Link) -> bool:
    """Whether its password, if it has one, was given: a changed one is asked for again."""
    return not link.password or request.session.get(_key(link)) == link.password


def _key(link: Link) -> str:
    return f"link:{link.pk}"


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request, token):
    """What the link shows; before it its password, if it has one."""
    link = found(request, token)
    if not is_open(request, link):
        return _ask_password(request, link, token)
    if request.method == "POST":  # the password once more, or there is none
        return redirect("shared", token=token) if link.password else HttpResponseNotAllowed(["GET", "HEAD"])
    links.count_view(link, request.user)
    kind = links.kind_of(type(link))
    response = render(request, kind.template, {"page": kind.page(link), "token": token, "link": link})
    return with_form(response) if kind.has_form else response


def _ask_password(request, link: Link, token: str):
    form = PasswordForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST":
        limits.count("guess", request)
        try:
            if form.is_valid() and check_password(form.cleaned_data["password"], link.password):
                request.session[_key(link)] = link.password
                return redirect("shared", token=token)
            form.add_error("password", PasswordForm.WRONG)
        except NotNow as error:
            form.add_error(None, error.words)
            status = error.status
    return with_form(render(request, "teams/shared_password.html", {"form": form}, status=status))
