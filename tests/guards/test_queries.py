"""How many queries a page takes: pinned, and the same for one row or forty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chats.models import ChatTag, Folder, Tag
from chats.search import filling
from tests.factories import ChatFactory, TeamMemberFactory, exchange, invite
from tests.guards.world import SCRIPT

#: What each request takes today. More is a regression; fewer, and the figure here goes down.
PINNED = {"new chat": 7, "chat": 13, "chat for a script": 9, "list": 3, "palette": 6}
PINNED["send"] = 10  # the last of them tells those who serve replies; here nobody does
PINNED |= {"all chats": 12, "search": 12, "search for a script": 6}


@pytest.fixture(autouse=True)
def known(db) -> None:
    """That the columns of the search are full is asked once in the life of a process."""
    assert filling.columns.are_full()


def _count(client, method: str, path: str, *data, **headers) -> int:
    with CaptureQueriesContext(connection) as seen:
        response = getattr(client, method)(path, *data, headers=headers)
    assert response.status_code in {200, 302}, response.status_code
    return len(seen)


def _is(name: str, *counts: int) -> None:
    print(f"{name}: {counts[0]} queries")
    assert set(counts) == {PINNED[name]}, counts


def test_new_chat(alice, sign_in):
    client = sign_in(alice)
    empty = _count(client, "get", "/app/")
    for _ in range(5):
        exchange(ChatFactory(user=alice))
    busy = _count(client, "get", "/app/")
    for _ in range(5):
        TeamMemberFactory(user=alice)
    _is("new chat", empty, busy, _count(client, "get", "/app/"))


def test_chat(alice, chat, sign_in):
    client, end, counts, parts = sign_in(alice), None, [], []
    for number in range(1, 21):
        end = exchange(chat, parent=end)
        if number in {1, 20}:
            counts.append(_count(client, "get", f"/app/chats/{chat.pk}/"))
            parts.append(_count(client, "get", f"/app/chats/{chat.pk}/", **SCRIPT))
    _is("chat", *counts)
    _is("chat for a script", *parts)


def test_list(alice, sign_in):
    client, counts = sign_in(alice), []
    for many in (5, 35):
        for _ in range(many):
            exchange(ChatFactory(user=alice))
        counts.append(_count(client, "get", "/app/chats/", **SCRIPT))
    _is("list", *counts)


def test_send(alice, chat, sign_in):
    client, counts = sign_in(alice), []
    exchange(chat)
    for parent in range(2):
        path = f"/app/chats/{chat.pk}/messages/"
        counts.append(_count(client, "post", path, {"text": "Hello", "parent": ""}, **SCRIPT))
        chat.messages.filter(run__isnull=False).update(run=None)
        for _ in range(8 * parent):
            exchange(chat)
    _is("send", *counts)


def test_all_chats_and_search(alice, sign_in):
    client, counts, pages, parts = sign_in(alice), [], [], []
    for many in (2, 20):
        for n in range(many):
            folder = Folder.objects.create(user=alice, name=f"Folder {many} {n}")
            chat = ChatFactory(user=alice, title="Water", folder=folder)
            ChatTag.objects.create(chat=chat, tag=Tag.objects.create(user=alice, name=f"tag {many} {n}"))
            exchange(chat, "Water?")
        counts.append(_count(client, "get", "/app/chats/"))
        pages.append(_count(client, "get", "/app/search/?q=water"))
        parts.append(_count(client, "get", "/app/search/?q=water", **SCRIPT))
    _is("all chats", *counts)
    _is("search", *pages)
    _is("search for a script", *parts)


def test_palette(alice, sign_in):
    client, counts = sign_in(alice), []
    for many in (2, 20):
        for _ in range(many):
            ChatFactory(user=alice, title="Water")
            TeamMemberFactory(user=alice)
        counts.append(_count(client, "get", "/app/palette/?q=wat", **SCRIPT))
    _is("palette", *counts)


def test_team_pages_cost_the_same_for_two_members_and_ten(team, bob, sign_in):
    client, counts = sign_in(bob), []
    for many in (0, 8):
        for _ in range(many):
            TeamMemberFactory(team=team)
        counts.append(_count(client, "get", f"/team/{team.slug}/"))
    assert counts[0] == counts[1]


def test_members_cost_the_same_for_two_and_ten(team, alice, sign_in):
    """With an invite, whose mails are asked for as well."""
    client, counts = sign_in(alice), []
    invite(team, email="first@example.org")
    for many in (0, 8):
        for number in range(many):
            TeamMemberFactory(team=team)
            invite(team, email=f"new-{number}@example.org")
        counts.append(_count(client, "get", f"/team/{team.slug}/members/"))
    assert counts[0] == counts[1]


@pytest.fixture(autouse=True)
def _no_listing(monkeypatch):
    """Models come from no server here, so nothing but the database is asked."""
    monkeypatch.setattr("agents.catalog.servers._listing", None)
