"""The bytes of attachments, as exports need them."""

from chats.files import store
from chats.models import Attachment


def content(file: Attachment) -> bytes | None:
    """Return the bytes of a file; None where they are lost: the rest of its chat is exported all the same."""
    try:
        return store.content(file)
    except FileNotFoundError:
        return None
