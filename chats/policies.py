"""Who holds which rows of this app."""

from chats.models import Chat, Message
from teams import access

access.register(Chat, access.not_deleted(access.in_scope))
access.register(Message, via="chat")
