"""Documents of Alice's, and of her team; and coroutines in tests that hold a transaction: what they do in threads is
done where its rows are."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue

import pytest

from documents.knowledge import indexing
from documents.models import Document
from tests import factories

#: Who does something in a thread while a document is read.
_THREADED = (
    *(f"documents.knowledge.{name}" for name in ("indexing", "tool", "addresses", "seeing")),
    "agents.toolkits.fetching",
)


@pytest.fixture
def write(alice) -> Callable[..., Document]:
    """Make a document of Alice's."""

    def make(content: str = "", **fields) -> Document:
        return factories.document(alice, content=content, **fields)

    return make


@pytest.fixture
def document(alice, team) -> Document:
    """A document of the team's, with three lines."""
    return factories.document(alice, team)


class Beside:
    """Runs a coroutine in another thread; calls that it makes by `in_thread` come back to the test's."""

    def __init__(self) -> None:
        self._calls: SimpleQueue = SimpleQueue()

    async def in_thread(self, function, *args, **kwargs):
        done = Future()
        self._calls.put((done, partial(function, *args, **kwargs)))
        return await asyncio.wrap_future(done)

    def run(self, coroutine: Coroutine):
        """Return what it returns."""
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(asyncio.run, coroutine)
            running.add_done_callback(lambda _future: self._calls.put(None))
            while (call := self._calls.get()) is not None:
                done, act = call
                try:
                    done.set_result(act())
                except BaseException as error:
                    done.set_exception(error)
            return running.result()


@pytest.fixture
def beside(monkeypatch) -> Beside:
    found = Beside()
    for module in _THREADED:
        monkeypatch.setattr(f"{module}.in_thread", found.in_thread)
    return found


@pytest.fixture
def work(beside) -> Callable[[Document], Document]:
    """Do the job that reads and indexes a document; give the document as it is then."""

    def done(document: Document) -> Document:
        beside.run(indexing.index_document.func(str(document.pk)))
        document.refresh_from_db()
        return document

    return done
