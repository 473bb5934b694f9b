"""Documents for programs, such as workflows: read, written and searched as plain values.

A kind of tools that lists none, so that no model is offered it: a program names what it calls.
"""

from agents.tools import Caller, Failed, Progress, Result, Source, Tool, Written
from agents.usage.meter import Payer
from documents import passages
from documents.actions import writing
from documents.knowledge import search
from documents.knowledge.search import Place
from documents.models import CONTENT_LENGTH, Collection, CollectionItem, Document, Kind
from documents.vectors import nearest
from sambung.lib.ids import as_uuid
from sambung.lib.threads import in_thread
from teams import access
from teams.workspace import Workspace

KIND = "documents_for_programs"
MOST = 50  # passages


class Documents:
    """The kind: `read` gives {text, title, documentId, version}, `write` {documentId, version}, `search` {passages}."""

    noun = ""
    limits = None

    def sources(self, workspace: Workspace) -> list[Source]:
        """Nothing that a model is offered."""
        return []

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Do one of the three. Raises Failed."""
        match tool.name:
            case "read":
                return Result(await in_thread(_read, caller.workspace, args["document"]))
            case "write":
                return await in_thread(_write, caller.workspace, args)
            case _:
                return Result(await _search(caller.workspace, args))


def _found(workspace: Workspace, named: str, level: access.Level = access.READ) -> Document:
    rows = Document.objects.filter(pk=as_uuid(named)).select_related("current_version")
    if (found := access.rows(workspace, rows, level).first()) is None:
        raise Failed("document_not_here")
    return found


def _read(workspace: Workspace, named: str) -> dict:
    found = _found(workspace, named)
    version = found.current_version.number if found.current_version else 1
    return {"text": found.content, "title": found.title, "documentId": str(found.pk), "version": version}


def _write(workspace: Workspace, args: dict) -> Result:
    """Make a document, or give one another text as its next version."""
    content = passages.with_line_feeds(args["content"].replace("\x00", ""))
    title = args.get("title", "").replace("\x00", "")[:200]
    if len(content) > CONTENT_LENGTH:
        raise Failed("document_too_long", most=CONTENT_LENGTH)
    if "document" not in args:
        made = writing.create(by=workspace.user, workspace=workspace, title=title, content=content)
        return _written(made, made.current_version.number)
    found = _found(workspace, args["document"], access.WRITE)
    if found.kind == Kind.FILE:
        raise Failed("document_not_here")
    if title and title != found.title:
        writing.describe(document=found, title=title)
    saved = writing.save(by=workspace.user, document=found, content=content, base=found.current_version.number)
    if saved.is_collided:
        raise Failed("document_collided", n=found.current_version.number)
    return _written(found, saved.current.number)


def _written(document: Document, version: int) -> Result:
    told = {"documentId": str(document.pk), "version": version}
    return Result(told, written=(Written(document.pk, version),))


async def _search(workspace: Workspace, args: dict) -> dict:
    place = await in_thread(_place, workspace, args.get("collection"))
    payer = Payer(workspace.user.pk, workspace.team and workspace.team.pk)
    meaning = await nearest.asked(args["query"], payer)
    most = min(args["limit"], MOST)
    found = await in_thread(search.search, args["query"], place, most, meaning)
    return {"passages": [_passage(one) for one in found.passages]}


def _place(workspace: Workspace, collection: str | None) -> Place:
    """Where is looked: in the workspace, or in a collection that its person may search. Raises Failed."""
    if collection is None:
        return Place(workspace)
    held = access.rows(workspace.user, Collection.objects.filter(pk=as_uuid(collection))).first()
    if held is None:
        raise Failed("document_not_here")
    items = CollectionItem.objects.filter(collection=held).values("document")
    rows = access.rows(workspace.user, Document.objects.filter(pk__in=items))
    return Place(workspace, tuple(rows.order_by().values_list("pk", flat=True)))


def _passage(one: search.Passage) -> dict:
    return {
        "text": one.text,
        "title": str(one.document),
        "documentId": str(one.document.pk),
        "anchor": one.anchor,
        "score": one.score,
    }
