"""A tool that finds what was said before: in the chats that the person can read here, and in no other."""

from django.utils.translation import gettext as _

from agents import engine
from agents.tools import Caller, Progress, Result, Source, Tool
from chats.search.find import Hit, find
from chats.search.query import parse
from sambung.lib.threads import in_thread
from teams.workspace import Workspace

KIND, SOURCE, NAME = "chats", "past", "search_chats"
MOST = 20

_PARAMETERS = engine.schema_as_sent(
    {
        "type": "object",
        "properties": {
            "query": {
                "type": "string",
                "minLength": 2,
                "maxLength": 200,
                "description": "One to three words that the text itself would hold; all of them must be there. "
                'Also "exact phrase", -without, tag:, in:, from:me, from:assistant, after:2026-03-31, before:7d.',
            },
            "count": {"type": "integer", "minimum": 1, "maximum": MOST, "default": 8},
        },
        "required": ["query"],
        "additionalProperties": False,
    }
)


class ChatSearch:
    """The kind of the one tool here."""

    noun = ""
    limits = None

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
            effect="none",
        )
        told = _("Finds what was said in chats that you can read here.")
        return [Source(KIND, SOURCE, _("Past chats"), told, icon="history", tools=(tool,))]

    async def call(self, tool: Tool, args: dict, caller: Caller, progress: Progress) -> Result:
        """Give {title, excerpt, link, date} of the newest chats that fit."""
        return Result(await in_thread(_found, caller, args["query"], args.get("count", 8)))


def _found(caller: Caller, query: str, count: int) -> list[dict] | dict | str:
    """The newest that fit here, and what was not understood. The chat that asks is no news to it."""
    asking = caller.topic.removeprefix("chat:") if caller.topic.startswith("chat:") else None
    asked = parse(query)
    hits, _more = find(caller.workspace, asked, size=count + 1)
    found = [_row(hit) for hit in hits if str(hit.chat.pk) != asking][:count]
    if not found:
        return " ".join(["Nothing was found.", *asked.problems])
    return {"found": found, "problems": asked.problems} if asked.problems else found


def _row(hit: Hit) -> dict:
    return {
        "title": str(hit.chat),
        "excerpt": "".join(piece.text for piece in hit.snippet),
        "link": hit.workspace.url("chat", hit.chat.pk),
        "date": hit.at.date().isoformat(),
    }
