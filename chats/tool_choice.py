"""Which tools a chat has: as its person chose, out of what its agent allows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents import tools
from agents.catalog import Model
from agents.models import Agent, ToolChoice
from agents.tools import Away, Source, missing
from agents.tools.binding import is_allowed
from chats.models import Chat
from teams import profile
from teams.models import User
from teams.workspace import Workspace

NAMES = ("tool_choice", "tools")  # what of a chat's settings is about tools


@dataclass(frozen=True, slots=True)
class Chosen:
    """`tools` are references of tools, or of sources with all of theirs; None = all that there are."""

    tool_choice: str = ToolChoice.AUTO
    tools: tuple[str, ...] | None = None

    @property
    def settings(self) -> dict:
        """The same as a chat keeps it: what is usual is left out."""
        choice = {} if self.tool_choice == ToolChoice.AUTO else {"tool_choice": str(self.tool_choice)}
        return choice | ({} if self.tools is None else {"tools": list(self.tools)})

    def has(self, ref: str) -> bool:
        """Whether a source is chosen as a whole, or a tool by itself."""
        return self.tools is None or ref in self.tools

    def bound(self, offered: Iterable[Source]) -> int:
        """How many of the offered tools the model gets."""
        if self.tool_choice == ToolChoice.NONE:
            return 0
        return sum(self.has(source.ref) or self.has(tool.ref) for source in offered for tool in source.tools)


def chosen(chat: Chat | None, person: User) -> Chosen:
    """What was chosen in a chat; for a new one what the person chose last."""
    stored = chat.settings if chat else person.preferences
    refs = stored.get("tools")
    return Chosen(stored.get("tool_choice", ToolChoice.AUTO), None if refs is None else tuple(refs))


def offered(workspace: Workspace, agent: Agent | None) -> list[Source]:
    """The sources to choose from: with an agent those that have tools which it may use."""
    found = tools.sources(workspace)
    if agent is None:
        return found
    allowed = [replace(one, tools=tuple(tool for tool in one.tools if is_allowed(agent, tool))) for one in found]
    return [source for source in allowed if source.tools]


def away(found: Chosen, workspace: Workspace) -> tuple[Away, ...]:
    """What was chosen and cannot be used now, with why."""
    return missing.among(tools.sources(workspace, with_resting=True), found.tools) if found.tools else ()


def told(found: Chosen, model: Model | None, sources: list[Source] | None = None, n_away: int = 0) -> str:
    """What the button says; how many tools there are where `sources` are known, and how many are missing."""
    if model is not None and model.tools is False:
        return _("No tools with this model")
    if found.tool_choice == ToolChoice.NONE:
        return _("No tools")
    words = _("Ask first") if found.tool_choice == ToolChoice.MANUAL else _("Tools")
    if sources is None:
        return words
    label = f"{words} · {found.bound(sources)}"
    return f"{label} · {ngettext('%(n)s missing', '%(n)s missing', n_away) % {'n': n_away}}" if n_away else label


@transaction.atomic
def choose(*, chat: Chat | None, by: User, to: Chosen) -> None:
    """Use these tools from the next reply on in the chat, if there is one, and in the chats that `by` begins."""
    if chat:
        held = Chat.objects.select_for_update(of=("self",)).only("settings").get(pk=chat.pk)
        others = {name: value for name, value in held.settings.items() if name not in NAMES}
        chat.settings = others | to.settings
        Chat.objects.filter(pk=chat.pk).update(settings=chat.settings)
    profile.set_preferences(by, **(dict.fromkeys(NAMES) | to.settings))
