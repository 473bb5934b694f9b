"""What becomes of chats when their person or their team goes, and what a person takes with them."""

from collections.abc import Iterator
from contextlib import suppress

from django.db.models import QuerySet

from agents.models import ACTIVE, Run
from agents.runs.stop import stop
from chats.files import store
from chats.models import Attachment, Chat, Message, Prompt
from chats.prompts import portable
from teams.models import Team, User


def delete_personal(person: User) -> None:
    """Remove all personal chats for good; what runs in them is stopped. Files that were not sent go as well."""
    Attachment.objects.filter(user=person, chat=None).delete()
    _delete(Chat.objects.filter(user=person, team=None))


def delete_of_team(team: Team) -> None:
    """Remove all chats of the team for good; what runs in them is stopped."""
    _delete(Chat.objects.filter(team=team))


def _delete(chats: QuerySet[Chat]) -> None:
    for run in Run.objects.filter(messages__chat__in=chats, status__in=ACTIVE).distinct():
        stop(run=run)
    chats.delete()


def export(person: User) -> Iterator[tuple[str, object]]:
    """Each personal chat with its messages, what the person wrote in chats of teams, their prompts and files."""
    for chat in Chat.objects.filter(user=person, team=None, deleted_at=None).order_by("created_at", "id").iterator():
        documents = list(chat.chat_documents.values("document", "message", "is_pinned"))
        messages = [_message(row) for row in chat.messages.all()]
        yield f"chats/{chat.pk}.json", _chat(chat) | {"messages": messages, "documents": documents}
    written = Message.objects.filter(user=person, chat__team__isnull=False, chat__deleted_at=None)
    for chat in Chat.objects.filter(pk__in=written.values("chat")).select_related("team").order_by("created_at", "id"):
        rows = [_message(row) for row in written.filter(chat=chat)]
        yield f"team-chats/{chat.pk}.json", _chat(chat) | {"team": chat.team.name, "messages": rows}
    yield from _files(person)
    if prompts := list(Prompt.objects.filter(user=person, team=None, deleted_at=None)):
        yield "prompts.json", portable.written(prompts)


def _files(person: User) -> Iterator[tuple[str, object]]:
    """What is known of each file, then the bytes, named by the ids that messages name."""
    files = Attachment.objects.filter(user=person, team=None).defer("text").order_by("created_at", "id")
    if told := list(files.values("id", "chat", "name", "mime_type", "size", "sha256", "created_at")):
        yield "files.json", told
    for file in files.iterator():
        with suppress(FileNotFoundError):  # lost with a backup: what is known of it is told all the same
            yield f"files/{file.pk}", store.content(file)


def _chat(chat: Chat) -> dict:
    return {name: getattr(chat, name) for name in ("id", "title", "model", "settings", "created_at", "updated_at")}


def _message(message: Message) -> dict:
    return {name: getattr(message, name) for name in ("id", "parent_id", "role", "parts", "created_at")}
