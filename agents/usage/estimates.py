"""About what a call took that nobody counted: it was cut off, or its server does not count."""

import json
from collections.abc import Iterable, Mapping, Sequence

from agents import engine
from agents.engine import Ask, Turn, Usage


def read_by(ask: Ask) -> int:
    """About how many tokens a model reads of a request: the conversation, and the tools that go along."""
    told = [[tool.name, tool.description, dict(tool.parameters)] for tool in ask.tools]
    return of_turns(ask.turns) + (engine.estimate(json.dumps(told)) if told else 0)


def of_turns(turns: Iterable[Turn]) -> int:
    """About how many tokens a conversation takes."""
    return sum(engine.estimate(turn.weight) for turn in turns)


def size(text: str) -> int:
    """The bytes of a text."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def written(said: int) -> int:
    """About how many tokens so many bytes are."""
    return -(-said // engine.BYTES_A_TOKEN)


def of_parts(question: int, base: Sequence[Mapping], parts: Sequence[Mapping]) -> list[Usage]:
    """About what each call took that added to a reply of parts `base` what makes it `parts`.

    `question`: tokens of the conversation above it. A model is asked anew behind each step of results.
    """
    found, read, said = [], question, 0
    for n, part in enumerate(parts):
        whole = _bytes(part)
        if part["type"] == "tool-result" and said:
            found.append(Usage(read, written(said)))
            read, said = read + written(said), 0
        new = 0 if part["type"] == "tool-result" else whole - (_bytes(base[n]) if n < len(base) else 0)
        said += max(new, 0)
        read += written(whole - max(new, 0))
    return [*found, Usage(read, written(said))] if said else found


def _bytes(part: Mapping) -> int:
    return size(part["text"] if part["type"] == "reasoning" else Turn("assistant", (part,)).weight)
