"""Documents are made and saved. Every save is a version; two of the same time become one text, and none is lost.

The caller has made sure that `by` may.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from documents.knowledge import progress
from documents.merging.hunks import hunks
from documents.merging.three_way import Merged, beside, merge
from documents.models import CONTENT_LENGTH, AuthorKind, Document, DocumentFolder, DocumentLink, DocumentVersion, Kind
from sambung.lib.database import incidental
from teams.models import User
from teams.workspace import Workspace

FOLDS = timedelta(minutes=2)  # saves of one author in this time are one version
MOST_FOLDED = 30  # of a document that are kept, beside those that somebody has begun to write on,
FOLDED_KEPT = timedelta(days=1)  # and for how long


@dataclass(frozen=True, slots=True)
class Writer:
    """The model that writes for a person: what it is called, or the agent that it answers as.

    `is_partial`: it was stopped while it wrote.
    """

    name: str
    agent: UUID | None = None
    is_partial: bool = False

    @property
    def facts(self) -> dict:
        """The same as a version keeps it."""
        told = {"author_name": self.name[:200], "agent_id": self.agent, "is_partial": self.is_partial}
        return {"author_kind": AuthorKind.MODEL} | told


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save.

    `current` is the document's text now, `own` the version that holds what was sent: the same one, unless somebody else
    had saved meanwhile. Then `merged` says how both came together; where they collided, `own` stands aside.
    """

    current: DocumentVersion
    own: DocumentVersion
    merged: Merged | None = None

    @property
    def is_collided(self) -> bool:
        return self.own.is_aside


@transaction.atomic
def create(
    *,
    by: User,
    workspace: Workspace,
    title: str,
    kind: str = Kind.TEXT,
    language: str = "",
    content: str = "",
    folder: DocumentFolder | None = None,
    writer: Writer | None = None,
) -> Document:
    """Make a document with its first version; `writer` is the model that wrote it for `by`."""
    facts = {"title": title, "kind": kind, "language": language, "folder": folder}
    made = Document.objects.create(**workspace.scope, **facts)
    add_version(made, by=by, content=content, writer=writer)
    return made


@transaction.atomic
def describe(*, document: Document, **facts: str) -> None:
    """Give a document another title or language."""
    kept = locked(document)
    for name, value in facts.items():
        setattr(kept, name, value)
    kept.save(update_fields=[*facts, "updated_at"])
    progress.ask_after_save(kept)


@transaction.atomic
def save(*, by: User, document: Document, content: str, base: int, writer: Writer | None = None) -> Saved:
    """Save what `by` made of the version numbered `base`; what others have saved since is merged with it.

    Where both changed the same place, or the version is not known any more, it is kept aside as a version of its own.
    What a model, the `writer`, sent is not kept where it was merged: nobody writes on it.
    """
    kept = locked(document)
    current = kept.current_version
    seen = kept.versions.filter(number=base, is_aside=False).first()
    if content == current.content:
        return Saved(current, current)
    if seen and content == seen.content:
        return Saved(current, seen)
    if seen == current:
        made = add_version(kept, by=by, content=content, writer=writer)
        return Saved(made, made)
    merged = merge(seen.content, current.content, content) if seen else beside(current.content, content)
    if merged.collisions or len(merged.text) > CONTENT_LENGTH:
        return Saved(current, _kept_aside(kept, by, seen, content, writer), merged)
    if writer:
        made = add_version(kept, by=by, content=merged.text, writer=writer)
        return Saved(made, made, merged)
    own = _version(kept, by, content, base=seen, is_folded=True)
    return Saved(add_version(kept, by=by, content=merged.text), own, merged)


@transaction.atomic
def append(*, by: User, document: Document, text: str, writer: Writer | None = None) -> Saved:
    """Add text at the end of what the document is now, on a line of its own: it collides with nothing."""
    kept = locked(document)
    gap = "\n" if kept.content and not kept.content.endswith("\n") else ""
    made = add_version(kept, by=by, content=f"{kept.content}{gap}{text}", writer=writer)
    return Saved(made, made)


