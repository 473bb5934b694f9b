"""The tap: bytes of a chat stream in, events out to the sink at once. Pure: no network, no model library.

The protocol is OpenAI's: server-sent events whose data lines are JSON chunks, ended by `[DONE]`.
"""

from dataclasses import dataclass, field

import orjson

from agents.engine.errors import Garbled
from agents.engine.values import Limits, Reasoning, Text, ToolCall
from agents.engine.voice import Sink, Voice

DONE = b"[DONE]"
OPEN, CLOSE = "<think>", "</think>"
NO_OBJECT = "The arguments are not a JSON object."


class Reported(Exception):
    """The server put an error object into its stream; `body` is that object."""

    def __init__(self, body: dict) -> None:
        super().__init__(str(body.get("message", "")))
        self.body = body


class Lines:
    """Cuts bytes into lines, however they arrive."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._rest: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> tuple[list[bytes], bool]:
        """Take some bytes; give the lines they complete, and whether a line has outgrown the limit.

        Lines before the one that is too long are given, those after it are not.
        """
        *lines, rest = data.split(b"\n")
        if lines and self._rest:
            lines[0] = b"".join((*self._rest, lines[0]))
            self._rest, self._size = [], 0
        if rest:
            self._rest.append(rest)
            self._size += len(rest)
        for at, line in enumerate(lines):
            if len(line) > self.limit:
                return lines[:at], True
        return lines, self._size > self.limit


class ThinkTags:
    """Takes `<think>…</think>` at the very start of an answer for reasoning, as some servers send it.

    Anywhere else the tags are text: an answer may well talk about them.
    """

    def __init__(self, is_open: bool = True) -> None:
        self.mode = "start" if is_open else "text"
        self._held = ""

    def feed(self, text: str) -> list[tuple[type[Text] | type[Reasoning], str]]:
        """Take a piece of content; give what can be told apart by now, in order."""
        if self.mode == "text":
            return [(Text, text)]
        text, self._held = self._held + text, ""
        if self.mode == "start":
            return self._start(text)
        if self.mode == "thinking":
            return self._think(text)
        if not (text := text.lstrip()):  # blanks between the thought and the answer
            return []
        self.mode = "text"
        return [(Text, text)]

    def _start(self, text: str) -> list[tuple[type[Text] | type[Reasoning], str]]:
        seen = text.lstrip()
        if seen.startswith(OPEN):
            self.mode = "thinking"
            return self._think(seen[len(OPEN) :])
        if OPEN.startswith(seen):
            self._held = text
            return []
        self.mode = "text"
        return [(Text, text)]

    def _think(self, text: str) -> list[tuple[type[Text] | type[Reasoning], str]]:
        thought, is_closed, answer = text.partition(CLOSE)
        if is_closed:
            self.mode = "after"
            return [(Reasoning, thought), *self.feed(answer)]
        keep = next((n for n in range(len(CLOSE) - 1, 0, -1) if text.endswith(CLOSE[:n])), 0)
        self._held = text[len(text) - keep :]
        return [(Reasoning, text[: len(text) - keep])]

    def end(self) -> list[tuple[type[Text] | type[Reasoning], str]]:
        """Give what was held back for a tag that never came."""
        held, self._held = self._held, ""
        return [(Reasoning if self.mode == "thinking" else Text, held)]


@dataclass
class Call:
    """A tool's call while its arguments arrive."""

    id: str
    index: int | None
    name: str = ""
    pieces: list[str] = field(default_factory=list)

    def whole(self) -> ToolCall:
        """Return it with its arguments read."""
        args, problem = arguments("".join(self.pieces))
        return ToolCall(self.id, self.name, args, problem=problem)


def arguments(text: str) -> tuple[dict, str]:
    """Read a call's arguments; gives them and '', or {} and what is wrong with them."""
    try:
        found = orjson.loads(text) if text.strip() else {}
    except ValueError:
        return {}, NO_OBJECT
    return (found, "") if isinstance(found, dict) else ({}, NO_OBJECT)


