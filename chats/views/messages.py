"""Messages: send, stop, ask again, go on, edit, choose, delete, look closer."""

import uuid
from dataclasses import replace

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.runs import follow, stored
from agents.runs.stop import stop
from chats.actions import editing, forks, replies, sending
from chats.files.parts import named
from chats.forms.chats import EditForm, MessageForm
from chats.messages import presenter, remote_images, tree
from chats.messages.permissions import reader
from chats.models import Chat, Message, Role
from chats.views import chat_page, files
from teams import access, limits
from teams.views import answers

_IS_REPLY = Q(role=Role.ASSISTANT, parent__isnull=False)


def _message(request, message_id, level=access.WRITE, fitting: Q | None = None, **lookup) -> Message:
    rows = Message.objects.filter(fitting or Q()).select_related("chat", "user", "run")
    return access.get(request, rows, level, pk=message_id, **lookup)


def _to(request, message: Message) -> str:
    return request.workspace.url("chat", message.chat_id)


@require_POST
@limits.limited("send")
def message_send(request, chat_id):
    """Send a message: the answer is the two new messages, or the queue when a reply is being written."""
    form = files.with_uploads(request, MessageForm)
    asked = access.rows(request, Chat.objects.filter(pk=chat_id), access.WRITE)
    if form.is_valid():
        with answers.told_by(form):
            parent = request.POST.get("parent")
            sent = sending.send(chat=asked, by=request.user, parent=parent, **form.cleaned_data)
    if form.errors:
        return chat_page.unsendable(request, form, access.only(asked), request.POST.get("text", ""))
    if not request.htmx:
        return redirect(request.workspace.url("chat", chat_id))
    return chat_page.sent(request, sent.message.chat, sent)


@never_cache
@require_GET
def message(request, message_id):
    """One message as it stands."""
    return chat_page.message(request, _message(request, message_id, access.READ))


@never_cache
@require_GET
def message_frames(request, message_id):
    """The frames of a reply after a seq, for a page that has no socket."""
    found = _message(request, message_id, access.READ, run__isnull=False)
    after = request.GET.get("after", "0")
    seen = {str(found.run_id): int(after) if after.isdecimal() and len(after) < 11 else 0}
    frames = [*stored.read(found.topic, [str(found.run_id)], seen), *follow.unsaved(found.run_id)]
    return HttpResponse("[" + ",".join(frame.text for frame in frames) + "]", content_type="application/json")


@require_POST
def message_stop(request, message_id):
    """End the reply; its text is kept."""
    found = _message(request, message_id, run__isnull=False)
    stop(run=found.run)
    return HttpResponse(status=204) if request.htmx else redirect(_to(request, found))


@require_POST
@limits.limited("send")
def message_regenerate(request, message_id):
    """Ask again; the old variant stays. A question without a reply gets one."""
    return _again(request, message_id, replies.regenerate, _IS_REPLY | Q(role=Role.USER, queued_at=None))


@require_POST
@limits.limited("send")
def message_retry(request, message_id):
    """Ask again after a failure."""
    return _again(request, message_id, replies.retry)


@require_POST
@limits.limited("send")
def message_continue(request, message_id):
    """Go on with an unfinished reply."""
    return _again(request, message_id, replies.continue_reply)


@require_POST
def message_branch(request, message_id):
    """Go on in a new chat from here."""
    found = _message(request, message_id, queued_at=None)
    copy = forks.branch(message=found, by=request.user)
    return chat_page.go(request, request.workspace.url("chat", copy.pk))


def _again(request, message_id, act, fitting: Q = _IS_REPLY):
    found = _message(request, message_id, fitting=fitting)
    act(message=found, by=request.user)
    return chat_page.branch(request, found.chat)


@never_cache
@require_http_methods(["GET", "POST"])
@limits.limited("send")
def message_edit(request, message_id):
    """Edit: a user's message makes a branch, a reply makes a variant."""
    found = _message(request, message_id, queued_at=None)
    if request.method == "GET":
        context = {
            "message": presenter.view(found, reader(found.chat, request.user)),
            "client_id": uuid.uuid4(),
            "error": "",
        }
        return chat_page.form(request, "chats/_edit.html", _("Edit message"), context)
    form = EditForm(request.POST, workspace=request.workspace, has_files=bool(named(found.parts)))
    if not form.is_valid():
        shown = replace(presenter.view(found, reader(found.chat, request.user)), text=request.POST.get("text", ""))
        context = {"message": shown, "client_id": uuid.uuid4(), "error": form.problem}
        return chat_page.form(request, "chats/_edit.html", _("Edit message"), context, status=422)
    edit = editing.edit_user_message if found.role == Role.USER else editing.edit_assistant_message
    edit(message=found, by=request.user, **form.cleaned_data)
    return chat_page.branch(request, found.chat)


@require_POST
def message_select(request, message_id):
    """Show the branch of this variant."""
    found = _message(request, message_id, queued_at=None)
    chat = editing.select(message=found)
    return chat_page.branch(request, chat)


@never_cache
@require_http_methods(["GET", "POST"])
def message_delete(request, message_id):
    """Ask, then delete a message with its branch."""
    found = _message(request, message_id, queued_at=None)
    if request.method == "GET":
        context = {"message": found, "following": tree.count_below(found.pk), "chat": found.chat}
        return chat_page.form(request, "chats/_delete_message.html", _("Delete message"), context)
    editing.delete_message(message=found, by=request.user)
    return chat_page.branch(request, found.chat)


@never_cache
@require_GET
def message_usage(request, message_id):
    """What a reply took: tokens, cost, time."""
    found = _message(request, message_id, access.READ, role=Role.ASSISTANT)
    context = {"usage": presenter.usage(found)}
    return chat_page.form(request, "chats/_usage.html", _("Details"), context)


@require_POST
def message_withdraw(request, message_id):
    """Take a waiting message back."""
    return _unqueue(request, message_id, lambda found: sending.withdraw(message=found, by=request.user))


@require_POST
@limits.limited("send")
def message_push(request, message_id):
    """Send a waiting message now."""
    return _unqueue(request, message_id, lambda found: sending.push(message=found, by=request.user))


def _unqueue(request, message_id, act):
    found = _message(request, message_id, role=Role.USER)
    act(found)
    if not request.htmx:
        return redirect(_to(request, found))
    return render(request, "chats/_queued.html", {"queued": chat_page.waiting(found.chat)})


@require_GET
def message_image(request, message_id, index: int):
    """A remote image that somebody clicked: fetched by this server, never by the reader's browser."""
    found = _message(request, message_id, access.READ)
    image = remote_images.load(found, index)
    if image is None:
        raise Http404("No such image.")
    return HttpResponse(
        image.data,
        content_type=image.mime_type,
        headers={
            "Content-Security-Policy": settings.FILE_POLICY,
            "Cache-Control": "private, max-age=3600",
        },
    )
