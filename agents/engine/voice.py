"""What a reply has said so far, whatever protocol it came by."""

from collections.abc import Callable

from agents.engine.endings import kind_of
from agents.engine.errors import TooLong
from agents.engine.usage import Usage
from agents.engine.values import Event, Finish, Limits, Reasoning, Reconsidered, Text, ToolCall

Sink = Callable[[Event], None]

MOST_BLANKS = 1000  # characters that are held back until words follow


class Voice:
    """Hands events to the sink, and knows what was handed over.

    `has_spoken` forbids another try; `has_begun` tells that the model answers, though perhaps nothing could be
    handed over yet (a call whose arguments are still on their way). `has_answered`: there are words of an answer.
    """

    def __init__(self, sink: Sink, limits: Limits) -> None:
        self.sink = sink
        self.limits = limits
        self.has_spoken = False
        self.has_begun = False
        self.has_called = False
        self.has_answered = False
        self.is_done = False  # nothing more is expected, usage neither
        self.finish_reason: str | None = None  # in the service's own words
        self.explanation = ""  # of the end, where the service gives one
        self.usage: Usage | None = None
        self.size = 0  # characters received
        self._stretch: type[Text] | type[Reasoning] | None = None
        self._blanks: str | None = None  # of a stretch that has no words yet

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
        """Hand over some text. Blanks wait for the words that they stand before: a stretch of blanks says nothing.

        What has come is counted by the caller.
        """
        if kind is not self._stretch:
            self._stretch, self._blanks = kind, ""
        if self._blanks is None or (text := self._with_blanks(kind, text)):
            self.hand(kind(text))

    def _with_blanks(self, kind: type[Text] | type[Reasoning], text: str) -> str:
        """Return the first words of a stretch with the blanks before them, '' as long as there are none."""
        text = self._blanks + text
        is_blank = not text or text.isspace()
        self.has_answered = self.has_answered or (kind is Text and not is_blank)
        if is_blank and len(text) < MOST_BLANKS:
            self._blanks = text
            return ""
        self._blanks = None
        return text

    def say_blanks(self) -> None:
        """Hand over the blanks that wait for words: what follows is about them."""
        if self._blanks:
            blanks, self._blanks = self._blanks, None
            self.hand(self._stretch(blanks))

    def reconsider(self) -> None:
        """What was handed over as text was a thought, and so was the text that it goes on with."""
        self._stretch, self.has_answered = None, False
        self.hand(Reconsidered())

    def hand(self, event: Event) -> None:
        """Hand over a part of the answer."""
        self.has_spoken = self.has_begun = True
        if type(event) is ToolCall:
            self.has_called = True
        self.sink(event)

    def end(self) -> None:
        """Hand on what was held back. Called once, however the stream ended."""

    @property
    def finish(self) -> Finish:
        """Why it ended; some services end an answer of calls as any other."""
        reason = kind_of(self.finish_reason)
        return Finish("tool_calls" if reason == "stop" and self.has_called else reason)
