"""Which files with tables a person has where they ask: sheets and files of documents, and what the apps above bring.

An app above registers its own, such as the files of a chat. Rights are the asker's, looked up with every question.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from pathlib import PurePath
from typing import Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from agents.tools import Caller
from documents import files
from documents.knowledge import places
from documents.models import Document, Kind
from sambung.lib.ids import as_uuid
from teams import access

MOST_LISTED = 30  # documents that are listed, the last changed first
_FAMILIES = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/json": "json",
    "application/x-ndjson": "json",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "workbook",
    "application/vnd.ms-excel": "workbook",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": "workbook",
    "application/vnd.oasis.opendocument.spreadsheet": "workbook",
}
_ENDINGS = {".csv": "csv", ".tsv": "csv", ".tab": "csv", ".jsonl": "json", ".ndjson": "json"}
_OF_FILES = Q(mime_type__in=_FAMILIES) | reduce(or_, (Q(file__endswith=ending) for ending in _ENDINGS))


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file with tables. `family` says how it is read, `digest` is its content's SHA-256.

    `content` gives its bytes, from a thread; it raises FileNotFoundError where they are lost.
    """

    id: UUID
    name: str
    family: str
    size: int
    digest: str
    content: Callable[[], bytes]
    encoding: str = ""


class Source(Protocol):
    """Where files come from."""

    def at_hand(self, caller: Caller) -> Sequence[DataFile]:
        """The files that need not be named."""

    def called(self, caller: Caller, name: str) -> DataFile | None:
        """The file of this name or id, None where there is none for the person."""


_sources: list[Source] = []


def register(source: Source) -> None:
    _sources.append(source)


def family_of(mime_type: str, name: str) -> str:
    """How a file is read as tables, "" for one that has none."""
    return _FAMILIES.get(mime_type) or _ENDINGS.get(PurePath(name).suffix.lower(), "")


def at_hand(caller: Caller) -> list[DataFile]:
    """The files that need not be named, in an order that stays."""
    return [file for source in _sources for file in source.at_hand(caller)]


def called(caller: Caller, name: str) -> DataFile | None:
    """A file by its name or id."""
    return next((file for source in _sources if (file := source.called(caller, name))), None)


class Documents:
    """Sheets, and files with tables, which must be named: by the model, or behind an @ by the person."""

    def at_hand(self, caller: Caller) -> list[DataFile]:
        found = _rows(caller).filter(pk__in=places.documents_of(caller.searched)).order_by("title", "pk")
        return [_file(document) if document.is_file else _sheet(document) for document in found]

    def called(self, caller: Caller, name: str) -> DataFile | None:
        """A document by its id, its title, or a file by what it is called when it is taken along."""
        name = name.strip()
        titles = Q(title__iexact=name) | Q(kind=Kind.FILE, title__iexact=PurePath(name).stem)
        is_called = Q(pk=pk) if (pk := as_uuid(name)) else titles
        found = _rows(caller).filter(is_called).order_by("-updated_at", "-id").first()
        return found and (_file(found) if found.is_file else _sheet(found))


def documents(caller: Caller) -> list[dict]:
    """The documents that may be named, as {id, title}, the last changed first."""
    rows = _rows(caller).defer("content").order_by("-updated_at", "-id")[:MOST_LISTED]
    return [{"id": str(row.pk), "title": files.name(row) if row.is_file else row.title} for row in rows]


def _rows(caller: Caller) -> QuerySet[Document]:
    has_tables = Q(kind=Kind.SHEET) | Q(kind=Kind.FILE) & _OF_FILES
    return access.rows(caller.workspace, Document.objects.filter(has_tables))


def _sheet(document: Document) -> DataFile:
    data = document.content.encode("utf-8", "replace")
    return DataFile(
        document.pk, str(document), "csv", len(data), hashlib.sha256(data).hexdigest(), lambda: data, encoding="utf-8"
    )


def _file(document: Document) -> DataFile:
    family = family_of(document.mime_type, document.file)
    content = partial(files.content, document)
    return DataFile(document.pk, files.name(document), family, document.size, document.sha256, content)


register(Documents())
