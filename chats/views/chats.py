"""Chats: open, list, begin, rename, pin, delete, set."""

from django.db.models import Value
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.runs import frames
from chats.actions import housekeeping, sending
from chats.forms.chats import FirstMessageForm, SettingsForm, TitleForm
from chats.messages import presenter, tree
from chats.messages.permissions import reader
from chats.models import Chat, Message
from chats.views import all_chats, chat_page, files
from teams import access, limits
from teams.views import answers


def _chat(request, chat_id, level=access.WRITE) -> Chat:
    return access.get(request, Chat.objects.all(), level, pk=chat_id)


@never_cache
@require_GET
def chat_new(request):
    """An empty chat that works at once."""
    return chat_page.chat_page(request, None)


@require_POST
@limits.limited("send")
def chat_create(request):
    """The first message makes the chat."""
    form = files.with_uploads(request, FirstMessageForm)
    if form.is_valid():
        given = form.cleaned_data
        is_trial = given.pop("is_trial") and given["agent"]
        given["is_temporary"] |= bool(is_trial)
        with answers.told_by(form):
            chat = sending.start_chat(by=request.user, workspace=request.workspace, **given)
    if form.errors:
        return chat_page.unsendable(request, form, None, request.POST.get("text", ""))
    to = request.workspace.url("chat", chat.pk)
    if is_trial:
        to = f"{request.workspace.url('agent_try', chat.agent_id)}?chat={chat.pk}"
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


@never_cache
@require_GET
def chat(request, chat_id):
    """A conversation; to a script that asks for the branch alone, its messages."""
    found = _chat(request, chat_id, access.READ)
    housekeeping.see(chat=found, by=request.user)
    if request.htmx:
        return chat_page.branch(request, found)
    at = chat_page.as_uuid(request.GET.get("at", ""))
    if at and (message := access.rows(request, found.messages.filter(pk=at, queued_at=None)).first()):
        shown = presenter.around(found, reader(found, request.user), message)
        return chat_page.chat_page(request, found, conversation=shown, at=message)
    return chat_page.chat_page(request, found)


@never_cache
@require_GET
def chat_later(request, chat_id):
    """The messages that follow one that is shown, on the way to the end of its branch."""
    found = _chat(request, chat_id, access.READ)
    start, end = (
        access.get(request, Message.objects.filter(chat=found), pk=request.GET.get(name)) for name in ("after", "end")
    )
    shown = presenter.after(reader(found, request.user), start, end)
    if not request.htmx:
        return chat_page.chat_page(request, found, conversation=shown)
    context = {"chat": found, "messages": shown.messages, "later_end": shown.end}
    return render(request, "chats/_messages.html", context)


@never_cache
@require_GET
def chat_earlier(request, chat_id):
    """The messages before one that is shown."""
    found = _chat(request, chat_id, access.READ)
    before = access.get(request, Message.objects.filter(chat=found), pk=request.GET.get("before"))
    shown = presenter.conversation(found, reader(found, request.user), before=before)
    if not request.htmx:
        return chat_page.chat_page(request, found, conversation=shown)
    context = {"chat": found, "messages": shown.messages, "has_earlier": shown.has_earlier}
    return render(request, "chats/_messages.html", context)


@never_cache
@require_GET
def chat_standing(request, chat_id):
    """What the page should show now, for one that has no socket: the hint that a socket gets when it joins."""
    found = _chat(request, chat_id, access.READ)
    hint = frames.hint(found.topic, "standing", **tree.standing(found.pk, found.current_message_id))
    return HttpResponse(hint.text, content_type="application/json")


@never_cache
@require_GET
def chat_list(request):
    """All chats as a page; to a script one stretch of the rail's list. Who has a chat open has seen it."""
    if not request.htmx:
        return all_chats.all_chats(request)
    if request.workspace.team and (open_chat := _current(request)):
        for chat in access.rows(request, Chat.objects.filter(pk=chat_page.as_uuid(open_chat))):
            housekeeping.see(chat=chat, by=request.user)
    return render(request, "chats/_list.html", rail(request, request.GET.get("page", "1")))


def rail(request, page: str = "1") -> dict:
    """`chat_groups`, `next_page`, `is_more` of the rail. A stretch that goes on with a day does not name it again."""
    number = int(page) if page.isdecimal() and int(page[:5]) > 0 and len(page) < 6 else 1
    start = (number - 1) * chat_page.PAGE
    first = max(start - 1, 0)
    listed = access.rows(request, Chat.objects.all()).listed().with_counts()
    if request.workspace.team:
        listed = listed.with_unread(request.user)
    else:
        listed = listed.annotate(is_unread=Value(False))
    rows = list(listed.values(*presenter.LISTED)[first : start + chat_page.PAGE + 1])
    before, rows = (rows[:1], rows[1:]) if start else ([], rows)
    has_more = len(rows) > chat_page.PAGE
    label = presenter.groups(before)[0]["key"] if before else ""
    return {
        "chat_groups": presenter.groups(rows[: chat_page.PAGE], current=_current(request), after=label),
        "next_page": number + 1 if has_more else None,
        "is_more": number > 1,
    }


def _current(request) -> str:
    """The id of the chat that the page is about, if it is about one."""
    if request.htmx:
        return request.headers.get("HX-Current-URL", "").rstrip("/").rpartition("/")[2]
    return str(request.resolver_match.kwargs.get("chat_id", ""))


@never_cache
@require_http_methods(["GET", "POST"])
def chat_rename(request, chat_id):
    found = _chat(request, chat_id)
    form = TitleForm(request.POST or None, initial={"title": found.title})
    if request.method == "POST" and form.is_valid():
        housekeeping.rename(chat=found, title=form.cleaned_data["title"])
        return chat_page.toast(request, _("The chat has been renamed."), request.workspace.url("chat", found.pk))
    status = 422 if form.is_bound else 200
    return chat_page.form(request, "chats/_rename.html", _("Rename chat"), {"chat": found, "form": form}, status=status)


@require_POST
def chat_pin(request, chat_id):
    """Pin a chat, or unpin it."""
    found = _chat(request, chat_id)
    housekeeping.set_pinned(chat=found, is_pinned=not found.is_pinned)
    text = _("The chat is pinned.") if found.is_pinned else _("The chat is not pinned any more.")
    return chat_page.toast(request, text, request.workspace.url("chat", found.pk))


@require_POST
def chat_delete(request, chat_id):
    """Put a chat away; the notice takes it back."""
    found = _chat(request, chat_id)
    housekeeping.delete_chat(chat=found)
    to = request.workspace.url("chat_new")
    undo_url = request.workspace.url("chat_restore", found.pk)
    return chat_page.toast(request, _("“%(title)s” has been deleted.") % {"title": found}, to, undo_url=undo_url)


@require_POST
def chat_restore(request, chat_id):
    """Take a deleted chat back."""
    found = access.get_deleted(request, Chat.objects.all(), access.WRITE, pk=chat_id)
    housekeeping.restore_chat(chat=found)
    to = request.workspace.url("chat", found.pk)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


@never_cache
@require_http_methods(["GET", "POST"])
def chat_settings(request, chat_id):
    found = _chat(request, chat_id)
    form = SettingsForm(request.POST or None, initial=found.settings)
    if request.method == "POST" and form.is_valid():
        housekeeping.set_settings(chat=found, settings=form.settings())
        return chat_page.toast(request, _("The settings are kept."), request.workspace.url("chat", found.pk))
    status = 422 if form.is_bound else 200
    return chat_page.form(
        request, "chats/_settings.html", _("Chat settings"), {"chat": found, "form": form}, status=status
    )
