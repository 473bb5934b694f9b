"""What a message holds."""

from agents.runs.reply import plain_text, render_parts
from chats.models import Message
from sambung.lib import markdown


def write(message: Message, parts: list[dict]) -> Message:
    """Give the message these parts, and what is made from them; it is not saved."""
    message.parts, message.content = parts, plain_text(parts)
    message.html, message.html_version = render_parts(parts, str(message.pk)), markdown.VERSION
    return message
