"""What changed from one version of an agent to the next, in lines."""

import json
from dataclasses import dataclass
from difflib import unified_diff
from itertools import pairwise

from django.utils.translation import gettext as _

from agents.models import Agent, AgentVersion

AROUND = 2  # lines that stay, on either side of what changed
MOST_LINES = 2000  # of one text: a longer one is not compared line by line


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed; `lines` are (kind, text), the kind being "+", "-", " " or "@" for a gap."""

    label: str
    lines: list[tuple[str, str]]


def history(agent: Agent, versions: list[AgentVersion]) -> list[tuple[AgentVersion, list[Change]]]:
    """Each version, newest first, with what the change that ended it did. `versions` are the newest ones."""
    states = [agent.content, *(version.content for version in versions)]
    changes = [changed(before, after) for after, before in pairwise(states)]
    return list(zip(versions, changes, strict=True))


def changed(before: dict, after: dict) -> list[Change]:
    """The fields of an agent's content that differ."""
    labels = {
        "name": _("Name"),
        "description": _("Description"),
        "instructions": _("Instructions"),
        "icon_id": _("Icon"),
        "starters": _("Conversation starters"),
        "chat_model": _("Model"),
        "allowed_mcp_servers": _("Servers"),
        "allowed_app_default_toolkit": _("Tools"),
    }
    differing = [name for name in Agent.CONTENT if before.get(name) != after.get(name)]
    return [Change(labels[name], _compared(before.get(name), after.get(name))) for name in differing]


def compared(label: str, before, after) -> Change:
    """How one value became another: text, or JSON."""
    return Change(label, _compared(before, after))


def _compared(before, after) -> list[tuple[str, str]]:
    old, new = _lines(before), _lines(after)
    if len(old) > MOST_LINES or len(new) > MOST_LINES:
        return [("@", _("Too long to show line by line."))]
    found = list(unified_diff(old, new, n=AROUND, lineterm=""))[2:]  # without the names of files
    lines = [("@", "") if line.startswith("@@") else (line[0], line[1:]) for line in found]
    return lines[1:] if lines else [("@", _("The same model under another key."))]


def _lines(value) -> list[str]:
    """A field's value, as lines of text."""
    match value:
        case None | "":
            return []
        case str():
            return value.splitlines()
        case {"model": _model}:
            return _model_lines(value)
        case [*texts] if all(isinstance(text, str) for text in texts):
            return texts
        case _:
            return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True).splitlines()


def _model_lines(chat_model: dict) -> list[str]:
    """Who answers, how, and who else. Keys are not shown."""
    first, *others = (
        f"{named['provider']} · {named['model']}" for named in (chat_model, *chat_model.get("fallbacks", ()))
    )
    settings = chat_model.get("settings", {})
    labels = {"temperature": _("Temperature"), "max_tokens": _("Longest reply in tokens"), "reasoning": _("Reasoning")}
    told = [f"{label}: {settings[name]}" for name, label in labels.items() if name in settings]
    return [first, *told, *(_("Then %(model)s") % {"model": other} for other in others)]
