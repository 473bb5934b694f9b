"""The servers that the operator lets this machine start: the only place where a command may stand."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from sambung.lib.failures import Failed


class Unusable(Failed):
    """The program cannot be started."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is started. `env` is all that it finds beside PATH, HOME and LANG."""

    command: str
    args: tuple[str, ...]
    env: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"Program({self.command!r})"  # the rest may hold secrets


def names() -> list[str]:
    """The names that instance admins may choose from; none where the file is missing or broken."""
    try:
        return sorted(_programs())
    except Unusable:
        return []


def program(name: str) -> Program:
    """Return what stands behind a name, as the file says now. Raises Unusable."""
    found = _programs().get(name)
    if found is None:
        raise Unusable("mcp_program_not_offered")
    return found


def _programs() -> dict[str, Program]:
    if not settings.MCP_STDIO_SERVERS:
        return {}
    try:
        listed = json.loads(Path(settings.MCP_STDIO_SERVERS).read_text("utf-8"))["mcpServers"]
        return {name: _program(entry) for name, entry in listed.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Unusable("mcp_programs_unreadable") from None


def _program(entry: dict) -> Program:
    args, env = entry.get("args", []), entry.get("env", {})
    texts = [entry["command"], *args, *env, *env.values()]
    if not all(isinstance(text, str) and "\0" not in text for text in texts):
        raise TypeError
    return Program(entry["command"], tuple(args), tuple(env.items()))
