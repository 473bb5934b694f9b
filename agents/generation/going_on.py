"""Going on with a text that was cut off, by models that cannot be given its beginning as their own.

They get the half as what they said and a turn that asks them to go on, and what comes is joined to the half. They are
asked to begin with its last words: where they do, both fit to the letter, even where a word was cut.
"""

import re
import unicodedata
from collections.abc import Iterable

from agents import engine
from agents.engine import Sink, Turn
from agents.generation import citations
from agents.generation.deltas import SIGNED

ASKED = (
    "Your answer was cut off. Go on exactly where it ends, in the same language and form, and say nothing about this. "
    "Begin with the last words that you wrote, unchanged, so that both can be joined. They are: %s"
)
LAST_WORDS = 60  # characters of the half that are named
HELD = 120  # characters that are looked at before they are shown
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[^\n]*\n?", re.MULTILINE)


def base(parts: Iterable[dict]) -> tuple[dict, ...]:
    """Return the parts of a reply that goes on: without the sources that it cites anew at its end, and without what the
    provider signed of its last text, which will be another.
    """
    found = citations.bare(parts)
    if found and found[-1]["type"] == "text":
        found[-1] = {name: value for name, value in found[-1].items() if name != SIGNED}
    return tuple(found)


def asking(half: str) -> Turn:
    """Return the turn that asks to go on with a text."""
    return Turn.of("user", ASKED % last_words(half))


def last_words(half: str) -> str:
    """Return the end of a text, from where a word begins."""
    text = half.rstrip()
    if len(text) <= LAST_WORDS:
        return text.lstrip()
    end = text[-LAST_WORDS:]
    return end if text[-LAST_WORDS - 1].isspace() else end.partition(" ")[2].lstrip() or end


def joined(half: str, more: str) -> str:
    """Return what of `more` stands behind `half`: without what it repeats, and with a space where one is missing."""
    begun = more.lstrip().removeprefix("…").removeprefix("...").lstrip()
    if len(_FENCE.findall(half)) % 2 and (fence := _FENCE.match(begun)):  # the code has begun already
        begun = begun[fence.end() :]
    text = half.rstrip()
    if repeated := _repeated(text, begun):
        rest = begun[repeated:]
        return rest.lstrip() if text != half else rest
    if not half or half[-1].isspace() or not begun:
        return begun
    lead = more[: len(more) - len(more.lstrip())]
    return (lead or (" " if _want_space(half[-1], begun[0]) else "")) + begun


def _repeated(text: str, begun: str) -> int:
    """How many characters `begun` repeats of the end of a text; they begin where a word begins."""
    for n in range(min(len(text), len(begun)), 0, -1):
        before = text[len(text) - n - 1 : len(text) - n]
        if text.endswith(begun[:n]) and not (before.isalnum() and begun[0].isalnum()):
            return n
    return 0


def _want_space(last: str, first: str) -> bool:
    """Whether two characters belong to two words, in scripts that have spaces between them."""
    if any(unicodedata.east_asian_width(one) in "WF" for one in (last, first)):
        return False
    return (last.isalnum() or last in ".,;:!?)") and first.isalnum()


class Joint:
    """The sink of a reply that goes on: the first words are held back until it is known what they repeat.

    A thought before them would stand in the middle of the text, so it is left out; what is held back is handed on by
    `flush`, however the reply ends.
    """

    def __init__(self, half: str, sink: Sink) -> None:
        self._half, self._sink = half, sink
        self._held: str | None = ""  # None: the text goes on by itself

    def __call__(self, event: engine.Event) -> None:
        match event:
            case engine.Reconsidered():  # what was said so far was a thought, but for the half
                self._held = self._held and ""
            case engine.Text(text) if self._held is not None:
                self._held += text
                if len(self._held.lstrip()) >= HELD:
                    self.flush()
            case engine.Reasoning() | engine.Signature() if self._held is not None:
                pass
            case engine.Allowance() | engine.Usage() | engine.Learned():
                self._sink(event)
            case _:
                self.flush()
                self._sink(event)

    def flush(self) -> None:
        """Hand on what is held back."""
        held, self._held = self._held, None
        if held and (text := joined(self._half, held)):
            self._sink(engine.Text(text))
