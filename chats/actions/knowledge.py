"""The collections that a chat searches."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from chats.models import Chat, ChatCollection
from documents.actions.collections import available
from documents.models import Collection
from sambung.lib.ids import as_uuid
from teams.workspace import Workspace


@transaction.atomic
def choose(*, chat: Chat, workspace: Workspace, chosen: Iterable[Collection]) -> None:
    """Have the chat search these of the available collections; with none it searches its workspace, or its agent's."""
    kept = {collection.pk for collection in chosen}
    held = ChatCollection.objects.filter(chat=chat)
    held.filter(collection__in=available(workspace).order_by()).exclude(collection__in=kept).delete()
    known = set(held.values_list("collection", flat=True))
    ChatCollection.objects.bulk_create(ChatCollection(chat=chat, collection_id=pk) for pk in kept - known)


def of_topic(topic: str) -> Iterable[UUID]:
    """The ids of the collections that a chat searches, by its topic."""
    kind, _, pk = topic.partition(":")
    chat = as_uuid(pk) if kind == "chat" else None
    return ChatCollection.objects.filter(chat=chat).values_list("collection", flat=True) if chat else ()
