"""How views answer: a fragment to a script, a page or a redirect to everyone else."""

import uuid
from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.http import urlencode
from django_htmx.http import reswap, retarget

from agents import catalog
from agents.catalog import Model, Reference
from agents.models import Agent
from chats.actions import forks, sending
from chats.files import parts
from chats.filing import folder_tree as tree_of_folders
from chats.filing.breadcrumbs import shown_of
from chats.messages import presenter, tree
from chats.messages.permissions import reader
from chats.models import Attachment, Chat, Folder
from chats.replies import responder, tool_choice
from chats.replies.queue import is_held
from sambung.lib.ids import as_uuid
from teams.views import answers
from teams.views.answers import form, go, refused

__all__ = ["as_uuid", "form", "go", "refused"]  # so that views of chats have all answers in one place

PAGE = 40  # chats in one stretch of the list
LISTS = "chats-changed folders-changed"  # the events that bring them anew


def chat_page(
    request,
    chat: Chat | None,
    *,
    conversation=None,
    at=None,
    error: str = "",
    text: str = "",
    files: Iterable[Attachment] = (),
    status: int = 200,
):
    """The page of a chat, or of a new one. `at`: the message that the reader came for.

    `text` and `files` of a message that could not be sent stand in the composer.
    """
    context = conversation_context(request, chat, conversation=conversation, error=error, text=text)
    context |= {"at": at, "waiting_files": [parts.Tile.of(file) for file in files]}
    return render(request, "chats/page.html", context, status=status)


def conversation_context(
    request, chat: Chat | None, *, agent: Agent | None = None, conversation=None, error: str = "", text: str = ""
) -> dict:
    """What the page of a chat shows, for every page that has one. `agent` answers in a new one."""
    shown = conversation or presenter.Conversation([], False)
    if chat and not conversation:
        shown = presenter.conversation(chat, reader(chat, request.user))
    filed = shown_of(request, chat)
    folder = filed["folder"]
    chosen, agent = who_answers(request, chat, agent, folder)
    tools = tool_choice.chosen(chat, request.user)
    begun = {"model": chosen and chosen.value, "agent": agent and agent.pk, "folder": folder and folder.pk}
    named = {"chat": chat.pk} if chat else {name: value for name, value in begun.items() if value}
    return {
        **filed,
        "chat": chat,
        "branched_from": chat and forks.origin(chat, request.user),
        "agent": agent,
        "messages": shown.messages,
        "has_earlier": shown.has_earlier,
        "later_end": shown.end,
        "is_aside": shown.is_aside,
        "queued": waiting(chat) if chat else [],
        "is_demo_model": bool(chosen and chosen.is_bundled),
        "picker_query": urlencode(named),
        "composer": composer(chat, shown, chosen, agent, error=error, text=text),
        "chosen": tools,
        "tools_label": tool_choice.told(tools, chosen),
    }


def who_answers(
    request, chat: Chat | None, agent: Agent | None = None, folder: Folder | None = None
) -> tuple[Model | None, Agent | None]:
    """The model and the agent of the chat; of a new one those that the address names, else its folder's or the usual
    model.
    """
    if chat:
        agent = responder.usable_agent(request.user, chat.agent_id) if chat.agent_id else None
        chosen = catalog.find(Reference.of_row(chat), request.workspace) if chat.model else None
        return chosen or (None if chat.model else catalog.default(request.workspace)), agent
    named, agent_id = request.GET.get("model", ""), as_uuid(request.GET.get("agent", ""))
    agent = agent or (responder.usable_agent(request.user, agent_id) if agent_id else None)
    here = request.workspace
    chosen = catalog.parse(named, here) if named else agent and responder.model_of(agent, here)
    if not chosen and folder and (reference := tree_of_folders.model_of(folder.pk)):
        chosen = catalog.alike(reference, here)
    return chosen or catalog.default(here), agent


def composer(chat, shown, chosen, agent, *, error: str = "", text: str = "") -> dict:
    """What the composer shows."""
    return {
        "model": "" if chat or not chosen else chosen.value,
        "agent_name": agent.name if agent else "",
        "client_id": uuid.uuid4(),
        "parent_id": chat.current_message_id if chat else None,
        "text": text,
        "error": error,
        "running_id": shown.running.id if shown.running else None,
        "model_label": label(chosen, chat),
    }


def label(model: Model | None, chat: Chat | None) -> str:
    """What the model is called; one that is not offered any more by its name."""
    return model.label if model else (chat.model if chat else "")


def waiting(chat: Chat) -> list[dict]:
    """Messages that wait for the present reply."""
    found = tree.queued(chat)
    files = parts.shown(found)
    return [
        {"id": one.pk, "text": one.content, "files": files.get(one.pk, ""), "is_held": is_held(one)} for one in found
    ]


def sent(request, chat: Chat, done: sending.Sent):
    """What a message added to the page: itself and its reply, or the queue."""
    new = [message for message in (done.message, done.reply) if message and message.queued_at is None]
    context = {
        "chat": chat,
        "messages": (presenter.new_views if done.is_new else presenter.views)(new, reader(chat, request.user)),
        "queued": waiting(chat) if done.queue else [],
        "is_oob": True,
    }
    return render(request, "chats/_branch.html", context)


def branch(request, chat: Chat):
    """The messages of the branch on show and the queue, for a script; else the chat's page."""
    if not request.htmx:
        return redirect(request.workspace.url("chat", chat.pk))
    chat.refresh_from_db(fields=["current_message", "updated_at"])
    shown = presenter.conversation(chat, reader(chat, request.user))
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
    shown = presenter.view(found, reader(found.chat, request.user))
    return render(request, "chats/_messages.html", {"messages": [shown]})


def toast(request, text: str, to: str, *, undo_url: str = "", changed: str = LISTS) -> HttpResponse:
    """Say something short and let the page refresh its lists; without a script, go to `to`."""
    return answers.toast(request, text, to, changed=changed, undo_url=undo_url)


def unsendable(request, form, chat: Chat | None, text: str):
    """A message that cannot be sent: what is wrong, and the text given back."""
    sentence = form.problem
    if request.htmx:
        return reswap(retarget(HttpResponse(escape(sentence), status=422), "#composer-error"), "innerHTML")
    files = form.cleaned_data.get("files") or ()
    return chat_page(request, chat, error=sentence, text=text, files=files, status=422)
