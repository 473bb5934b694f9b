"""Work on agents that nobody watches: it is known to the worker, and cleans up."""

import contextlib
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from agents import tasks
from agents.definitions import drafts
from agents.models import AgentDraft


def test_the_worker_knows_them():
    periodic = {found.task.name for found in jobs.periodic_registry.periodic_tasks.values()}
    assert "agents.clean_up" in periodic
    assert {"agents.clean_up", "agents.write_draft"} <= set(jobs.tasks)


@pytest.mark.django_db
def test_what_is_old_goes(alice, monkeypatch):
    async def here(function, *args):
        return function(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(tasks, "in_thread", here)
    AgentDraft.objects.create(user=alice, sentence="Helps.")
    AgentDraft.objects.update(created_at=timezone.now() - drafts.KEPT - timedelta(hours=1))
    with contextlib.suppress(StopIteration):
        tasks.clean_up.func(0).send(None)
    assert not AgentDraft.objects.exists()
