"""Which documents a list shows, in which order, and the tree of their folders."""

from dataclasses import dataclass

from django.db.models import BooleanField, Func, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left, Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from documents.knowledge.words import typed
from documents.models import Document, DocumentChunk, DocumentFolder, Kind
from teams.folders import FolderRow, tree

BEGINNING = 400  # characters of a text that a list looks at
_COUNT = "SELECT count(*) FROM document WHERE folder_id = document_folder.id AND deleted_at IS NULL"


@dataclass(frozen=True, slots=True)
class Order:
    """An order of documents: what it is called, and by what it goes."""

    label: str | Promise
    by: tuple


ORDERS = {
    "changed": Order(_("Last changed"), ("-updated_at", "-id")),
    "title": Order(_("Title"), (Lower("title"), "id")),
    "made": Order(_("Newest"), ("-created_at", "-id")),
}


class _Has(Func):
    """Whether words, a tsvector, fit a tsquery as it is written in SQL."""

    template, arg_joiner, output_field = "(%(expressions)s::tsquery)", " @@ ", BooleanField()


def listed(documents: QuerySet[Document], *, asked: str = "", order: str = "changed") -> QuerySet[Document]:
    """Those of the documents that have each word asked for anywhere in title or text; with `beginning` for the text.

    The text of a file is known by the words of its passages.
    """
    for word in asked.split():
        anywhere = Q(title__icontains=word) | Q(content__icontains=word)
        if query := typed(word):
            passages = DocumentChunk.objects.filter(_Has("search", Value(query)), document__kind=Kind.FILE)
            anywhere |= Q(kind=Kind.FILE, pk__in=passages.values("document"))
        documents = documents.filter(anywhere)
    rows = documents.select_related("folder", "current_version__created_by")
    rows = rows.defer("content", "current_version__content").annotate(beginning=Left("content", BEGINNING))
    return rows.order_by(*ORDERS[order].by)


def folders(rows: QuerySet[DocumentFolder], current: str = "") -> list[FolderRow]:
    """Return folders as a tree, each with the number of its documents: one query."""
    counted = rows.annotate(count=RawSQL(_COUNT, (), IntegerField()))  # noqa: S611  a constant
    return tree(counted.values("id", "name", "parent_id", "count"), _told, current)


def _told(count: int) -> str:
    return ngettext("%(n)s document", "%(n)s documents", count) % {"n": count}
