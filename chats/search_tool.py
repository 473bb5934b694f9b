"""A tool that finds what was said before: in the chats that the person can read here, and in no other."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from agents.tools import Caller, Progress, Result, Source, Tool
from chats.models import Chat, Message, Role
from sambung.lib.threads import in_thread
from teams import access
from teams.workspace import Workspace

KIND, SOURCE, NAME = "chats", "past", "search_chats"
MOST, MOST_WORDS = 20, 8
AROUND = 200  # characters of an excerpt on each side of the word

_PARAMETERS = {
    "type": "object",
    "properties": {
        "query": {
            "type": "string",
            "minLength": 2,
            "maxLength": 200,
            "description": "One to three words that the text itself would hold; all of them must be there.",
        },
        "count": {"type": "integer", "minimum": 1, "maximum": MOST, "default": 8},
    },
    "required": ["query"],
    "additionalProperties": False,
}


class ChatSearch:
    """The kind of the one tool here."""

    def sources(self, workspace: Workspace) -> list[Source]:
        """The search, which there is always."""
        tool = Tool(
            KIND,
            SOURCE,
            NAME,
            _("Search chats"),
            "Search the person's earlier chats by words in titles and messages; gives title, excerpt and link of each. "
            "Use it when they refer to something from before.",
            _PARAMETERS,
        )
        told = _("Finds what was said in chats that you can read here.")
        return [Source(KIND, SOURCE, _("Past chats"), told, icon="history", tools=(tool,))]

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Give {title, excerpt, link, date} of the newest chats that fit."""
        return Result(await in_thread(_found, caller, args["query"], args.get("count", 8)))


def _found(caller: Caller, query: str, count: int) -> list[dict] | str:
    words = query.split()[:MOST_WORDS]
    asking = caller.topic.removeprefix("chat:") if caller.topic.startswith("chat:") else None
    chats = access.rows(caller.workspace.user, Chat.objects.filter(caller.workspace.q)).listed().exclude(pk=asking)
    said = Message.objects.filter(_holding("content", words), role__in=[Role.USER, Role.ASSISTANT], queued_at=None)
    fitting = chats.filter(_holding("title", words) | Exists(said.filter(chat=OuterRef("pk"))))
    found = fitting.order_by("-updated_at", "-id")[:count]
    return [_row(caller.workspace, chat, said, words) for chat in found] or "Nothing was found."


def _holding(field: str, words: list[str]) -> Q:
    return Q(*(Q(**{f"{field}__icontains": word}) for word in words))


def _row(workspace: Workspace, chat: Chat, said, words: list[str]) -> dict:
    text = said.filter(chat=chat).order_by("-created_at", "-id").values_list("content", flat=True).first()
    return {
        "title": chat.title,
        "excerpt": _excerpt(text or "", words[0]),
        "link": workspace.url("chat", chat.pk),
        "date": chat.updated_at.date().isoformat(),
    }


def _excerpt(text: str, word: str) -> str:
    """The text around the first place of a word."""
    at = max(text.casefold().find(word.casefold()), 0)
    start, end = max(at - AROUND, 0), at + len(word) + AROUND
    cut = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{cut}{'…' if end < len(text) else ''}"
