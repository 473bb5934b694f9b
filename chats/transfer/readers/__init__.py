"""What other services export, each brought into the form of our own documents."""

from chats.transfer.readers import chatgpt, open_webui
from chats.transfer.readers.values import Brought

READERS = (chatgpt, open_webui)

__all__ = ["READERS", "Brought"]
