"""A toolkit by which models write documents along with people, in the workspace and with the rights of whoever asks.

Each change names the version that the model has read, is merged with what people typed since, and is a version.
"""

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext_lazy as _

from agents.toolkits.toolkit import Toolkit
from agents.tools import Caller, Failed, Result, Written
from documents import listing, passages
from documents.actions import writing
from documents.actions.writing import Saved, Writer
from documents.languages import LANGUAGES
from documents.models import CONTENT_LENGTH, Document, Kind
from sambung.lib.ids import as_uuid
from sambung.lib.threads import in_thread
from teams import access

MOST = 50  # documents that are listed
_ID = {"type": "string", "description": "The documentId that another tool gave."}
_VERSION = {"type": "integer", "minimum": 1, "description": "The version that you have read or written last."}
_TEXT = {"type": "string", "maxLength": CONTENT_LENGTH}

toolkit = Toolkit(
    "documents",
    _("Documents"),
    _("Reads and writes the documents of this workspace beside the chat. Each change is a version and can be undone."),
    "file-text",
)


# ---- reading --------------------------------------------------------------------------------------------
@toolkit.tool(
    _("Find documents"),
    "List the person's documents, those changed last first; `words` keeps to those that have each of them.",
    words={"type": "string", "maxLength": 200},
    count={"type": "integer", "minimum": 1, "maximum": MOST, "default": 10},
    effect="none",
)
async def find_documents(args: dict, caller: Caller) -> Result:
    """Give {documentId, title, kind, beginning} of each. Raises Failed."""
    return Result(await in_thread(_listed, caller, args.get("words", ""), args.get("count", 10)))


def _listed(caller: Caller, words: str, count: int) -> list[dict] | str:
    rows = access.rows(caller.workspace, Document.objects.all()) if caller.workspace else Document.objects.none()
    found = listing.listed(rows, asked=words.replace("\x00", ""))[:count]
    told = [
        {"documentId": str(row.pk), "title": row.title, "kind": row.kind, "beginning": row.beginning[:100]}
        for row in found
    ]
    return told or "There is no such document."


@toolkit.tool(
    _("Read a document"),
    "Read a document with the numbers of its lines, and its version, which a change must name. A long one comes in "
    "parts: go on with from_line.",
    required=["document_id"],
    document_id=_ID,
    from_line={"type": "integer", "minimum": 1, "default": 1},
    effect="none",
)
async def read_document(args: dict, caller: Caller) -> Result:
    """Give title, version and numbered lines as a text. Raises Failed."""
    return Result(await in_thread(_read, caller, args["document_id"], args.get("from_line", 1)))


def _read(caller: Caller, document_id: str, first: int) -> str:
    document = _found(caller, document_id, access.READ)
    try:
        part = passages.part(document.content, first)
    except IndexError as beyond:
        raise Failed("document_no_line", lines=beyond.args[0]) from None
    writing.open_version(version=document.current_version)
    named = f"{document.kind} {document.language}".strip()
    head = f"“{document.title}” ({named}, documentId {document.pk}), version {document.current_version.number}, "
    span = f"lines {part.first} to {part.last} of {part.lines}."
    more = f" It goes on with from_line {part.next_line}." if part.next_line else ""
    return f"{head}{span}{more}\n{part.text}"


# ---- writing that was cut off ---------------------------------------------------------------------------
def _keep_created(args: dict, caller: Caller) -> Result | None:
    """Make a document of what had come."""
    if not _has(args, "content"):
        return None
    title = args["title"] if _has(args, "title") else ""
    given = {"kind": args["kind"]} if args.get("kind") in Kind.values else {}
    given |= {"language": args["language"]} if _has(args, "language") else {}
    return _create(caller, given | {"title": title[:200], "content": _fitting(args["content"])}, is_partial=True)


def _keep_replaced(args: dict, caller: Caller) -> Result | None:
    """Put what had come in the place of the old text, if that is known as a whole."""
    if not _has(args, "document_id", "old_text", "new_text") or not isinstance(args.get("version"), int):
        return None
    change = partial(_replaced, old=_clean(args["old_text"]), new=_clean(args["new_text"]))
    return _change(caller, args["document_id"], args["version"], change, is_partial=True)


def _keep_appended(args: dict, caller: Caller) -> Result | None:
    if not _has(args, "document_id", "text"):
        return None
    return _append(caller, args["document_id"], _clean(args["text"]), is_partial=True)


def _keep_rewritten(args: dict, caller: Caller) -> Result | None:
    if not _has(args, "document_id", "content") or not isinstance(args.get("version"), int):
        return None
    content = _clean(args["content"])
    return _change(caller, args["document_id"], args["version"], lambda text: content, is_partial=True)


def _has(args: dict, *names: str) -> bool:
    """Whether these texts are there."""
    return all(isinstance(args.get(name), str) and args[name] for name in names)


# ---- writing --------------------------------------------------------------------------------------------
@toolkit.tool(
    _("Make a document"),
    "Make a document that opens beside the chat, for a text that the person will keep or change: an article, a letter, "
    "code, a sheet. They see it there, so do not repeat it in your answer.",
    required=["title", "content"],
    title={"type": "string", "minLength": 1, "maxLength": 200},
    kind={
        "type": "string",
        "enum": list(Kind.values),
        "default": "text",
        "description": "text is Markdown, sheet CSV.",
    },
    language={"type": "string", "maxLength": 50, "description": "Of code, such as python."},
    content=_TEXT,
    field="content",
    keep=_keep_created,
)
async def create_document(args: dict, caller: Caller) -> Result:
    """Make a document in the workspace. Raises Failed."""
    return await in_thread(_create, caller, args)


