"""Conversations, how people keep and share them, and what they write them with."""

from chats.models.chats import Chat, ChatQuerySet, ChatRead, Message, Role, chat_topic, forget_model
from chats.models.documents import ChatDocument
from chats.models.files import Attachment
from chats.models.filing import Archive, ArchiveItem, ChatTag, Tag
from chats.models.folders import Folder
from chats.models.knowledge import ChatCollection
from chats.models.prompts import Category, Prompt, PromptVersion
from chats.models.sharing import PublicLink
from chats.models.transfers import Transfer, TransferKind, TransferStatus

__all__ = [
    "Archive",
    "ArchiveItem",
    "Attachment",
    "Category",
    "Chat",
    "ChatCollection",
    "ChatDocument",
    "ChatQuerySet",
    "ChatRead",
    "ChatTag",
    "Folder",
    "Message",
    "Prompt",
    "PromptVersion",
    "PublicLink",
    "Role",
    "Tag",
    "Transfer",
    "TransferKind",
    "TransferStatus",
    "chat_topic",
    "forget_model",  # migrations name it
]
