"""An embedding model that is played, and passages to embed."""

import asyncio
import concurrent.futures
import functools
import queue
from collections.abc import Callable, Coroutine

import pytest

from agents import engine
from agents.catalog import Reference
from agents.catalog.values import Model, Reached
from agents.usage import meter
from bench.scripted_embeddings import vector
from documents.knowledge import extraction, index
from documents.models import Document, DocumentExtraction, EmbeddingSpace
from documents.vectors import nearest, spaces
from sambung.lib.files.blocks import Block
from tests import factories

EMBEDS = Reference(None, "openai_compatible", "embed-d16")
PLACE = engine.Endpoint("openai", "http://127.0.0.1:9/v1", trusted=True)


@pytest.fixture
def run(monkeypatch) -> Callable[[Coroutine], object]:
    """Run what waits in a thread of its own, and the database's work in this one, which has the test's rows."""
    asked: queue.SimpleQueue = queue.SimpleQueue()

    async def here(function, *args, **options):
        done = concurrent.futures.Future()
        asked.put((done, functools.partial(function, *args, **options)))
        return await asyncio.wrap_future(done)

    def run(waiting: Coroutine):
        with concurrent.futures.ThreadPoolExecutor(1) as threads:
            result = threads.submit(asyncio.run, waiting)
            result.add_done_callback(lambda _: asked.put(None))
            while work := asked.get():
                done, function = work
                try:
                    done.set_result(function())
                except Exception as error:
                    done.set_exception(error)
            return result.result()

    for module in (spaces, nearest):
        monkeypatch.setattr(module, "in_thread", here)
    return run


@pytest.fixture
def model(monkeypatch) -> list[list[str]]:
    """The texts that the model was given, batch by batch."""
    given = []

    async def embed(reached, texts, payer, *, is_query=False):
        given.append(list(texts))
        return [vector(text, int(reached.model.id.rpartition("-d")[2])) for text in texts]

    def reach(reference):
        return Reached(Model(reference.provider, reference.model, reference.model, 0), PLACE)

    monkeypatch.setattr(meter, "embed", embed)
    monkeypatch.setattr(spaces.embedding, "reach", reach)
    return given


@pytest.fixture
def say(alice) -> Callable[..., Document]:
    """Add a document that is indexed, a passage for each text."""

    def make(*texts: str, by=alice, team=None, title="Plan") -> Document:
        document = factories.document(by, team, content="x", title=title)
        pairs = ((Block("heading", f"# {n}", 1), Block("paragraph", text)) for n, text in enumerate(texts))
        blocks = [block for pair in pairs for block in pair]
        read = {"sha256": "0" * 64, "blocks": extraction.packed(blocks), "version": 1}
        DocumentExtraction.objects.create(document=document, **read)
        index.replace(document, blocks)
        return document

    return make


@pytest.fixture
def live(run, model, db) -> Callable[[], EmbeddingSpace]:
    """Have all that was said embedded, by a space that is in use."""

    def make() -> EmbeddingSpace:
        if not EmbeddingSpace.objects.exists():
            spaces.open_space(EMBEDS)
        run(spaces.work())
        return EmbeddingSpace.objects.get(state="live")

    return make
