"""Factories: makers of rows for tests, a module for each app."""

from tests.factories.agents import agent, api_key, begin, usage
from tests.factories.chats import ChatFactory, chat_collection, chat_document, exchange, message, run
from tests.factories.documents import collection, document, file, indexed, read_file
from tests.factories.teams import PASSWORD, TeamFactory, TeamMemberFactory, UserFactory, invite
from tests.factories.workflows import Sketch, line, published, workflow

__all__ = [
    "PASSWORD",
    "ChatFactory",
    "Sketch",
    "TeamFactory",
    "TeamMemberFactory",
    "UserFactory",
    "agent",
    "api_key",
    "begin",
    "chat_collection",
    "chat_document",
    "collection",
    "document",
    "exchange",
    "file",
    "indexed",
    "invite",
    "line",
    "message",
    "published",
    "read_file",
    "run",
    "usage",
    "workflow",
]
