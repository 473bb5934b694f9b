"""Admin pages of this app."""

from chats.admin import conversations, library

__all__ = ["conversations", "library"]
