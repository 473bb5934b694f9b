"""Manners of real servers that no documentation tells. Each was met by somebody, and any may come with any other.

In a model's name a manner is `key_value`, e.g. `fake-plain-n4-tool-ids_empty-index_zero`. The keys are the fields of
`Manners`, what each may say stands in `VALUES`; the first value is the documented way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Protocol, Self

#: A thought among the content: what stands before and behind it. `rest` is the end of a thought that began before.
TAGS = {
    "think": ("<think>\n", "\n</think>\n\n"),
    "lone": ("", "\n</think>\n\n"),
    "close": ("", "</think>"),
    "mistral": ("[THINK]", "[/THINK]"),
    "thought": ("<thought>", "</thought>\n"),
    "reasoning": ("<reasoning>\n", "\n</reasoning>\n\n"),
    "unclosed": ("<think>\n", ""),
    "rest": ("</think>\n\n", ""),
}
#: A thought beside the content: the delta, with a NUL in the place of its words.
DELTAS = {
    "field": {"reasoning_content": "\0"},
    "short": {"reasoning": "\0"},
    "object": {"reasoning": {"content": "\0"}},
    "details": {"reasoning_details": [{"type": "reasoning.text", "text": "\0", "index": 0}]},
    "summary": {"reasoning": None, "reasoning_details": [{"type": "reasoning.summary", "summary": "\0"}]},
    "parts": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "\0"}]}]},
    "thinking": {"content": "", "thinking": "\0"},
}
#: An error in the middle of a stream, as different servers word it.
WORDS = "scripted in-stream failure"
_ERRORS = {
    "object": 'data: {"error": {"message": "%s", "type": "server_error"}}\n\n',
    "event": 'event: error\ndata: {"message": "%s"}\n\n',
    "bare": 'data: {"object": "error", "message": "%s", "type": "BadRequestError", "code": 400}\n\n',
    "typed": 'data: {"type": "error", "message": "%s"}\n\n',
    "text": "event: error\ndata: %s\n\n",
    "line": '{"error": {"message": "%s"}}\n',
    "string": 'data: {"error": "%s"}\n\n',
    "choice": 'data: {"choices": [{"delta": {}, "finish_reason": "error", "error": {"message": "%s"}}]}\n\n',
}
ERRORS = {kind: error % WORDS for kind, error in _ERRORS.items()}
TYPES = {
    "stream": "text/event-stream",
    "json": "application/json",
    "problem": "application/problem+json",
    "plain": "text/plain; charset=utf-8",
    "html": "text/html",
    "binary": "application/octet-stream",
}
NOISE = {
    "none": b"",
    "comments": b": PROCESSING\n\n: PROCESSING\n\n",
    "blank": b"\n\n \n",
    "mark": b"\xef\xbb\xbf",
    "named": b"event: message\nid: 1\nretry: 100\n",
}
LINE_ENDS = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}
VALUES = {
    "ids": ("own", "empty", "none", "new", "late"),
    "index": ("own", "zero", "none"),
    "names": ("once", "always", "halves"),
    "args": ("pieces", "whole", "object"),
    "thoughts": ("field", *DELTAS, *TAGS),
    "nulls": ("null", "text", "empty"),
    "errors": ("object", *ERRORS),
    "type": ("stream", *TYPES),
    "noise": ("none", *NOISE),
    "ends": ("lf", *LINE_ENDS),
    "last": ("whole", "open"),  # whether the very last line has an end
    "body": ("stream", "whole"),  # whole: one piece of JSON, whatever was asked for
}


class Called(Protocol):
    """A call of a script."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Manners:
    """How one server behaves. `finish` and `block` are words of its own for the end; '' = the usual ones."""

    ids: str = "own"
    index: str = "own"
    names: str = "once"
    args: str = "pieces"
    thoughts: str = "field"
    nulls: str = "null"
    errors: str = "object"
    type: str = "stream"
    noise: str = "none"
    ends: str = "lf"
    last: str = "whole"
    body: str = "stream"
    finish: str = ""
    block: str = ""

    def having(self, key: str, value: str) -> Self | None:
        """Return these with another one; None for what is no manner."""
        known = key in {field.name for field in fields(self)} and value in VALUES.get(key, (value,))
        return replace(self, **{key: value}) if known else None

    @property
    def tags(self) -> tuple[str, str]:
        """What stands around a thought that is sent as content."""
        return TAGS.get(self.thoughts, ("", ""))

    @property
    def null(self) -> str | None:
        """The finish_reason of what is not finished."""
        return {"null": None, "text": "null", "empty": ""}[self.nulls]

    def sent(self, data: bytes) -> bytes:
        """Return bytes with the line ends of this server."""
        return data if self.ends == "lf" else data.replace(b"\n", LINE_ENDS[self.ends])

    def cut(self, index: int, call: Called) -> Iterator[dict]:
        """Return a call as the pieces of `tool_calls`."""
        halves = [call.name[: len(call.name) // 2], call.name[len(call.name) // 2 :]]
        names = {"once": [call.name], "halves": halves, "always": [call.name] * 1000}[self.names]
        written = [call.arguments[at : at + 8] for at in range(0, len(call.arguments), 8)] or [""]
        pieces: list = [""] * max(1, len(halves) if self.names == "halves" else 1) + written
        if self.args != "pieces":
            pieces = [""] * (len(names) - 1 if self.names == "halves" else 0) + [call.arguments]
        for n, arguments in enumerate(pieces):
            function = {"name": names[n]} if n < len(names) else {}
            piece = {"type": "function", "function": function | {"arguments": arguments}}
            yield piece | self._numbered(index) | self._named(call.id, n, is_last=n == len(pieces) - 1)

    def _numbered(self, index: int) -> dict:
        return {"own": {"index": index}, "zero": {"index": 0}, "none": {}}[self.index]

    def _named(self, id_: str, n: int, *, is_last: bool) -> dict:
        match self.ids:
            case "own":
                return {"id": id_} if n == 0 else {}
            case "empty":
                return {"id": "" if n else id_}
            case "new":
                return {"id": f"{id_}_{n}"}
            case "late":
                return {"id": id_} if n == 1 or (n == 0 and is_last) else {"id": None}
        return {}


DOCUMENTED = Manners()
