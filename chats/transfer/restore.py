"""A chat made of a document: its branches, dates, files, and what it was filed under."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chats.files import store
from chats.files.parts import NAMED
from chats.filing import tags
from chats.messages.content import write
from chats.models import Archive, ArchiveItem, Attachment, Chat, ChatTag, Folder, Message, Role, Tag
from chats.transfer import Unreadable
from chats.transfer.document import names_none_but
from sambung.lib.errors import Refused
from sambung.lib.ids import uuid7
from teams.folders import create_folder
from teams.models import User
from teams.workspace import Workspace

FILES = gettext_noop("Files that are missing or cannot be kept here")
#: Of a chat's metadata: when the newest message of its file was written (ISO 8601). What comes later in it is new.
UNTIL = "brought_until"
_UNSHOWABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)


@dataclass
class Place:
    """Where chats go: into `workspace`, below `folder`. `made`: what had to be made for them, ids by kind, and
    what was added to chats that were there (growing.py)."""

    workspace: Workspace
    folder: Folder | None = None
    made: dict[str, list] = field(default_factory=lambda: {"folders": [], "tags": [], "archives": []})

    @property
    def by(self) -> User:
        return self.workspace.user

    def folder_of(self, names: list[str]) -> Folder | None:
        """The folder of that path, made where it is not there; the nearest one where it would lie too deep."""
        at = self.folder
        for name in names:
            here = Folder.objects.filter(**self.workspace.owner, parent=at, name=name, deleted_at=None)
            try:
                at = here.order_by("id").first() or self._made("folders", self._new_folder(name, at))
            except Refused:
                break
        return at

    def _new_folder(self, name: str, parent: Folder | None) -> Folder:
        return create_folder(Folder, workspace=self.workspace, name=name, parent=parent)

    def tag(self, name: str, color: str | None) -> Tag:
        """The tag of that name here, everybody's or new."""
        owner = self.workspace.owner
        known = Tag.objects.filter(Q(**owner) | Q(user=None, team=None), name__iexact=name)
        found = known.order_by("user", "team").first()
        return found or self._made(
            "tags", tags.create(workspace=self.workspace, name=name, color=color or tags.COLORS[0])
        )

    def archive(self, name: str) -> Archive:
        found = Archive.objects.filter(user=self.by, name=name).order_by("id").first()
        return found or self._made("archives", Archive.objects.create(user=self.by, name=name))

    def _made(self, kind: str, row):
        self.made[kind].append(str(row.pk))
        return row


def keep_files(place: Place, found: dict, content: Callable[[dict], bytes | None]) -> tuple[dict[str, str], Counter]:
    """Keep the files of a document as if they had been added; return their new ids by the old, and what did not come.

    Each by itself, before the chat is made: reading them takes time, in which others may add files too.
    """
    kept, left = {}, Counter()
    for file in found["files"]:
        data = content(file)
        try:
            made = data and store.keep(by=place.by, workspace=place.workspace, name=file["name"], data=data)
        except Refused:
            made = None
        if made:
            kept[file["id"]] = str(made.pk)
        left[FILES] += not made
    return kept, +left


def restore(place: Place, found: dict, files: dict[str, str], **metadata) -> Chat:
    """Make the chat of a checked document in the present transaction, with its files as `keep_files` has kept them.

    `metadata` is kept with the chat. Raises Unreadable.
    """
    chat = Chat(
        **place.workspace.scope,
        folder=place.folder_of(found.get("folder", [])),
        metadata={"title_by": "person", UNTIL: newest(found)} | metadata,
        settings=found.get("settings", {}),
        **{name: found[name] for name in ("origin", "title", "created_at", "updated_at")},
        **{name: found[name] for name in ("provider", "model", "is_pinned") if name in found},
    )
    messages = _messages(chat, found, place.by, {})
    if current := messages.get(found["current"]):
        chat.current_message_id = current.pk  # whose row follows: the database looks at the end
    chat.save(force_insert=True)
    _add(chat, found, messages, files)
    _file_under(chat, found, place)
    return chat


