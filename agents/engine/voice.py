"""What a reply has said so far, whatever protocol it came by."""

from collections.abc import Callable

from agents.engine.errors import TooLong
from agents.engine.values import Event, Finish, Limits, Reasoning, Text, ToolCall, Usage

Sink = Callable[[Event], None]

REASONS = {reason: reason for reason in ("stop", "length", "tool_calls", "content_filter")}
REASONS |= {"function_call": "tool_calls", "tool_call": "tool_calls"}  # an older word, and pydantic-ai's


class Voice:
    """Hands events to the sink, and knows what was handed over.

    `has_spoken` forbids another try; `has_begun` tells that the model answers, though perhaps nothing could be
    handed over yet (a call whose arguments are still on their way).
    """

    def __init__(self, sink: Sink, limits: Limits) -> None:
        self.sink = sink
        self.limits = limits
        self.has_spoken = False
        self.has_begun = False
        self.has_called = False
        self.is_done = False  # nothing more is expected, usage neither
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.size = 0  # characters received

    @property
    def is_finished(self) -> bool:
        """Whether the stream has said that it is complete."""
        return self.finish_reason is not None

    def count(self, characters: int) -> None:
        """Note that so much came. Raises TooLong."""
        self.has_begun = True
        self.size += characters
        if self.size > self.limits.text_chars:
            raise TooLong

    def say(self, kind: type[Text] | type[Reasoning], text: str) -> None:
        """Hand over some text. Raises TooLong after the piece that is too much."""
        self.hand(kind(text))
        self.count(len(text))

    def hand(self, event: Event) -> None:
        """Hand over a part of the answer."""
        self.has_spoken = self.has_begun = True
        self.has_called = self.has_called or isinstance(event, ToolCall)
        self.sink(event)

    def end(self) -> None:
        """Hand on what was held back. Called once, however the stream ended."""

    @property
    def finish(self) -> Finish:
        """Why it ended; some services end an answer of calls as any other."""
        reason = REASONS.get(self.finish_reason or "stop", "other")
        return Finish("tool_calls" if reason == "stop" and self.has_called else reason)
