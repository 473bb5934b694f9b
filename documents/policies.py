"""Who holds which rows of this app: a person their own, the members of a team the team's.

A collection that is open is everybody's to search, and its documents are everybody's to read.
"""

from django.db.models import OuterRef, Q

from agents.models import Visibility
from documents.models import (
    AgentCollection,
    ChunkText,
    Collection,
    CollectionItem,
    Document,
    DocumentChunk,
    DocumentExtraction,
    DocumentFolder,
    DocumentLink,
    DocumentPicture,
    DocumentVersion,
    EmbeddingSpace,
    SearchTotals,
    SearchWord,
)
from teams import access
from teams.models import User, UserRole

OPEN = (Visibility.READONLY, Visibility.PUBLIC)


def _documents(user: User | OuterRef, level: access.Level, prefix: str = "") -> Q:
    """A workspace's own; to read also those of collections that are open."""
    held = access.in_scope(user, level, prefix)
    if level > access.READ:
        return held
    opened = CollectionItem.objects.filter(collection__visibility__in=OPEN)
    return held | Q(**{f"{prefix}pk__in": opened.values("document")})


def _collections(user: User, level: access.Level, prefix: str = "") -> Q:
    """A workspace's own; open ones are everybody's to search, public ones agent admins' to fill."""
    held = access.in_scope(user, level, prefix)
    if level == access.READ:
        return held | Q(**{f"{prefix}visibility__in": OPEN})
    if level == access.WRITE and not isinstance(user, OuterRef) and may_open(user):
        return held | Q(**{f"{prefix}visibility": Visibility.PUBLIC})
    return held


def may_open(user: User) -> bool:
    """Whether somebody may open collections for everybody."""
    return user.role in {UserRole.ADMIN, UserRole.AGENT_ADMIN}


def _nobody(user: User, level: access.Level, prefix: str = "") -> Q:
    """What jobs keep for the search over the documents of all: nobody reads it, admins see it in Django admin."""
    return Q(**{f"{prefix}pk__in": []})


access.register(Document, access.not_deleted(_documents))
access.register(DocumentVersion, via="document")
access.register(DocumentLink, via="document")
access.register(DocumentPicture, via="document")
access.register(DocumentFolder, access.not_deleted(access.in_scope))
access.register(DocumentExtraction, via="document")
access.register(DocumentChunk, via="document")
access.register(ChunkText, via="chunk")
access.register(SearchWord, _nobody)
access.register(SearchTotals, _nobody)
access.register(EmbeddingSpace, _nobody)
access.register(Collection, _collections)
access.register(CollectionItem, via="collection")
access.register(AgentCollection, via="collection")