class Tap(Voice):
    """Reads one stream and hands every delta to the sink as it arrives.

    What was understood is always delivered before an error is raised. Deltas of one kind that came in one
    read are handed on as one event; calls follow when they are complete. `is_finished` tells whether the stream
    has said that it is complete.
    """

    def __init__(self, sink: Sink, limits: Limits, *, is_continuation: bool = False) -> None:
        super().__init__(sink, limits)
        self.counted: dict | None = None
        self._lines = Lines(limits.line_bytes)
        self._tags = ThinkTags(is_open=not is_continuation)
        self._kind: type[Text | Reasoning] = Text
        self._pending: list[str] = []
        self._calls: list[Call] = []

    @property
    def is_finished(self) -> bool:
        """Whether the terminator was seen: a finish_reason or [DONE]."""
        return self.is_done or self.finish_reason is not None

    def feed(self, data: bytes) -> None:
        """Take bytes as they came. Raises Garbled, TooLong and Reported, after handing on what came
        before.
        """
        try:
            lines, is_too_long = self._lines.feed(data)
            for line in lines:
                self._line(line)
                if self.is_done:
                    return
            if is_too_long:
                raise Garbled
        finally:
            self._deliver()

    def whole(self, data: bytes) -> None:
        """Take an answer that came in one piece of JSON, from a server that does not stream."""
        try:
            self._payload(data)
        finally:
            self._deliver()

    def end(self) -> None:
        """Hand on what was held back, and the calls of a complete answer."""
        for kind, text in self._tags.end():
            self._add(kind, text)
        self._deliver()
        for call in self._calls if self.is_finished else ():
            self.hand(call.whole())

    def _line(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            self._payload(line[5:].strip())
        elif line.startswith(b"error:"):  # llama.cpp before it put errors into data lines
            self._payload(b'{"error":' + line[6:].strip() + b"}")

    def _payload(self, payload: bytes) -> None:
        if payload == DONE:
            self.is_done = True
            return
        if not payload:
            return
        try:
            chunk = orjson.loads(payload)
            if error := chunk.get("error"):
                raise Reported(error if isinstance(error, dict) else {"message": str(error)})
            self._chunk(chunk)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            raise Garbled from error

    def _chunk(self, chunk: dict) -> None:
        usage = chunk.get("usage") or (chunk.get("x_groq") or {}).get("usage")
        if isinstance(usage, dict) and usage:
            self.counted = usage
        if not (choices := chunk.get("choices")):
            return
        choice = choices[0]
        if delta := choice.get("delta") or choice.get("message"):
            self._delta(delta)
        if reason := choice.get("finish_reason"):
            self.finish_reason = str(reason)

    def _delta(self, delta: dict) -> None:
        if thought := delta.get("reasoning_content") or delta.get("reasoning"):
            self._add(Reasoning, thought)
        if content := delta.get("content"):
            if isinstance(content, list):  # some servers send parts even in a delta
                content = "".join(part.get("text") or "" for part in content)
            for kind, text in self._tags.feed(content):
                self._add(kind, text)
        if refusal := delta.get("refusal"):
            self._add(Text, refusal)
        for piece in delta.get("tool_calls") or ():
            self._call(piece)

    def _call(self, piece: dict) -> None:
        function = piece.get("function") or {}
        call = self._call_of(piece.get("id"), piece.get("index"))
        call.name = call.name or function.get("name") or ""
        written = function.get("arguments") or ""
        call.pieces.append(written if isinstance(written, str) else orjson.dumps(written).decode())
        self.count(len(call.pieces[-1]))

    def _call_of(self, id_: str | None, index: int | None) -> Call:
        """Return the call that a piece belongs to. A new id begins a new one: some servers count all of them as 0."""
        if id_ is None:
            known = [call for call in self._calls if call.index == index] or self._calls
        else:
            known = [call for call in self._calls if call.id == id_]
        if not known:
            self._calls.append(Call(id_ or f"call_{len(self._calls)}", index))
        return known[-1] if known else self._calls[-1]

    def _add(self, kind: type[Text] | type[Reasoning], text: str) -> None:
        if not text:
            return
        if not isinstance(text, str):
            raise TypeError(f"A delta holds {type(text).__name__}.")
        if kind is not self._kind:
            self._deliver()
            self._kind = kind
        self._pending.append(text)

    def _deliver(self) -> None:
        if not self._pending:
            return
        text = self._pending[0] if len(self._pending) == 1 else "".join(self._pending)
        self._pending = []
        self.say(self._kind, text)
