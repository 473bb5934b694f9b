"""The tap: bytes of a chat stream in, events out to the sink at once. Pure: no network, no model library.

The protocol is OpenAI's: server-sent events whose data lines are JSON chunks, ended by `[DONE]`. What servers do to it
is read too: a whole answer in one piece of JSON, errors in many shapes, thoughts in fields of many names.
"""

from collections.abc import Iterable

import orjson

from agents.engine.calls import Calls
from agents.engine.complaints import Reported, complaint_of
from agents.engine.errors import Garbled
from agents.engine.lines import Lines, Opening
from agents.engine.partial import PartialReply, Sink
from agents.engine.values import Limits, Reasoning, Text

DONE = b"[DONE]"
#: Fields of a delta that hold a thought, as text or as parts, and fields of such parts that hold its words.
_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")
_WORDS = ("text", "content", "summary", "thinking", "reasoning")
#: Words for "not yet" that some servers write as text.
_NO_REASONS = frozenset({"null", "none", "None"})


class Tap(PartialReply):
    """Reads one answer and hands every delta to the sink as it arrives.

    What was understood is always delivered before an error is raised. Deltas of one kind that came in one
    read are handed on as one event; calls follow when they are complete. `is_finished` tells whether the stream
    has said that it is complete. `begun` is the text that the answer goes on with, `tools` are their names,
    `followed` those whose calls are handed on while they are written.
    """

    def __init__(
        self, sink: Sink, limits: Limits, *, begun: str = "", tools: Iterable[str] = (), followed: Iterable[str] = ()
    ) -> None:
        super().__init__(sink, limits, begun)
        self.counted: dict | None = None
        self._opening, self._is_stream = Opening(limits.line_bytes), False
        self._lines = Lines(limits.line_bytes)
        self._is_error = False  # the event's name says so
        self._kind: type[Text | Reasoning] = Text
        self._pending: list[str] = []
        self._calls, self._followed = Calls(tools), frozenset(followed)

    @property
    def is_finished(self) -> bool:
        """Whether the terminator was seen: a finish_reason or [DONE]."""
        return self.is_done or self.finish_reason is not None

    # ---- bytes -----------------------------------------------------------------------------------------
    def feed(self, data: bytes) -> None:
        """Take bytes as they came. Raises Garbled, TooLong and Reported, after handing on what came
        before.
        """
        if not self._is_stream:
            data = self._opening.feed(data)
            self._is_stream = self._opening.is_stream
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

    def last(self, *, is_cut: bool = False) -> None:
        """The body is over, or the connection broke: take what has no end of a line, or came in one piece.

        Raises Garbled for a whole body that cannot be read, and Reported.
        """
        try:
            if self._is_stream and not self.is_done:
                self._stray(self._lines.rest())
            elif whole := self._opening.whole:
                self._whole(whole, is_cut=is_cut)
        finally:
            self._deliver()

    def _whole(self, data: bytes, *, is_cut: bool) -> None:
        """Take an answer that came in one piece of JSON, from a server that does not stream, or as lines of JSON."""
        try:
            orjson.loads(data)
        except ValueError:
            for line in data.splitlines():
                self._stray(line.strip())
            if not (is_cut or self.is_finished or self.has_begun):
                raise Garbled from None
            return
        self._payload(data)
        self.is_done = True

    def _line(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            self._payload(line[5:].strip())
        elif not line:
            pass
        elif line.startswith(b"event:"):
            self._is_error = line[6:].strip() == b"error"
        elif line.startswith(b"error:"):  # llama.cpp before it put errors into data lines
            self._payload(b'{"error":' + line[6:].strip() + b"}")
        elif line.startswith(b"{"):
            self._stray(line)

    def _stray(self, line: bytes) -> None:
        """Take a line that may be whole: the last one without an end, or JSON that a gateway put among the events."""
        payload = line[5:].strip() if line.startswith(b"data:") else line
        try:
            is_whole = payload == DONE or isinstance(orjson.loads(payload), dict)
        except ValueError:
            return
        if is_whole:
            self._payload(payload)

    # ---- chunks ----------------------------------------------------------------------------------------
    def _payload(self, payload: bytes) -> None:
        if payload == DONE:
            self.is_done = True
            return
        if not payload:
            return
        try:
            chunk = orjson.loads(payload)
            if isinstance(chunk, list):
                (chunk,) = chunk
            self._chunk(chunk)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            if self._is_error:
                raise Reported({"message": payload.decode(errors="replace")}) from None
            raise Garbled from error

    def _chunk(self, chunk: dict) -> None:
        usage = chunk.get("usage") or (chunk.get("x_groq") or {}).get("usage")
        if isinstance(usage, dict) and usage:
            self.counted = usage
        if chunk.get("error") or not (choices := chunk.get("choices")):
            self._without_choices(chunk)
            return
        choice = choices[0]
        if delta := choice.get("delta") or choice.get("message"):
            self._delta(delta)
        elif text := choice.get("text"):
            self._add(Text, text)
        if reason := choice.get("finish_reason"):
            self._end(reason, choice)

    def _without_choices(self, chunk: dict) -> None:
        """A chunk with nothing to say, or an error, in whatever words."""
        if complaint := complaint_of(chunk, is_error=self._is_error):
            raise Reported(complaint)
        if not (self._is_stream or "choices" in chunk):
            raise Garbled  # a whole body that is no answer

    def _end(self, reason: object, choice: dict) -> None:
        if isinstance(error := choice.get("error"), dict):  # OpenRouter's place for it
            raise Reported(error)
        if reason not in _NO_REASONS:
            self.finish_reason = str(reason)

    def _delta(self, delta: dict) -> None:
        content = delta.get("content")
        if isinstance(content, str) and len(delta) == 1:  # most are so
            self._add(Text, content)
            return
        if thought := delta.get("reasoning_content") or delta.get("reasoning"):
            self._add(Reasoning, thought if isinstance(thought, str) else _thought_of(delta))
        elif "reasoning_details" in delta or "thinking" in delta:
            self._add(Reasoning, _thought_of(delta))
        if isinstance(content, list):  # some servers send parts even in a delta
            self._parts(content)
        elif content:
            self._add(Text, content)
        if refusal := delta.get("refusal"):
            self._add(Text, refusal)
        if calls := delta.get("tool_calls") or delta.get("function_call"):
            for piece in calls if isinstance(calls, list) else [calls]:
                self.count(self._calls.add(piece))
                self._follow()

    def _follow(self) -> None:
        """Hand on what has come of a call that is followed. It is not an answer yet: another try may take its place."""
        if self._followed and (news := self._calls.news(self._followed)):
            self.sink(news)

    def _parts(self, parts: list) -> None:
        for part in parts:
            if part.get("type") in ("thinking", "reasoning"):
                self._add(Reasoning, _words_in(part))
            else:
                self._add(Text, part.get("text") or "")

    # ---- what was said ---------------------------------------------------------------------------------
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
        self.take(self._kind, text)

    def end(self) -> None:
        """Hand on what was held back, and the calls of a complete answer."""
        self._deliver()
        calls = self._calls.whole() if self.is_finished else []
        self.say_held(goes_on=bool(calls) or not self.is_finished)
        for call in calls:
            self.hand(call)


def _thought_of(delta: dict) -> str:
    """Return the words of a thought that is no plain text, or in a field of another name: the first that has some."""
    return next((words for name in _THOUGHTS if (words := _words_in(delta.get(name)))), "")


def _words_in(value: object) -> str:
    """Return the words in a text, an object or a list of them; what is hidden or signed has none."""
    match value:
        case str():
            return value
        case list():
            return "".join(map(_words_in, value))
        case dict():
            return next((words for name in _WORDS if (words := _words_in(value.get(name)))), "")
    return ""
