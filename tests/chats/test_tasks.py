"""Work that nobody watches: titles, the rescue, cleaning up."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from agents import catalog, engine
from agents import tasks as agents_tasks
from agents.catalog import servers
from agents.models import Run
from agents.runs import lifecycle, runtime
from chats.actions import housekeeping
from chats.models import Chat
from chats.replies import titles as naming
from chats.replies.titles import name_chat
from tests.factories import ChatFactory, begin, exchange, message, run

MODEL = catalog.Model("openai_compatible", "fake-plain", "Fake", 8192, has_tokenizer=False, can_continue=False)
DEMO = catalog.Model("bundled", "smollm2", "SmolLM2", 2048, has_tokenizer=True, can_continue=True)


# ---- titles ----------------------------------------------------------------------------------------------
@pytest.fixture
def titles(monkeypatch):
    """What the model answers when it is asked for a title; gives the requests. Database work stays in this thread."""
    found = SimpleNamespace(answer=' "A walk in Bogor" ', asked=[])

    async def complete(ask, limits, learn):
        found.asked.append(ask)
        return found.answer

    async def here(function, *args):
        return function(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr("chats.replies.titles.in_thread", here)
    monkeypatch.setattr(engine, "complete", complete)
    monkeypatch.setattr(servers, "models", lambda: [MODEL, DEMO])
    monkeypatch.setattr(servers, "endpoint", lambda provider: engine.Endpoint("openai", "http://127.0.0.1:1/v1"))
    return found


def name(chat) -> str:
    """Run the job; give the title."""
    coroutine = name_chat.func(str(chat.pk))
    with contextlib.suppress(StopIteration):
        coroutine.send(None)
    chat.refresh_from_db()
    return chat.title


@pytest.mark.django_db
def test_the_model_names_the_chat_from_the_first_exchange(chat, titles):
    exchange(chat, "Where shall we walk?", "In Bogor.")
    assert name(chat) == "A walk in Bogor"
    assert chat.metadata["title_by"] == "model"
    assert [turn.parts[0]["text"] for turn in titles.asked[0].turns][1] == "Where shall we walk?\n\nIn Bogor."


@pytest.mark.django_db
@pytest.mark.parametrize(("thinks", "longest"), [(None, naming.TITLE_TOKENS), (True, naming.WITH_THOUGHT)])
def test_a_model_that_thinks_has_room_for_a_title(chat, titles, monkeypatch, thinks, longest):
    monkeypatch.setattr(servers, "models", lambda: [replace(MODEL, reasoning=thinks), DEMO])
    exchange(chat, "Where shall we walk?", "In Bogor.")

    name(chat)

    assert [ask.max_tokens for ask in titles.asked] == [longest]


@pytest.mark.django_db
def test_a_title_of_a_model_has_no_marks(chat, titles):
    exchange(chat)
    titles.answer = "**Title:** A walk in *Bogor*.\n\nIt fits."
    assert name(chat) == "A walk in Bogor"


@pytest.mark.django_db
def test_a_model_that_gives_no_title_leaves_the_first_words(chat, titles, monkeypatch):
    async def nothing(_ask, _limits, _learn):
        raise engine.NothingWithinLength

    monkeypatch.setattr(engine, "complete", nothing)
    exchange(chat)
    title = chat.title
    assert name(chat) == title
    assert "title_by" not in chat.metadata


@pytest.mark.django_db
def test_naming_is_no_activity(chat, titles):
    exchange(chat)
    chat.refresh_from_db()
    before = chat.updated_at
    name(chat)
    assert chat.updated_at == before


@pytest.mark.django_db
def test_a_title_of_a_person_is_not_replaced(chat, titles):
    housekeeping.rename(chat=chat, title="Mine")
    assert name(chat) == "Mine"
    assert titles.asked == []


@pytest.mark.django_db
def test_a_title_given_while_the_model_was_asked_wins(chat, titles, monkeypatch):
    async def complete(ask, limits, learn):
        housekeeping.rename(chat=Chat.objects.get(pk=chat.pk), title="Mine")
        return "Its own"

    monkeypatch.setattr(engine, "complete", complete)
    exchange(chat)
    assert name(chat) == "Mine"


@pytest.mark.django_db
def test_the_bundled_model_is_not_asked(chat, titles):
    Chat.objects.filter(pk=chat.pk).update(provider="bundled", model="smollm2", title="First words")
    assert name(chat) == "First words"
    assert titles.asked == []


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["", " \n ", '""'])
def test_an_empty_answer_leaves_the_first_words(chat, titles, answer):
    titles.answer = answer
    before = chat.title
    assert name(chat) == before
    assert "title_by" not in chat.metadata


@pytest.mark.django_db
@pytest.mark.parametrize(("provider", "jobs_asked"), [("openai_compatible", 1), ("bundled", 0)])
def test_a_title_is_asked_for_after_the_first_exchange(
    chat, alice, answer, monkeypatch, django_capture_on_commit_callbacks, provider, jobs_asked
):
    deferred = []
    monkeypatch.setattr(name_chat, "defer", lambda **given: deferred.append(given))
    Chat.objects.filter(pk=chat.pk).update(provider=provider)
    chat.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        asked = message(chat)
        answer(message(chat, "assistant", "", parent=asked, run=run(chat, lock_key="x")))
    assert deferred == [{"chat": str(chat.pk)}] * jobs_asked


@pytest.mark.django_db
def test_no_title_is_asked_for_after_a_failure(chat, answer, monkeypatch, django_capture_on_commit_callbacks):
    deferred = []
    monkeypatch.setattr(name_chat, "defer", lambda **given: deferred.append(given))
    with django_capture_on_commit_callbacks(execute=True):
        asked = message(chat)
        answer(message(chat, "assistant", "", parent=asked, run=run(chat, lock_key="x")), "", "failed")
    assert deferred == []


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
