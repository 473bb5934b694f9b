"""The workers of a web process: which jobs each of them takes."""

import asyncio

import pytest
from procrastinate.contrib.django import app

from documents.knowledge import progress
from sambung.lifespan import Process


class Jobs:
    """Notes with what a worker is run."""

    def __init__(self) -> None:
        self.run: list[dict] = []

    async def run_worker_async(self, **how) -> None:
        self.run.append(how)


@pytest.fixture
def workers() -> list[dict]:
    """What the workers of a process are run with."""
    process = Process()
    process._jobs = jobs = Jobs()
    asyncio.run(process._work())
    asyncio.run(process._work_on_documents())
    asyncio.run(process._work_on_vectors())
    return jobs.run


def test_documents_are_read_one_at_a_time_in_a_queue_that_nothing_else_waits_in(workers):
    others, documents, vectors = workers
    assert (documents["queues"], documents["concurrency"]) == ([progress.QUEUE], 1)
    assert progress.QUEUE not in others["queues"] + vectors["queues"]


def test_every_job_is_in_a_queue_that_is_worked_on(workers):
    worked = {queue for worker in workers for queue in worker["queues"]}
    assert {task.queue for task in app.tasks.values()} <= worked
