"""A partial reply: what has come of an answer so far, whatever protocol it came by."""

from collections.abc import Callable, Iterable

from agents.engine.endings import kind_of
from agents.engine.errors import ConnectFailed, CutOff, EngineError, NothingCame, TooLong
from agents.engine.thoughts import Said, Thoughts
from agents.engine.usage import Usage
from agents.engine.values import Event, Finish, Limits, Reasoning, Reconsidered, Text, ToolCall
from sambung.lib.reference_marks import Marks

Sink = Callable[[Event], None]

MOST_BLANKS = 1000  # characters that are held back until words follow


class PartialReply:
    """Hands events to the sink, and knows what was handed over.

    `has_spoken` forbids another try; `has_begun` tells that the model answers, though perhaps nothing could be
    handed over yet (a call whose arguments are still on their way). `has_answered`: there are words of an answer.
    `begun` is the text that the answer goes on with.
    """

    def __init__(self, sink: Sink, limits: Limits, begun: str = "") -> None:
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
        self._marks = Marks()
        self._thoughts = Thoughts(begun)
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

    def take(self, kind: type[Text] | type[Reasoning], text: str) -> None:
        """Hand over what came as a thought, or as content, which may be a thought, too. Raises TooLong."""
        if kind is Reasoning:
            self._thoughts.is_parsed = True
            if self._thoughts.held or self._marks.held:
                self.say_held()
            self.say(Reasoning, text)
        elif settled := self._marks.feed(text):
            self._take_content(settled)
        self.count(len(text))

    def _take_content(self, text: str) -> None:
        if self._thoughts.is_plain(text):
            self.say(Text, text)
        else:
            self._say_all(self._thoughts.feed(text))

    def _say_all(self, said: Iterable[Said]) -> None:
        for kind, text in said:
            if kind is Reconsidered:
                self.reconsider()
            elif text:
                self.say(kind, text)

    def say_held(self, *, goes_on: bool = False) -> None:
        """Hand over what was held back of the content; `goes_on` as in `Thoughts.end`."""
        if held := self._marks.end():
            self._take_content(held)
        self._say_all(self._thoughts.end(goes_on=goes_on))

    def leave(self, *, goes_on: bool = False) -> None:
        """The content ends here, for a call or what is wanted back with it: what follows is read anew."""
        self.say_held(goes_on=goes_on)
        is_parsed, self._thoughts = self._thoughts.is_parsed, Thoughts()
        self._thoughts.is_parsed = is_parsed

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

    def broken(self, *, is_cut: bool) -> EngineError:
        """Return why an answer without an end is none; `is_cut`: the connection broke, rather than the body ended."""
        if self.has_spoken:
            return CutOff()
        return ConnectFailed() if is_cut else NothingCame()

    @property
    def finish(self) -> Finish:
        """Why it ended; some services end an answer of calls as any other, or announce calls that never come."""
        match kind_of(self.finish_reason), self.has_called:
            case "stop", True:
                return Finish("tool_calls")
            case "tool_calls", False:
                return Finish("no_call")
            case reason, _:
                return Finish(reason)
