"""What a message holds."""

from uuid import UUID

from agents.generation.reply import plain_text, render_parts
from chats.models import Message, Role
from sambung.lib import markdown


def write(message: Message, parts: list[dict]) -> Message:
    """Give the message these parts, and what is made from them; it is not saved."""
    message.parts, message.content = parts, plain_text(parts)
    message.html, message.html_version = html(parts, message.role, message.pk), markdown.VERSION
    return message


def html(parts: list[dict], role: str, pk: UUID | str) -> str:
    """Return the HTML of a message's parts: a person's words as they were typed, a model's as Markdown."""
    return render_parts(parts, str(pk), is_typed=role == Role.USER)
