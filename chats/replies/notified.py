"""Where notifications about a chat lead: to the chat, while its person may read it."""

from collections.abc import Mapping
from uuid import UUID

from chats.models import Chat
from teams import access
from teams.models import Notification, User
from teams.workspace import Workspace


def links(user: User, rows: list[Notification]) -> Mapping[UUID, str]:
    """Return the addresses of the chats that the person may read, by the notification's id."""
    ids = {row.data["chat"] for row in rows}
    chats = access.rows(user, Chat.objects.filter(pk__in=ids).select_related("team"))
    urls = {str(chat.pk): Workspace(user, chat.team).url("chat", chat.pk) for chat in chats}
    return {row.pk: urls[row.data["chat"]] for row in rows if row.data["chat"] in urls}
