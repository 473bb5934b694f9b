"""What people may have to wait for, each kind with slots of its own, so that nobody holds up the others.

A kind has so many slots, and a person has one of them at most. A slot is had at once or not at all: whoever gets none
is told so. Waiting itself is done aside (`threads.aside`): no thread and no connection that others need is held.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext, gettext_noop

from sambung.lib import threads

#: Who asks: a person's id, or where a stranger comes from. Empty in a job, whose number is bounded by the worker.
asks_for: ContextVar[str] = ContextVar("asks_for", default="")

YOURS = gettext_noop("You have begun this once already, and it is not done yet. Try again in a moment.")
FULL = gettext_noop("Many people are doing this at the moment. Try again in a moment.")
AGAIN = 5  # seconds


class NotNow(Exception):
    """It cannot be done now. The sentence is marked for translation; `status` is the answer's."""

    status = 503

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    @property
    def words(self) -> str:
        """The sentence in the present language."""
        return gettext(self.sentence)


class Busy(NotNow):
    """There is no slot."""

    code = "busy"


class TwiceAtOnce(Busy):
    """The person has a slot of this kind already."""

    status, code = 429, "begun_already"


class Act:
    """A kind of wait, which `at_once` people may be in."""

    def __init__(self, name: str, at_once: int) -> None:
        self.name, self.at_once = name, at_once
        self._held: set[str] = set()
        self._lock = threading.Lock()
        ACTS.append(self)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait in here. Raises Busy at once where there is no slot, and Misplaced where nothing may wait."""
        threads.check_may_wait()
        person = asks_for.get()
        self._take(person)
        try:
            with threads.aside():
                yield
        finally:
            self._held.discard(person)

    def _take(self, person: str) -> None:
        if not person:
            return
        with self._lock:
            if person in self._held:
                raise TwiceAtOnce(YOURS)
            if len(self._held) >= self.at_once:
                raise Busy(FULL)
            self._held.add(person)


ACTS: list[Act] = []

READING = Act("reading", 4)  # a file that was sent: a process of up to a gigabyte and a half
PICTURES = Act("pictures", 4)  # of people: they are drawn one after the other
HASHING = Act("hashing", 4)  # passwords: a tenth of a second and 16 MB each
KEYS = Act("keys", 8)  # to providers, tested and asked for their models
SERVERS = Act("servers", 8)  # MCP servers, looked at and signed in at
TOOLS = Act("tools", 8)  # that somebody tries
TESTS = Act("tests", 4)  # of workflows: all of one, for up to a minute
COUNTING = Act("counting", 8)  # by a model's server, of tokens
IMAGES = Act("images", 8)  # from elsewhere, in a message
PROVIDERS = Act("providers", 8)  # of accounts elsewhere, to sign in with
RUNS = Act("runs", 16)  # of workflows, whose output a webhook is answered with
MAIL = Act("mail", 8)  # that leaves by a job, which is bounded by its worker
