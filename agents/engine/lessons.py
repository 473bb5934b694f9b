"""What one reply learns from refusals: it is asked again without what the model does not take."""

from dataclasses import replace

from agents.engine.errors import BadRequest, EngineError, clean
from agents.engine.manners import TURNS, applied, sent
from agents.engine.partial import Sink
from agents.engine.refusals import GUESSED, lesson
from agents.engine.values import Accepted, Ask, Event, Learned, Manners


class Lessons:
    """Holds the request as it is sent now, and tells the sink what was learned once that has helped.

    `most`: how often a request may be changed. A guess after which the same is refused is taken back.
    """

    def __init__(self, ask: Ask, sink: Sink, most: int) -> None:
        self.ask = applied(ask)
        self._given, self._sink, self._left = ask, sink, most
        self._learned: list[Learned] = []  # from the refusal that came last, in as many of its repetitions
        self._before, self._vain = Manners(), frozenset()  # without the last of them; guesses that did not help

    def learn(self, error: EngineError) -> bool:
        """Take a refusal; whether the request has changed by it and can be sent again.

        Raises BadRequest where it has changed too often: what was understood is a refusal, whatever its status.
        """
        is_new = not self._learned or error.refusal is None or not self._is_repeated(error)
        given, vain = self._given, self._vain
        if not is_new and (last := self._learned[-1].what) in GUESSED:
            given, vain = replace(given, manners=self._before), vain | {last}
        if (found := lesson(error, applied(given), frozenset() if is_new else vain)) is None:
            return False
        self._keep(is_new=is_new, vain=vain)
        if self._left <= 0:
            raise BadRequest(found.words)
        self._left -= 1
        self._before = given.manners
        self._learned.append(found)
        self._given = replace(given, manners=given.manners | found.manners)
        self.ask = applied(self._given)
        return True

    def _is_repeated(self, error: EngineError) -> bool:
        return clean(error.refusal.words) == self._learned[-1].words

    def _keep(self, *, is_new: bool, vain: frozenset[str]) -> None:
        """What was refused this time is another thing: all from before has helped. Else the last guess may be vain."""
        if is_new:
            self._tell()
            vain = frozenset()
        self._learned = [one for one in self._learned if one.what not in vain]
        self._vain = vain

    def hand(self, event: Event) -> None:
        """Be the sink of an attempt: the model answers, so what was learned last has helped. What was only accepted may
        still be refused."""
        if self._learned and type(event) is not Accepted:
            self._tell()
        self._sink(event)

    def _tell(self) -> None:
        learned, self._learned = self._learned, []
        for one in learned:
            if self._has_helped(one):
                self._sink(one if one.is_lasting else replace(one, manners=Manners()))

    def _has_helped(self, one: Learned) -> bool:
        """Turns that came to alternate by another lesson needed none."""
        if one.what != TURNS:
            return True
        manners = replace(self._given.manners, without=self._given.manners.without - {TURNS})
        return TURNS in sent(applied(replace(self._given, manners=manners)))