def _create(caller: Caller, args: dict, *, is_partial: bool = False) -> Result:
    if caller.workspace is None:
        raise Failed("document_not_here")
    kind = args.get("kind", Kind.TEXT)
    made = writing.create(
        by=caller.workspace.user,
        workspace=caller.workspace,
        title=_clean(args["title"]),
        kind=kind,
        language=_language(args.get("language", "")) if kind == Kind.CODE else "",
        content=_clean(args["content"]),
        writer=_writer(caller, is_partial=is_partial),
    )
    return _told(made, Saved(made.current_version, made.current_version))


@toolkit.tool(
    _("Change a document"),
    "Replace a passage of a document. old_text must stand in it exactly once, letter by letter, without the numbers of "
    "lines; give enough of what is around it.",
    required=["document_id", "version", "old_text", "new_text"],
    document_id=_ID,
    version=_VERSION,
    old_text=_TEXT,
    new_text=_TEXT,
    field="new_text",
    keep=_keep_replaced,
)
async def replace_in_document(args: dict, caller: Caller) -> Result:
    """Replace what stands in that version once. Raises Failed."""
    change = partial(_replaced, old=_clean(args["old_text"]), new=_clean(args["new_text"]))
    return await in_thread(_change, caller, args["document_id"], args["version"], change)


def _replaced(text: str, old: str, new: str) -> str:
    try:
        return passages.replaced(text, old, new)
    except ValueError:
        raise Failed("document_nothing_to_replace") from None
    except passages.NotOnce as found:
        lines = "; ".join(found.lines)
        if found.n:
            raise Failed("document_found_often", n=found.n, lines=lines) from None
        raise (Failed("document_not_found_near", lines=lines) if lines else Failed("document_not_found")) from None


@toolkit.tool(
    _("Add to a document"),
    "Add text at the end of a document, on a line of its own.",
    required=["document_id", "text"],
    document_id=_ID,
    text=_TEXT | {"minLength": 1},
    field="text",
    keep=_keep_appended,
)
async def append_to_document(args: dict, caller: Caller) -> Result:
    """Add to what the document is now, so that it never collides. Raises Failed."""
    return await in_thread(_append, caller, args["document_id"], _clean(args["text"]))


def _append(caller: Caller, document_id: str, text: str, *, is_partial: bool = False) -> Result:
    document = _found(caller, document_id)
    _fitting(document.content + text)
    given = {"document": document, "text": text, "writer": _writer(caller, is_partial=is_partial)}
    return _told(document, writing.append(by=caller.workspace.user, **given))


@toolkit.tool(
    _("Rewrite a document"),
    "Give a document another text as a whole. To change a part of it, replace_in_document is better.",
    required=["document_id", "version", "content"],
    document_id=_ID,
    version=_VERSION,
    content=_TEXT,
    field="content",
    keep=_keep_rewritten,
)
async def rewrite_document(args: dict, caller: Caller) -> Result:
    """Write all of it anew. Raises Failed."""
    content = _clean(args["content"])
    return await in_thread(_change, caller, args["document_id"], args["version"], lambda text: content)


# ---- steps ----------------------------------------------------------------------------------------------
def _found(caller: Caller, document_id: str, level: access.Level = access.WRITE) -> Document:
    """A document of the workspace, as whoever asks may use it. Raises Failed."""
    rows = Document.objects.filter(pk=as_uuid(document_id)).select_related("current_version")
    held = access.rows(caller.workspace, rows, level) if caller.workspace else rows.none()
    if (document := held.first()) is None:
        raise Failed("document_not_here")
    return document


def _change(
    caller: Caller, document_id: str, number: int, change: Callable[[str], str], *, is_partial: bool = False
) -> Result:
    """Change the version that the model has read; what came since is merged with it. Raises Failed."""
    document = _found(caller, document_id)
    seen = document.versions.filter(number=number, is_aside=False).first()
    if seen is None:
        raise Failed("document_version_unknown", n=number)
    content = _fitting(change(seen.content))
    given = {"document": document, "content": content, "base": number, "writer": _writer(caller, is_partial=is_partial)}
    saved = writing.save(by=caller.workspace.user, **given)
    if saved.is_collided:
        raise Failed("document_collided", n=number)
    if saved.current.pk == document.current_version_id:
        raise Failed("document_unchanged")
    return _told(document, saved)


def _told(document: Document, saved: Saved) -> Result:
    """What the model reads of a change."""
    told = {"documentId": str(document.pk), "title": document.title, "version": saved.current.number}
    if saved.merged:
        told["merged"] = "Somebody has changed it meanwhile; both changes are in it. Read it before the next change."
    return Result(told, written=(Written(document.pk, saved.current.number),))


def _language(name: str) -> str:
    """A language as it is stored, "" for one that is not known."""
    name = name.strip().lower()
    found = (key for key, one in LANGUAGES.items() if name in (key, one.label.lower(), one.ending) and name != "txt")
    return next(found, "")


def _writer(caller: Caller, *, is_partial: bool = False) -> Writer | None:
    """The model that writes, None where a person tries the tool."""
    if not caller.model:
        return None
    name = caller.agent.name if caller.agent else caller.model
    return Writer(name, caller.agent and caller.agent.pk, is_partial)


def _fitting(content: str) -> str:
    if len(content) > CONTENT_LENGTH:
        raise Failed("document_too_long", most=CONTENT_LENGTH)
    return content


def _clean(text: str) -> str:
    """A text as it can be stored: without the one letter that no database takes, its lines ended as others are."""
    return passages.with_line_feeds(text.replace("\x00", ""))
