"""Documents, what they were, their folders, pictures and public links, and what they are found by."""

from documents.models.collections import AgentCollection, Collection, CollectionItem
from documents.models.documents import (
    CONTENT_LENGTH,
    FOUND,
    UNDER_WAY,
    WRITTEN,
    AuthorKind,
    Document,
    DocumentVersion,
    Kind,
    Status,
)
from documents.models.folders import DocumentFolder
from documents.models.knowledge import (
    ChunkText,
    DocumentChunk,
    DocumentExtraction,
    SearchTotals,
    SearchWord,
)
from documents.models.links import DocumentLink
from documents.models.pictures import DocumentPicture
from documents.models.spaces import EmbeddingSpace

__all__ = [
    "CONTENT_LENGTH",
    "FOUND",
    "UNDER_WAY",
    "WRITTEN",
    "AgentCollection",
    "AuthorKind",
    "ChunkText",
    "Collection",
    "CollectionItem",
    "Document",
    "DocumentChunk",
    "DocumentExtraction",
    "DocumentFolder",
    "DocumentLink",
    "DocumentPicture",
    "DocumentVersion",
    "EmbeddingSpace",
    "Kind",
    "SearchTotals",
    "SearchWord",
    "Status",
]
