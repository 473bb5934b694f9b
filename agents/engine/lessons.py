"""What one reply learns from refusals: it is asked again without what the model does not take."""

from dataclasses import replace

from agents.engine.errors import BadRequest, EngineError
from agents.engine.manners import applied
from agents.engine.refusals import lesson
from agents.engine.values import Ask, Event, Learned, Manners
from agents.engine.voice import Sink


class Lessons:
    """Holds the request as it is sent now, and tells the sink what was learned once that has helped.

    `most`: how often a request may be changed.
    """

    def __init__(self, ask: Ask, sink: Sink, most: int) -> None:
        self.ask = applied(ask)
        self._given, self._sink, self._left = ask, sink, most
        self._last: Learned | None = None

    def learn(self, error: EngineError) -> bool:
        """Take a refusal; whether the request has changed by it and can be sent again.

        Raises BadRequest where it has changed too often: what was understood is a refusal, whatever its status.
        """
        if (found := lesson(error, self.ask)) is None:
            return False
        self._tell()  # what was refused this time is another thing: the last lesson helped
        if self._left <= 0:
            raise BadRequest(found.words)
        self._left -= 1
        self._last = found
        self._given = replace(self._given, manners=self._given.manners | found.manners)
        self.ask = applied(self._given)
        return True

    def hand(self, event: Event) -> None:
        """Be the sink of an attempt: the model answers, so the last lesson has helped."""
        self._tell()
        self._sink(event)

    def _tell(self) -> None:
        if self._last:
            self._sink(self._last if self._last.is_lasting else replace(self._last, manners=Manners()))
            self._last = None
