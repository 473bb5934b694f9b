"""Factories of documents."""

from collections.abc import Sequence

from django.db import transaction

from documents.actions import uploading, writing
from documents.knowledge import indexing, progress
from documents.models import Collection, CollectionItem, Document
from sambung.lib.files.blocks import Block
from sambung.lib.files.readers import markdown
from sambung.lib.files.reading import Read
from teams.models import Team, User
from teams.workspace import Workspace


def document(by: User, team: Team | None = None, content: str = "one\ntwo\nthree\n", **fields) -> Document:
    """Add a document of a person's, or one of a team's by them, with its first version."""
    return writing.create(by=by, workspace=Workspace(by, team), content=content, **{"title": "Plan"} | fields)


def indexed(by: User, team: Team | None = None, *, content: str, **fields) -> Document:
    """Add a text that is found, as the job that indexes it would."""
    made = document(by, team, content, **fields)
    indexing.keep_text(made, Read(b"", "text/markdown", tuple(markdown.blocks_of(content))))
    made.refresh_from_db()
    return made


def file(by: User, team: Team | None = None, *, name: str = "plan.txt", data: bytes = b"A plan.", **fields) -> Document:
    """Add a file that waits to be read."""
    return uploading.add(workspace=Workspace(by, team), name=name, data=data, **fields)


@transaction.atomic
def read_file(by: User, team: Team | None = None, *, blocks: Sequence[Block], **fields) -> Document:
    """Add a file that was read into these blocks."""
    made = file(by, team, **fields)
    _document, job = progress.begin(made.pk)
    indexing.keep_file(made, job, Read(b"", made.mime_type, tuple(blocks)))
    made.refresh_from_db()
    return made


def collection(by: User, team: Team | None = None, *documents: Document, **fields) -> Collection:
    """Add a collection with documents in it."""
    made = Collection.objects.create(user=by, team=team, **{"name": "Handbook"} | fields)
    CollectionItem.objects.bulk_create(CollectionItem(collection=made, document=document) for document in documents)
    return made