def newest(found: dict) -> str | None:
    """When the newest message of a document was written."""
    dates = [row["created_at"] for row in found["messages"]]
    return max(dates).isoformat() if dates else None


def add_messages(
    chat: Chat, found: dict, by: User, files: dict[str, str], known: Mapping[str, UUID] = MappingProxyType({})
) -> dict[str, Message]:
    """Make the messages of a document, and return them by their ids in it; they take their files. Raises Unreadable.

    `known`: those above them that the chat has already, by their ids in the document.
    """
    messages = _messages(chat, found, by, known)
    _add(chat, found, messages, files)
    return messages


def _add(chat: Chat, found: dict, messages: dict[str, Message], files: dict[str, str]) -> None:
    _take_files(chat, found, messages, files)
    for row in found["messages"]:
        _write(messages[row["id"]], row["parts"], files)
    Message.objects.bulk_create(messages.values(), batch_size=500)


def _messages(chat: Chat, found: dict, by: User, known: Mapping[str, UUID]) -> dict[str, Message]:
    """The messages by their ids in the document. New ids grow in its order, which is the order of variants."""
    names = [row["id"] for row in found["messages"]]
    ids = dict(known) | dict(zip(names, sorted(uuid7() for _ in names), strict=True))
    return {
        row["id"]: Message(
            id=ids[row["id"]],
            chat=chat,
            parent_id=row["parent"] and ids[row["parent"]],
            tool_invocations=row.get("tool_invocations"),
            **{name: row[name] for name in ("role", "created_at")},
            **_author(row, by),
        )
        for row in found["messages"]
    }


def _author(row: dict, by: User) -> dict:
    """Whose message it is: this person's where nobody else is named. Others keep their name alone."""
    metadata, author = row.get("metadata", {}), row.get("author")
    if agent := row.get("agent"):
        metadata = metadata | {"agent": {"id": None, "name": agent}}
    is_own = row["role"] == Role.USER and author in (None, str(by))
    if author and not is_own:
        metadata = metadata | {"author": author}
    return {"user": by if is_own else None, "metadata": metadata}


def _take_files(chat: Chat, found: dict, messages: dict[str, Message], files: dict[str, str]) -> None:
    for file in found["files"]:
        if file["id"] in files:
            message = messages.get(file["message"])  # whose row follows: the database looks at the end
            kept = Attachment.objects.filter(pk=files[file["id"]])
            kept.update(chat=chat, message_id=message and message.pk)


def _write(message: Message, parts: list[dict], files: dict[str, str]) -> None:
    """Give the message its parts, which name files by their new ids. What cannot be shown is not taken in."""
    named = (part for part in parts if names_none_but(part, files))
    try:
        write(message, [_renamed(part, files) for part in named])
    except _UNSHOWABLE:
        raise Unreadable(_("A message of it cannot be shown.")) from None


def _renamed(part: dict, files: dict[str, str]) -> dict:
    name = NAMED.get(part["type"])
    return part | {name: files[part[name]]} if name else part


def _file_under(chat: Chat, found: dict, place: Place) -> None:
    given = {place.tag(tag["name"], tag.get("color")) for tag in found.get("tags", ())}
    ChatTag.objects.bulk_create([ChatTag(chat=chat, tag=tag) for tag in given])
    collections = {place.archive(name) for name in found.get("archives", ())}
    ArchiveItem.objects.bulk_create([ArchiveItem(archive=archive, chat=chat) for archive in collections])


def drop_made(made: dict[str, list]) -> None:
    """Remove what was made for chats that are gone, as far as nothing else has come to it."""
    Tag.objects.filter(pk__in=made.get("tags", ()), chat_tags=None).delete()
    Archive.objects.filter(pk__in=made.get("archives", ()), items=None).delete()
    for pk in reversed(made.get("folders", ())):  # the innermost first
        Folder.objects.filter(pk=pk, chats=None, children=None).delete()
