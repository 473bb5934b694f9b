"""Chats as files: taken along, and brought here from elsewhere."""


class Unreadable(Exception):
    """A file, or a chat in it, that cannot be read; its sentence is for people."""
