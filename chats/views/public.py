"""What the public sees: a shared chat by its link, and the page before an address elsewhere."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import check_password
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from chats import copying
from chats.actions import Refused
from chats.forms_sharing import CopyForm, PasswordForm
from chats.models import PublicLink
from chats.sharing import links, shown
from chats.views import files, moves, respond
from sambung.lib.markdown import links as addresses
from sambung.lib.waiting import NotNow
from teams import limits
from teams.workspace import Workspace


def _link(request, token: str) -> PublicLink:
    """The link, or Http404; guessing is counted."""
    if (link := links.find(token)) is None:
        limits.count("guess", request)
        raise Http404("There is no such page.")
    return link


def _key(link: PublicLink) -> str:
    return f"link:{link.pk}"


def _is_open(request, link: PublicLink) -> bool:
    """Whether its password, if it has one, was given: a changed one is asked for again."""
    return not link.password or request.session.get(_key(link)) == link.password


def _private(view):
    """What is shown by a link is kept by nobody and found by no search."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response.setdefault("Referrer-Policy", "no-referrer")
        response["Cache-Control"] = "private, no-store"
        return response

    return answered


def _with_form(response: HttpResponse) -> HttpResponse:
    """What a form posts must tell this server, and it alone, where it comes from: else it is refused as forged."""
    response["Referrer-Policy"] = "same-origin"
    return response


@login_not_required
@_private
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request, token):
    """A shared chat; before it its password, if it has one."""
    link = _link(request, token)
    if not _is_open(request, link):
        return _ask_password(request, link)
    if request.method == "POST":  # the password once more, or there is none
        return redirect("shared", token=token) if link.password else HttpResponseNotAllowed(["GET", "HEAD"])
    links.count_view(link, request.user)
    return render(request, "chats/shared.html", {"page": shown.page(link), "token": token, "link": link})


def _ask_password(request, link: PublicLink):
    form = PasswordForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST":
        limits.count("guess", request)
        try:
            if form.is_valid() and check_password(form.cleaned_data["password"], link.password):
                request.session[_key(link)] = link.password
                return redirect("shared", token=link.chat.public_token)
            form.add_error("password", PasswordForm.WRONG)
        except NotNow as error:
            form.add_error(None, error.words)
            status = error.status
    page = render(request, "chats/shared_password.html", {"form": form}, status=status)
    return _with_form(page)


@login_not_required
@_private
@require_GET
def shared_file(request, token, attachment_id):
    """A file of a shared chat, if the link shows it."""
    return files.handed_over(_file(request, token, attachment_id))


@login_not_required
@_private
@require_GET
def shared_thumbnail(request, token, attachment_id):
    """A small picture of it."""
    return files.thumbnail_of(_file(request, token, attachment_id))


def _file(request, token: str, attachment_id):
    link = _link(request, token)
    found = shown.file(link, attachment_id) if _is_open(request, link) else None
    if found is None:
        raise Http404("There is no such file.")
    return found


@_private
@limits.limited("send")
@require_http_methods(["GET", "POST"])
def shared_copy(request, token):
    """Say where a copy of what the link shows goes, and go on with it there."""
    link = _link(request, token)
    if not _is_open(request, link):
        return redirect("shared", token=token)
    places = {"personal": Workspace(request.user)} | moves.teams_of(request)
    form = CopyForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        to = places[form.cleaned_data["to"]]
        title, messages = shown.copied(link, request.user)
        try:
            copy = copying.new_chat(by=request.user, workspace=to, title=title, messages=messages)
        except Refused as error:
            return respond.refused(request, error, reverse("shared", args=[token]))
        return redirect(to.url("chat", copy.pk))
    context = {"form": form, "title": shown.title(link), "token": token}
    return _with_form(render(request, "chats/shared_copy.html", context, status=422 if form.is_bound else 200))


# ---- elsewhere ------------------------------------------------------------------------------------------
@login_not_required
@require_safe
def leaving(request):
    """Where a link leads that a person or a model wrote. Hosts that the operator trusts open at once."""
    target = addresses.address(request.GET.get("to", ""))
    if target is None or not target.host:
        raise Http404("This is no address of a page.")
    if target.host in settings.TRUSTED_LINK_HOSTS:
        return redirect(target.url)
    return render(request, "chats/leaving.html", {"host": target.host, "url": target.url})
