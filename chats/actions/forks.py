"""New chats that begin with what was said in another one."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chats.canvas import pins
from chats.files import store
from chats.files.parts import NAMED, named
from chats.messages import metadata, tree
from chats.messages.content import write
from chats.models import Attachment, Chat, ChatTag, Message
from sambung.lib.errors import Refused
from teams import access
from teams.models import User
from teams.workspace import Workspace


@transaction.atomic
def branch(*, message: Message, by: User) -> Chat:
    """A chat beside this one that begins with all up to the message, as its branch has it, and is set as this one.

    Raises Refused while the message is being written.
    """
    chat = message.chat
    if message.run and message.run.is_active:
        raise Refused(_("This reply is still being written. Stop it first."), code="reply_running")
    fields = ("folder_id", "agent_id", "api_key_id", "provider", "model", "settings")
    copy = new_chat(
        by=by,
        workspace=Workspace(by, chat.team),
        title=_title(chat),
        messages=tree.branch(message.pk),
        metadata={"branched_from": str(message.pk), "title_by": "person"},
        **{name: getattr(chat, name) for name in fields},
    )
    tags = ChatTag.objects.filter(chat=chat).values_list("tag", flat=True)
    ChatTag.objects.bulk_create([ChatTag(chat=copy, tag_id=tag) for tag in tags])
    for document in pins.pinned(chat, by):
        pins.pin(chat=copy, document=document)
    return copy


def origin(chat: Chat, reader: User) -> UUID | None:
    """The message that the chat branched from, while it is there for the reader."""
    if (named := chat.metadata.get("branched_from")) is None:
        return None
    here = Message.objects.filter(chat__team=chat.team_id)  # its page lies in the same workspace
    return access.rows(reader, here.filter(pk=named)).values_list("pk", flat=True).first()


def _title(chat: Chat) -> str:
    return (_("Branch of “%(title)s”") % {"title": chat})[: Chat._meta.get_field("title").max_length]


@transaction.atomic
def new_chat(*, by: User, workspace: Workspace, title: str, messages: Sequence[Message], **fields) -> Chat:
    """Return a chat of the person's that begins with copies of these messages, oldest first, files and dates along.

    The messages may be unsaved; their authors are taken over as they are. `fields` are those of the chat.
    """
    chat = Chat.objects.create(**workspace.scope, title=title, updated_at=timezone.now(), **fields)
    called = Message.objects.filter(pk__in=[message.pk for message in messages], tool_invocations__isnull=False)
    calls = dict(called.values_list("pk", "tool_invocations"))  # which a branch is read without
    copies: list[Message] = []
    for message in messages:
        copy = _copied(message, chat, copies[-1] if copies else None)
        copy.tool_invocations = calls.get(message.pk)
        copies.append(copy)
    Message.objects.bulk_create(copies, batch_size=500)
    chat.current_message = copies[-1] if copies else None
    chat.save(update_fields=["current_message"])
    return chat


def _copied(message: Message, chat: Chat, parent: Message | None) -> Message:
    """A copy that is not stored yet; its files are, and name it: the database looks at the end."""
    copy = Message(chat=chat, parent=parent, user_id=message.user_id, role=message.role, created_at=message.created_at)
    copy.metadata = metadata.copied(message.metadata)
    return write(copy, _with_copied_files(message, copy))


def _with_copied_files(message: Message, copy: Message) -> list[dict]:
    """The message's parts, naming copies of its files; a file that is gone is left out. Raises Refused without room."""
    ids = set(named(message.parts))
    found = Attachment.objects.filter(chat=message.chat_id).in_bulk(ids) if ids else {}
    copies = {}
    for pk, file in found.items():
        try:
            copies[str(pk)] = str(store.copy_to(file, chat=copy.chat, message=copy).pk)
        except FileNotFoundError:  # its bytes are lost
            continue
    return [part for part in (_renamed(part, copies) for part in message.parts) if part]


def _renamed(part: dict, copies: dict[str, str]) -> dict | None:
    if (name := NAMED.get(part["type"])) is None:
        return part
    return part | {name: copies[part[name]]} if part[name] in copies else None
