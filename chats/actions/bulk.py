"""What is done to many chats at once, beside filing them: each act is one transaction."""

from django.db import transaction
from django.db.models import QuerySet

from chats.actions import housekeeping
from chats.models import Chat
from teams.models import User
from teams.workspace import Workspace


def set_pinned(*, chats: QuerySet[Chat], is_pinned: bool) -> int:
    """Pin the chats, or unpin them; return how many they are."""
    return Chat.objects.filter(pk__in=chats.order_by().values("pk")).update(is_pinned=is_pinned)


@transaction.atomic
def move(*, chats: QuerySet[Chat], by: User, to: Workspace) -> int:
    """Take chats to another workspace, all or none; return how many. Raises Refused as `keeping.move_chat` does."""
    found = list(chats.order_by("pk"))
    for chat in found:
        housekeeping.move_chat(chat=chat, by=by, to=to)
    return len(found)
