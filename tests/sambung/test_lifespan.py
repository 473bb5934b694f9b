"""The workers of a web process: which jobs each of them takes."""

import asyncio

import procrastinate
import pytest
from procrastinate.contrib.django import app

from documents.knowledge import progress
from sambung.lifespan import Process


@pytest.fixture
def workers(monkeypatch) -> list[dict]:
    """What the workers of a process are run with, and which of what goes by the clock each of them looks at."""
    run: list[dict] = []

    async def note(self, **how) -> None:
        run.append(how | {"by the clock": set(self.periodic_registry.periodic_tasks)})

    monkeypatch.setattr(procrastinate.App, "run_worker_async", note)
    process = Process()
    process._jobs = app.with_connector(app.connector)
    for work in process.workers:
        asyncio.run(work())
    return run


def test_documents_are_read_one_at_a_time_in_a_queue_that_nothing_else_waits_in(workers):
    (documents,) = (worker for worker in workers if progress.QUEUE in worker["queues"])
    assert (documents["queues"], documents["concurrency"]) == ([progress.QUEUE], 1)


def test_every_job_is_in_a_queue_that_is_worked_on(workers):
    worked = {queue for worker in workers for queue in worker["queues"]}
    assert {task.queue for task in app.tasks.values()} <= worked


def test_one_worker_alone_looks_at_the_clock(workers):
    first, *others = (worker["by the clock"] for worker in workers)
    assert first == set(app.periodic_registry.periodic_tasks)
    assert others == [set()] * 4
