"""How views answer: a fragment to a script, a page or a redirect to everyone else."""

import json
import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django_htmx.http import reswap, retarget

from agents import catalog
from chats import actions, assistant, present, tree
from chats.models import Chat
from chats.rights import reader
from teams.views.answers import form, refused

__all__ = ["form", "refused"]  # so that views of chats have all answers in one place

PAGE = 40  # chats in one stretch of the list


def chat_page(request, chat: Chat | None, *, conversation=None, error: str = "", text: str = "", status: int = 200):
    """The page of a chat, or of a new one."""
    shown = conversation or present.Conversation([], False)
    if chat and not conversation:
        shown = present.conversation(chat, reader(chat, request.user))
    chosen = catalog.find(chat.provider, chat.model) if chat and chat.model else assistant.preferred_model(request.user)
    context = {
        "chat": chat,
        "messages": shown.messages,
        "has_earlier": shown.has_earlier,
        "queued": waiting(chat) if chat else [],
        "models": present.picker(chosen),
        "is_demo_model": bool(chosen and chosen.is_bundled),
        "composer": composer(chat, shown, chosen, error=error, text=text),
    }
    return render(request, "chats/page.html", context, status=status)


def composer(chat, shown, chosen, *, error: str = "", text: str = "") -> dict:
    """What the composer shows."""
    return {
        "client_id": uuid.uuid4(),
        "parent_id": chat.current_message_id if chat else None,
        "text": text,
        "error": error,
        "running_id": shown.running.id if shown.running else None,
        "model_label": chosen.label if chosen else (chat.model if chat else ""),
    }


def waiting(chat: Chat) -> list[dict]:
    """Messages that wait for the present reply."""
    return [{"id": message.pk, "text": message.content} for message in tree.queued(chat)]


def sent(request, chat: Chat, done: actions.Sent):
    """What a message added to the page: itself and its reply, or the queue."""
    new = [message for message in (done.message, done.reply) if message and message.queued_at is None]
    context = {
        "chat": chat,
        "messages": (present.new_views if done.is_new else present.views)(new, reader(chat, request.user)),
        "queued": waiting(chat) if done.queue else [],
        "is_oob": True,
    }
    return render(request, "chats/_branch.html", context)


def branch(request, chat: Chat):
    """The messages of the branch on show and the queue, for a script; else the chat's page."""
    if not request.htmx:
        return redirect(request.workspace.url("chat", chat.pk))
    chat.refresh_from_db(fields=["current_message", "updated_at"])
    shown = present.conversation(chat, reader(chat, request.user))
    context = {
        "chat": chat,
        "messages": shown.messages,
        "has_earlier": shown.has_earlier,
        "queued": waiting(chat),
        "is_oob": True,
    }
    response = render(request, "chats/_branch.html", context)
    return reswap(retarget(response, "#messages"), "innerHTML")


def message(request, found):
    """One message as a fragment; without a script the chat's page."""
    if not request.htmx:
        return redirect(f"{request.workspace.url('chat', found.chat_id)}#m-{found.pk}")
    shown = present.view(found, reader(found.chat, request.user))
    return render(request, "chats/_messages.html", {"messages": [shown]})


def toast(request, text: str, to: str, *, undo_url: str = "") -> HttpResponse:
    """Say something short and let the page refresh its list; without a script, go to `to`."""
    if not request.htmx:
        return redirect(to)
    if request.htmx.current_url_abs_path == request.path:  # a form on a page of its own, not in a dialog
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    events = {"toast": {"text": text, "undo_url": undo_url}, "chats-changed": {}, "dialog-close": {}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})


def unsendable(request, form, chat: Chat | None, text: str):
    """A message that cannot be sent: what is wrong, and the text given back."""
    sentence = form.problem
    if request.htmx:
        return reswap(retarget(HttpResponse(escape(sentence), status=422), "#composer-error"), "innerHTML")
    return chat_page(request, chat, error=sentence, text=text, status=422)
