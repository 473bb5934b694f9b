"""Public links: made and ended by those who hold the chat."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chats.forms.sharing import ShareForm
from chats.models import Chat, PublicLink
from chats.sharing import links
from chats.views import chat_page, dialogs
from teams import access

PAGE = 50


@never_cache
@require_http_methods(["GET", "POST"])
def chat_share(request, chat_id):
    """How the chat is shared, and its address once it is."""
    chat = access.get(request, Chat.objects.select_related("team"), access.WRITE, pk=chat_id)
    held = PublicLink.objects.filter(chat=chat, chat__is_public=True).select_related("until_message")
    link = access.rows(request, held).first()
    form = ShareForm(request.POST or None, chat=chat, link=link)
    if request.method == "POST" and form.is_valid():
        link = links.share(chat=chat, by=request.user, **form.options())
        chat.refresh_from_db(fields=["public_token", "is_public"])
        return _shared(request, chat, ShareForm(chat=chat, link=link), link, is_new=True)
    return _shared(request, chat, form, link, status=422 if form.is_bound else 200)


def _shared(request, chat: Chat, form: ShareForm, link: PublicLink | None, *, is_new: bool = False, status: int = 200):
    context = {"chat": chat, "form": form, "link": link, "is_allowed": links.is_allowed(chat.team), "is_new": is_new}
    context["address"] = _address(request, chat) if chat.is_public else ""
    response = chat_page.form(request, "chats/_share.html", _("Share chat"), context, status=status)
    if is_new:
        response["HX-Trigger"] = "shared"
    return response


def _address(request, chat: Chat) -> str:
    return request.build_absolute_uri(reverse("shared", args=[chat.public_token]))


@never_cache
@require_http_methods(["GET", "POST"])
def chat_unshare(request, chat_id):
    """Ask, then end the chat's link."""
    held = access.rows(request, Chat.objects.filter(is_public=True, pk=chat_id), access.WRITE)
    chat = access.get(request, held, access.WRITE)
    back = request.workspace.url("chat", chat.pk)
    if request.method == "GET":
        text = _("Whoever has the link of “%(title)s” sees nothing any more. A new link has another address.")
        return dialogs.ask(
            request,
            _("End the link?"),
            to=request.workspace.url("chat_unshare", chat.pk),
            submit=_("End the link"),
            back=back,
            text=text % {"title": chat},
            is_danger=True,
        )
    links.revoke(chats=held, by=request.user)
    return chat_page.toast(request, _("The link has ended."), back, changed="links-changed")


@never_cache
@require_GET
def link_list(request):
    """All links of this workspace."""
    found = Paginator(links.of(request.workspace).select_related("chat", "created_by"), PAGE)
    context = {"page": found.get_page(request.GET.get("page")), "is_allowed": links.is_allowed(request.workspace.team)}
    return render(request, "chats/_links.html" if request.htmx else "chats/links.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def links_revoke(request):
    """Ask, then end several links at once, or all of this workspace."""
    here = links.of(request.workspace)
    given = request.POST if request.method == "POST" else request.GET
    chosen = given.getlist("link")
    if chosen:
        here = here.filter(pk__in=[pk for text in chosen if (pk := chat_page.as_uuid(text))])
    back, count = request.workspace.url("link_list"), here.count()
    if request.method == "GET":
        text = ngettext("%(n)s link ends at once, for everybody.", "%(n)s links end at once, for everybody.", count)
        return dialogs.ask(
            request,
            _("End these links?"),
            to=request.workspace.url("links_revoke"),
            submit=_("End them"),
            back=back,
            text=text % {"n": count},
            hidden=[("link", pk) for pk in chosen],
            is_danger=True,
        )
    writable = access.rows(request, Chat.objects.filter(public_link__in=here), access.WRITE)
    ended = links.revoke(chats=writable, by=request.user)
    text = ngettext("%(n)s link has ended.", "%(n)s links have ended.", ended) % {"n": ended}
    return chat_page.toast(request, text, back, changed="links-changed")
