"""What else the public gets by a chat's link: its files, and a copy; and the page before an address elsewhere."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from chats.actions import forks
from chats.forms.sharing import CopyForm
from chats.models import PublicLink
from chats.sharing import public_page
from chats.views import files, move
from sambung.lib.markdown import links as addresses
from teams import limits
from teams.views import public_links
from teams.views.public_links import private
from teams.workspace import Workspace


@login_not_required
@private
@require_GET
def shared_file(request, token, attachment_id):
    """A file of a shared chat, if the link shows it."""
    return files.handed_over(_file(request, token, attachment_id))


@login_not_required
@private
@require_GET
def shared_thumbnail(request, token, attachment_id):
    """A small picture of it."""
    return files.thumbnail_of(_file(request, token, attachment_id))


def _file(request, token: str, attachment_id):
    link = public_links.found(request, token, PublicLink)
    found = public_page.file(link, attachment_id) if public_links.is_open(request, link) else None
    if found is None:
        raise Http404("There is no such file.")
    return found


@private
@limits.limited("send")
@require_http_methods(["GET", "POST"])
def shared_copy(request, token):
    """Say where a copy of what the link shows goes, and go on with it there."""
    link = public_links.found(request, token, PublicLink)
    if not public_links.is_open(request, link):
        return redirect("shared", token=token)
    places = {"personal": Workspace(request.user)} | move.teams_of(request)
    form = CopyForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        to = places[form.cleaned_data["to"]]
        title, messages = public_page.copied(link, request.user)
        copy = forks.new_chat(by=request.user, workspace=to, title=title, messages=messages)
        return redirect(to.url("chat", copy.pk))
    context = {"form": form, "title": public_page.title(link), "token": token}
    page = render(request, "chats/shared_copy.html", context, status=422 if form.is_bound else 200)
    return public_links.with_form(page)


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
