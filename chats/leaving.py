"""What becomes of chats when their person or their team goes, and what a person takes with them."""

from collections.abc import Iterator

from django.db.models import QuerySet

from agents.models import ACTIVE, Run
from chats import actions
from chats.models import Chat, Message
from teams.models import Team, User


def delete_personal(person: User) -> None:
    """Remove all personal chats for good; what runs in them is stopped."""
    _delete(Chat.objects.filter(user=person, team=None))


def delete_of_team(team: Team) -> None:
    """Remove all chats of the team for good; what runs in them is stopped."""
    _delete(Chat.objects.filter(team=team))


def _delete(chats: QuerySet[Chat]) -> None:
    for run in Run.objects.filter(messages__chat__in=chats, status__in=ACTIVE).distinct():
        actions.stop(run=run)
    chats.delete()


def export(person: User) -> Iterator[tuple[str, object]]:
    """Each personal chat with all its messages, and what the person wrote in chats of teams, chat by chat."""
    for chat in Chat.objects.filter(user=person, team=None, deleted_at=None).order_by("created_at", "id").iterator():
        yield f"chats/{chat.pk}.json", _chat(chat) | {"messages": [_message(row) for row in chat.messages.all()]}
    written = Message.objects.filter(user=person, chat__team__isnull=False, chat__deleted_at=None)
    for chat in Chat.objects.filter(pk__in=written.values("chat")).select_related("team").order_by("created_at", "id"):
        rows = [_message(row) for row in written.filter(chat=chat)]
        yield f"team-chats/{chat.pk}.json", _chat(chat) | {"team": chat.team.name, "messages": rows}


def _chat(chat: Chat) -> dict:
    return {name: getattr(chat, name) for name in ("id", "title", "model", "settings", "created_at", "updated_at")}


def _message(message: Message) -> dict:
    return {name: getattr(message, name) for name in ("id", "parent_id", "role", "parts", "created_at")}
