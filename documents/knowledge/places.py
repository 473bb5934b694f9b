"""Where a question is looked for: in the collections of chat and agent, else in the whole workspace.

What a chat searches is known above this app, which registers who tells it.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import QuerySet

from agents.tools import Caller
from documents.knowledge.search import Place
from documents.models import AgentCollection, Collection, CollectionItem, Document
from teams import access

#: Returns the ids of the collections that a topic, such as "chat:<id>", searches.
OfTopic = Callable[[str], Iterable[UUID]]

_of_topics: list[OfTopic] = []


def register(of_topic: OfTopic) -> None:
    """Have a kind of topic search collections of its own."""
    _of_topics.append(of_topic)


def place_of(caller: Caller) -> tuple[Place, int]:
    """Return where a tool looks for somebody, and how many collections of chat and agent are not theirs.

    The rights are those of whoever asks, whoever made the agent.
    """
    bound = AgentCollection.objects.filter(agent=caller.agent) if caller.agent else AgentCollection.objects.none()
    ids = set(bound.values_list("collection", flat=True))
    ids |= {pk for of_topic in _of_topics for pk in of_topic(caller.topic)}
    if not ids:
        return Place(caller.workspace), 0
    held = set(access.rows(caller.workspace.user, Collection.objects.filter(pk__in=ids)).values_list("pk", flat=True))
    return Place(caller.workspace, tuple(held)), len(ids - held)


def documents(place: Place) -> QuerySet[Document]:
    """The documents of a place that its person may read, without their texts."""
    rows = Document.objects.defer("content")
    if place.collections is None:
        return access.rows(place.workspace, rows)
    items = CollectionItem.objects.filter(collection__in=place.collections).values("document")
    return access.rows(place.workspace.user, rows.filter(pk__in=items))
