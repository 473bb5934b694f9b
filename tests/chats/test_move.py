"""A chat moves between its person's own workspace and a team, with everything in it."""

import pytest

from agents.models import Run
from chats.models import Chat
from teams.models import AuditEntry
from tests import factories
from tests.factories import ChatFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(team, bob):
    """A chat that Bob began in Alice's team, with an answer and its run."""
    chat = ChatFactory(user=bob, team=team)
    answer = factories.exchange(chat)
    answer.run = factories.run(chat, status="succeeded", finished_at="2026-01-01T00:00Z")
    answer.save()
    return chat


def test_into_a_team(alice, bob, team, chat, sign_in):
    factories.exchange(chat, "CANARY question")
    client = sign_in(alice)
    shown = client.get(f"/app/chats/{chat.pk}/move/").content.decode()
    assert "Everybody in the team can read them" in shown
    there = f"/team/{team.slug}/chats/{chat.pk}/"
    assert client.post(f"/app/chats/{chat.pk}/move/", {"to": str(team.pk)}).url == there
    chat.refresh_from_db()
    assert (chat.team, chat.user) == (team, alice)
    assert "CANARY question" in sign_in(bob).get(there).content.decode()
    assert client.get(f"/app/chats/{chat.pk}/").status_code == 404
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.team, entry.data) == ("chat.moved", alice, team, {"to": "team"})


@pytest.mark.parametrize("who", ["alice", "bob"], ids=["admin", "beginner"])
def test_home_again(request, team, shared, sign_in, who):
    mover = request.getfixturevalue(who)
    other = request.getfixturevalue({"alice": "bob", "bob": "alice"}[who])
    client, path = sign_in(mover), f"/team/{team.slug}/chats/{shared.pk}/"
    assert client.post(f"{path}move/", {"to": "personal"}).url == f"/app/chats/{shared.pk}/"
    shared.refresh_from_db()
    assert (shared.team, shared.user) == (None, mover)
    assert not Run.objects.filter(team=team).exists()
    assert client.get(path).status_code == 404
    assert sign_in(other).get(path).status_code == 404
    assert sign_in(other).get(f"/app/chats/{shared.pk}/").status_code == 404


def test_a_member_takes_nothing_that_another_began(alice, bob, team, sign_in):
    chat = ChatFactory(user=alice, team=team)
    response = sign_in(bob).post(f"/team/{team.slug}/chats/{chat.pk}/move/", {"to": "personal"})
    assert response.status_code == 409
    assert Chat.objects.get().team == team


def test_not_into_a_team_of_others(alice, chat, sign_in):
    for to in (TeamFactory().pk, "personal", "", "x"):
        assert sign_in(alice).post(f"/app/chats/{chat.pk}/move/", {"to": str(to)}).status_code == 422
    assert Chat.objects.get().team is None


def test_without_a_team_the_way_to_one_is_shown(alice, chat, sign_in):
    shown = sign_in(alice).get(f"/app/chats/{chat.pk}/move/").content.decode()
    assert "You are in no team yet" in shown


def test_refused_while_a_reply_runs(alice, team, chat, sign_in):
    answer = factories.exchange(chat)
    answer.run = factories.run(chat, status="running")
    answer.save()
    response = sign_in(alice).post(f"/app/chats/{chat.pk}/move/", {"to": str(team.pk)})
    assert response.status_code == 409
    assert "Stop it first" in response.content.decode()
    assert Chat.objects.get().team is None
