"""Where a question is looked for: in the collections of chat and agent, else in the whole workspace.

What a chat searches is known above this app, which registers who tells it.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from agents.tools import Caller
from documents.knowledge.search import Place
from documents.models import AgentCollection, Collection, CollectionItem, Document
from sambung.lib.ids import as_uuid
from teams import access
from teams.models import User

#: Returns the ids of the collections that a topic, such as "chat:<id>", searches.
OfTopic = Callable[[str], Iterable[UUID]]

_of_topics: list[OfTopic] = []


def register(of_topic: OfTopic) -> None:
    """Have a kind of topic search collections of its own."""
    _of_topics.append(of_topic)


def reference(kind: str, pk: UUID) -> str:
    """How a message names what is to be searched: a `collection` or a `document`."""
    return f"{kind}:{pk}"


def _named(user: User, refs: Iterable[str]) -> tuple[QuerySet[Collection], QuerySet[Document], int]:
    """The collections and documents that these references name and a person may read, and how many are not theirs."""
    pairs = [ref.partition(":") for ref in refs]
    ids = {kind: [as_uuid(pk) for found, _colon, pk in pairs if found == kind] for kind in ("collection", "document")}
    collections = access.rows(user, Collection.objects.filter(pk__in=ids["collection"]))
    documents = access.rows(user, Document.objects.filter(pk__in=ids["document"]))
    return collections, documents, len(pairs) - collections.count() - documents.count()


def told(user: User, refs: Iterable[str]) -> str:
    """What a model is told of what the message names to be searched."""
    collections, documents, _missing = _named(user, refs)
    names = [*collections.values_list("name", flat=True), *documents.values_list("title", flat=True)]
    said = ", ".join(f"“{name}”" for name in names)
    return f"The message names where to search: {said}. Search there before you answer; the tools look nowhere else."


def place_of(caller: Caller) -> tuple[Place, int]:
    """Return where a tool looks for somebody, and how many of the collections and documents named are not theirs.

    What the message names counts alone, else what chat and agent have. The rights are those of whoever asks, whoever
    made the agent.
    """
    if caller.searched:
        collections, documents, missing = _named(caller.workspace.user, caller.searched)
        held = tuple(collections.values_list("pk", flat=True))
        return Place(caller.workspace, held, tuple(documents.values_list("pk", flat=True))), missing
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
    return access.rows(place.workspace.user, rows.filter(Q(pk__in=items) | Q(pk__in=place.documents)))
