"""Under which names a model gets its tools."""

import re

from agents import engine, tools
from agents.tools.binding import named_for_model


def tool(prefix: str, name: str) -> tools.Tool:
    return tools.Tool("mcp", "server", name, name, "", {"type": "object"}, prefix=prefix)


def test_names_are_distinct_and_what_every_provider_takes():
    given = [tool("365-mail", "go"), tool("", "3d.print"), tool("", "3d_print"), tool("1" * 60, "look"), tool("a", "b")]
    given += [tool("1" * 60, "lookup"), tool("_365-mail", "go")]
    found = named_for_model(given)
    assert list(found.values()) == given
    assert list(found)[:3] == ["_365-mail_go", "_3d_print", "_3d_print_2"]
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", name) for name in found)
    assert [engine.tool_name(name) for name in found] == list(found), "the engine leaves them as they are"
