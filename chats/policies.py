"""Who holds which rows of this app."""

from django.db.models import Q

from chats.models import (
    Archive,
    ArchiveItem,
    Attachment,
    Chat,
    ChatCollection,
    ChatDocument,
    ChatRead,
    ChatTag,
    Folder,
    Message,
    Prompt,
    PromptVersion,
    PublicLink,
    Tag,
    Transfer,
)
from teams import access
from teams.models import User

_chats = access.not_deleted(access.in_scope)


def _attachments(user: User, level: access.Level, prefix: str = "") -> Q:
    """A file is its chat's; one that waits in a composer is its uploader's."""
    waiting = Q(**{f"{prefix}chat__isnull": True, f"{prefix}user": user})
    return waiting | Q(**{f"{prefix}chat__isnull": False}) & _chats(user, level, f"{prefix}chat__")


def _tags(user: User, level: access.Level, prefix: str = "") -> Q:
    """A workspace's own, and everybody's, which only the instance's pages change."""
    held = access.in_scope(user, level, prefix)
    return held if level > access.READ else held | Q(**{f"{prefix}team__isnull": True, f"{prefix}user__isnull": True})


def _prompts(user: User, level: access.Level, prefix: str = "", is_deleted: bool = False) -> Q:
    """A workspace's own; public ones are everybody's to read."""
    held = access.in_scope(user, level, prefix)
    if level == access.READ:
        held |= Q(**{f"{prefix}is_public": True})
    return held & Q(**{f"{prefix}deleted_at__isnull": not is_deleted})


def _own(user: User, level: access.Level, prefix: str = "") -> Q:
    return Q(**{f"{prefix}user": user})


access.register(Chat, _chats)
access.register(Message, via="chat")
access.register(ChatRead, via="chat")
access.register(Folder, access.not_deleted(access.in_scope))
access.register(Tag, _tags)
access.register(ChatTag, via="chat")
access.register(ChatDocument, via="chat")
access.register(Archive, _own)
access.register(ArchiveItem, via="archive")
access.register(Attachment, _attachments)
access.register(Prompt, _prompts)
access.register(PromptVersion, via="prompt")
access.register(PublicLink, via="chat")
access.register(Transfer, _own)
access.register(ChatCollection, via="chat")
