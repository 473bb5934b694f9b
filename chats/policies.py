"""Who holds which rows of this app."""

from chats.models import Chat, ChatRead, Message
from teams import access

access.register(Chat, access.not_deleted(access.in_scope))
access.register(Message, via="chat")
access.register(ChatRead, via="chat")
