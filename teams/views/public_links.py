"""What the public sees by a link, whatever kind of thing it shows, and the password before it."""

import re
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import check_password
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from sambung.lib.waiting import NotNow
from teams import limits, links
from teams.forms.links import PasswordForm
from teams.models import Link

#: What programs call themselves that look at pages for somebody else, or for nobody.
ROBOTS = re.compile(r"(?<!cu)bot\b|crawl|spider|preview|slurp|facebookexternalhit|whatsapp", re.IGNORECASE)


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
    kind = links.kind_of(type(link))
    response = render(request, kind.template, {"page": kind.page(link), "token": token, "link": link})
    return with_form(response) if kind.has_form else response


@csrf_exempt  # nothing is remembered of whoever reads, so there is no cookie that a token could belong to
@login_not_required
@private
@require_POST
def shared_seen(request, token):
    """Count a look. The page's own script says so; what fetches pages, to preview or to scan them, does not run it."""
    link = found(request, token)
    if is_open(request, link) and _is_somebody(request):
        limits.count("view", request)
        links.count_view(link, request.user)
    return HttpResponse(status=204)


def _is_somebody(request) -> bool:
    """Whether a person looks, at a page of ours: no robot that says it is one, and no browser that fetches ahead."""
    ahead = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    return is_ours and "prefetch" not in ahead and not ROBOTS.search(request.headers.get("User-Agent", ""))


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