def collided(*, aside: DocumentVersion) -> Saved:
    """What a version that stands aside, and what is saved now, came to."""
    current = aside.document.current_version
    seen = aside.base
    merged = merge(seen.content, current.content, aside.content) if seen else beside(current.content, aside.content)
    return Saved(current, aside, merged)


def open_version(*, version: DocumentVersion) -> None:
    """Somebody begins to write on a version: for a day it is kept, whatever is saved after it."""
    with incidental():
        DocumentVersion.objects.filter(pk=version.pk).update(opened_at=timezone.now())


# ---- steps that other acts share ------------------------------------------------------------------------
def locked(document: Document) -> Document:
    """The row as it is now, for this transaction alone. One that was deleted takes what is saved, too.

    Its version is read by a query of its own: a row that is joined to a locked one may be older than it.
    """
    return Document.objects.select_for_update(no_key=True).get(pk=document.pk)


def add_version(
    document: Document,
    *,
    by: User,
    content: str,
    restored_from: DocumentVersion | None = None,
    writer: Writer | None = None,
) -> DocumentVersion:
    """Make a text the document's, as a version of its own or in the place of its author's last one; return it."""
    before, now = document.current_version, timezone.now()
    is_one = before is not None and not (restored_from or writer) and _folds(before, by, now)
    begun = {"base": before.base, "begun_at": before.begun_at} if is_one else {"base": before, "begun_at": now}
    if writer and before:
        begun["open_hunks"] = [one.number for one in hunks(before.content, content)]
    made = _version(document, by, content, writer, restored_from=restored_from, **begun)
    if is_one:
        before.is_folded = True
        before.save(update_fields=["is_folded"])
        _forget_folded(document)
    document.content, document.current_version = content, made
    document.save(update_fields=["content", "current_version", "updated_at"])
    progress.ask_after_save(document)
    return made


def _folds(version: DocumentVersion, by: User, now: datetime) -> bool:
    is_plain = not (version.label or version.restored_from_id or version.is_by_model)
    return is_plain and version.created_by_id == by.pk and now - version.begun_at < FOLDS


def _version(document: Document, by: User, content: str, writer: Writer | None = None, **fields) -> DocumentVersion:
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    fields |= writer.facts if writer else {}
    return DocumentVersion.objects.create(document=document, number=last + 1, created_by=by, content=content, **fields)


def _kept_aside(
    document: Document, by: User, seen: DocumentVersion | None, content: str, writer: Writer | None
) -> DocumentVersion:
    """A version that is not the document's text; the same text of the same author is kept once."""
    kind = AuthorKind.MODEL if writer else AuthorKind.PERSON
    asides = document.versions.filter(is_aside=True, created_by=by, author_kind=kind)
    known = next((one for one in asides.only("number", "content") if one.content == content), None)
    return known or _version(document, by, content, writer, base=seen, is_aside=True)


def _forget_folded(document: Document) -> None:
    """Drop all but the newest folded ones."""
    newest = document.versions.filter(is_folded=True).order_by("-number")
    _forget(document.versions.exclude(pk__in=list(newest.values_list("pk", flat=True)[:MOST_FOLDED])))


def forget_old() -> int:
    """Drop folded versions that are a day old; return how many."""
    return _forget(DocumentVersion.objects.filter(created_at__lt=timezone.now() - FOLDED_KEPT))


def _forget(versions: QuerySet[DocumentVersion]) -> int:
    """Drop the folded ones among these that nobody has opened for a day, no link shows, and no other is based on."""
    named = DocumentVersion.objects.filter(base=OuterRef("pk"), is_folded=False)
    public = DocumentLink.objects.filter(until_version=OuterRef("pk"))
    unopened = Q(opened_at=None) | Q(opened_at__lt=timezone.now() - FOLDED_KEPT)
    old = list(versions.filter(unopened, ~Exists(named), ~Exists(public), is_folded=True).values_list("pk", flat=True))
    return DocumentVersion.objects.filter(pk__in=old).delete()[0] if old else 0
