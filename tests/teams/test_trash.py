"""The trash and the jobs that empty it walk what apps have registered, whatever that is."""

import contextlib
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from agents.models import Agent
from chats.models import Chat, Folder, Prompt
from chats.sharing import chat_links
from chats.views import trash as trash_views
from teams import retention, tasks, trash
from teams.workspace import Workspace
from tests import factories
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch):
    """Jobs work in this thread."""

    async def call(function, *args):
        return function(*args)

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr(tasks, "in_thread", call)


def work(job) -> None:
    with contextlib.suppress(StopIteration):
        job.func(0).send(None)


@pytest.fixture
def listed_agents(monkeypatch):
    """Agents as if the trash page listed them; gives what was taken back."""
    back = []

    def restore(rows):
        back.extend(rows)
        rows.update(deleted_at=None)

    monkeypatch.setattr(trash, "_kinds", dict(trash._kinds) | {"agent": trash.Kind(Agent, "bot", restore)})
    return back


def test_the_worker_knows_the_jobs_by_their_names():
    assert {"teams.clean_up", "chats.retention"} <= set(jobs.tasks)
    periodic = {found.task.name for found in jobs.periodic_registry.periodic_tasks.values()}
    assert {"teams.clean_up", "chats.retention"} <= periodic


def test_what_is_registered_is_on_the_page(alice, sign_in, listed_agents):
    agent = factories.agent(alice, name="Editor", deleted_at=timezone.now())
    page = sign_in(alice).get("/app/deleted/").content.decode()
    assert f'name="agent"\n                value="{agent.pk}"' in page
    sign_in(alice).post("/app/deleted/restore/", {"agent": str(agent.pk)})
    assert listed_agents == [agent]
    assert Agent.objects.get().deleted_at is None


def test_what_is_registered_is_removed_from_the_page(alice, carol, sign_in, listed_agents):
    agent = factories.agent(alice, deleted_at=timezone.now())
    sign_in(carol).post("/app/deleted/remove/", {"agent": str(agent.pk)})
    assert Agent.objects.exists()
    sign_in(alice).post("/app/deleted/remove/", {"agent": str(agent.pk)})
    assert not Agent.objects.exists()


def test_what_cannot_be_taken_back_there_is_not_on_the_page(alice, sign_in):
    factories.agent(alice, name="Editor", deleted_at=timezone.now())
    assert "Editor" not in sign_in(alice).get("/app/deleted/").content.decode()
    assert "agent" not in trash.listed()


def test_the_job_removes_what_is_old_of_every_kind(alice, here):
    at = timezone.now() - trash.KEPT - timedelta(minutes=1)
    ChatFactory(user=alice, deleted_at=at)
    Folder.objects.create(user=alice, name="Old", deleted_at=at)
    Prompt.objects.create(user=alice, name="Old", content="x", deleted_at=at)
    factories.agent(alice, deleted_at=at)
    kept = factories.agent(alice, deleted_at=at + timedelta(minutes=2))
    work(tasks.clean_up)
    assert not any(kind.model.objects.exclude(pk=kept.pk).exists() for kind in trash._kinds.values())
    assert Agent.objects.get() == kept


def test_what_lies_in_another_returns_into_it(alice):
    """A folder is there again before the chat that lay in it."""
    at = timezone.now()
    folder = Folder.objects.create(user=alice, name="Work", deleted_at=at - timedelta(hours=1))
    chat = ChatFactory(user=alice, folder=folder, deleted_at=at)
    trash.restore(trash.rows(alice))
    assert Chat.objects.get(deleted_at=None) == chat
    assert Chat.objects.get().folder == folder


@pytest.mark.parametrize("way", ["chosen", "undone"])
def test_links_that_open_again_are_told(alice, sign_in, client, way):
    folder = Folder.objects.create(user=alice, name="Work")
    shared = [ChatFactory(user=alice, folder=folder), ChatFactory(user=alice)]
    ended = ChatFactory(user=alice)
    for chat in shared:
        chat_links.share(chat=chat, by=alice, mode="live")
    chat_links.share(chat=ended, by=alice, mode="live", expires_at=timezone.now() - timedelta(days=1))
    at = timezone.now()
    Folder.objects.update(deleted_at=at)
    Chat.objects.update(deleted_at=at)
    ids = {"chat": [str(shared[1].pk), str(ended.pk)], "folder": str(folder.pk)}
    path = "restore/" if way == "chosen" else f"{trash_views.undo_url(Workspace(alice), at).rpartition('deleted/')[2]}"
    page = sign_in(alice).post(f"/app/deleted/{path}", ids, follow=True).content.decode()
    assert "2 public links open again." in page
    assert client.get(f"/p/{Chat.objects.get(pk=shared[0].pk).public_token}/").status_code == 200


def test_without_links_none_are_told(alice, sign_in):
    chat = ChatFactory(user=alice, deleted_at=timezone.now())
    page = sign_in(alice).post("/app/deleted/restore/", {"chat": str(chat.pk)}, follow=True).content.decode()
    assert "1 thing is back." in page
    assert "public link" not in page.partition("1 thing is back.")[2][:200]


def test_the_job_of_retention_asks_every_kind_until_nothing_is_left(monkeypatch, here):
    left, done = {"forget": 1, "delete": 2, "announce": 3}, []

    def step(name):
        def act() -> int:
            done.append(name)
            left[name] -= 1
            return 5 if left[name] >= 0 else 0

        return act

    monkeypatch.setattr(retention, "_kinds", [retention.Kind(*map(step, left))])
    work(tasks.keep_for_days)
    assert done == ["forget"] * 2 + ["delete"] * 3 + ["announce"] * 4
