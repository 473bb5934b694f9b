"""Work that nobody watches: the rescue, cleaning up."""

import contextlib
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from agents import tasks as agents_tasks
from agents.models import Run
from agents.runs import lifecycle, runtime
from chats.actions import housekeeping
from chats.models import Chat
from teams import trash
from tests.factories import ChatFactory, begin, exchange, message, run


# ---- cleaning up -----------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ({"is_temporary": True, "age": 25}, False),
        ({"is_temporary": True, "age": 23}, True),
        ({"age": 24 * 400}, True),
        ({"age": 1, "deleted": 24 * 31}, False),
        ({"age": 24 * 400, "deleted": 24 * 29}, True),
        ({"is_temporary": True, "age": 25, "status": "running"}, True),
        ({"is_temporary": True, "age": 25, "status": "succeeded"}, False),
    ],
    ids=["temporary", "fresh", "old", "deleted", "deleted-lately", "replying", "replied"],
)
def test_clean_up(alice, given, is_kept):
    now, hour = timezone.now(), timedelta(hours=1)
    status, deleted = given.pop("status", None), given.pop("deleted", None)
    chat = ChatFactory(user=alice, updated_at=now - given.pop("age") * hour, **given)
    if status:
        finished = {"finished_at": now} if status == "succeeded" else {}
        message(chat, "assistant", "", run=run(chat, status=status, **finished))
    if deleted:
        Chat.objects.filter(pk=chat.pk).update(deleted_at=now - deleted * hour)
    housekeeping.clean_up()
    trash.remove_old()
    assert Chat.objects.filter(pk=chat.pk).exists() is is_kept


@pytest.mark.django_db
def test_clean_up_takes_the_whole_tree_and_keeps_the_runs(alice):
    chat = ChatFactory(user=alice, is_temporary=True, updated_at=timezone.now() - timedelta(hours=25))
    end = exchange(chat)
    for _ in range(3):
        end = exchange(chat, parent=end)
    given = run(chat, status="failed", finished_at=timezone.now())
    message(chat, "assistant", "", parent=end, run=given)
    housekeeping.clean_up()
    assert not Chat.objects.filter(pk=chat.pk).exists()
    assert Run.objects.filter(pk=given.pk).exists()


# ---- the rescue ------------------------------------------------------------------------------------------
@pytest.fixture
def late(chat, monkeypatch):
    """A reply whose lease is over, and what a rescue in this thread does: its order is told by `done`."""
    given = message(chat, "assistant", "", run=run(chat, lock_key="late"))
    begin(given.run_id, "here")
    Run.objects.filter(pk=given.run_id).update(lease_until=timezone.now() - timedelta(minutes=5))
    done = []

    async def here(function, *args, **kwargs):
        done.append(function.__name__)
        return function(*args, **kwargs)

    async def sleep(seconds):
        done.append(f"{seconds} s")

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(agents_tasks, "in_thread", here)
    monkeypatch.setattr(agents_tasks, "asyncio", SimpleNamespace(sleep=sleep))
    return SimpleNamespace(run=given.run, done=done)


def rescue() -> None:
    with contextlib.suppress(StopIteration):
        agents_tasks.rescue.func(0).send(None)


@pytest.mark.django_db
def test_the_rescue_leaves_what_its_own_process_is_at(late, monkeypatch):
    """The process stood still, or could not write, for longer than a lease: its heartbeat comes first."""

    async def beat():
        late.done.append("beat")

    served = SimpleNamespace(beat=beat, held=[late.run.pk], hub=None)
    monkeypatch.setattr(runtime, "current", lambda: served)
    rescue()
    late.run.refresh_from_db()
    assert (late.done, late.run.status) == (["beat", "rescue"], "running")


@pytest.mark.django_db
@pytest.mark.parametrize("lives", [True, False])
def test_the_rescue_of_a_worker_gives_holders_the_time_to_renew(late, monkeypatch, lives):
    async def sleep(seconds):
        late.done.append(f"{seconds:n} s")
        if lives:
            lifecycle.beat("here", [late.run.pk])

    monkeypatch.setattr(agents_tasks, "asyncio", SimpleNamespace(sleep=sleep))
    rescue()
    late.run.refresh_from_db()
    assert late.done == ["any_dead", "10 s", "rescue"]
    assert late.run.status == ("running" if lives else "interrupted")


@pytest.mark.django_db
def test_the_rescue_of_a_worker_waits_for_nobody_where_all_live(late):
    lifecycle.beat("here", [late.run.pk])
    rescue()
    assert late.done == ["any_dead", "rescue"]


def test_the_periodic_jobs_are_registered():
    """The rescue ends dead runs within 60 s: their lease of 30 s, its own period, and its grace of 10 s."""
    found = {periodic.task.name: periodic.cron for periodic in jobs.periodic_registry.periodic_tasks.values()}
    assert found["agents.rescue"] == "* * * * * */20"
    assert found["chats.clean_up"] == "17 * * * *"
    assert {"agents.rescue", "chats.clean_up", "chats.name_chat"} <= set(jobs.tasks)
