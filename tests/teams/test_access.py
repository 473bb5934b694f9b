"""The one door: who gets which rows, at which level, in which workspace."""

import uuid
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404
from django.utils import timezone

from chats.models import Chat, Message
from teams import access
from teams.access import MANAGE, READ, WRITE
from teams.models import Team, TeamMember, User
from teams.workspace import Workspace
from tests.factories import ChatFactory, exchange


def _in(user, team=None):
    """What access needs of a request."""
    return SimpleNamespace(user=user, workspace=Workspace(user, team))


@pytest.fixture
def shared(alice, team) -> Chat:
    return ChatFactory(user=alice, team=team)


@pytest.mark.parametrize("level", [READ, WRITE, MANAGE])
def test_personal_row_is_its_owners_alone(alice, bob, carol, team, chat, level):
    assert access.get(alice, Chat.objects.all(), level, pk=chat.pk) == chat
    for other in (bob, carol):
        with pytest.raises(Http404):
            access.get(other, Chat.objects.all(), level, pk=chat.pk)


def test_team_row_is_every_members(alice, bob, carol, shared):
    for member in (alice, bob):
        assert access.get(member, Chat.objects.all(), WRITE, pk=shared.pk) == shared
    assert access.get(alice, Chat.objects.all(), MANAGE, pk=shared.pk) == shared
    for person, level in ((bob, MANAGE), (carol, READ)):
        with pytest.raises(Http404):
            access.get(person, Chat.objects.all(), level, pk=shared.pk)


def test_row_that_a_person_left_behind_is_not_theirs(alice, shared):
    TeamMember.objects.filter(user=alice).delete()
    with pytest.raises(Http404):
        access.get(alice, Chat.objects.all(), pk=shared.pk)


def test_workspace_narrows(alice, team, chat, shared):
    assert set(access.rows(alice, Chat.objects.all())) == {chat, shared}
    assert set(access.rows(_in(alice), Chat.objects.all())) == {chat}
    assert set(access.rows(_in(alice, team), Chat.objects.all())) == {shared}


def test_by_way_of_the_parent(alice, bob, team, chat, shared):
    own, common = exchange(chat), exchange(shared)
    assert access.get(alice, Message.objects.all(), pk=own.pk) == own
    assert access.get(_in(bob, team), Message.objects.all(), pk=common.pk) == common
    for who in (bob, _in(bob), _in(alice, team)):
        with pytest.raises(Http404):
            access.get(who, Message.objects.all(), pk=own.pk)


def test_deleted_row_is_hidden_with_what_hangs_on_it(alice, chat):
    answer = exchange(chat)
    Chat.objects.filter(pk=chat.pk).update(deleted_at=timezone.now())
    for rows, pk in ((Chat.objects.all(), chat.pk), (Message.objects.all(), answer.pk)):
        with pytest.raises(Http404):
            access.get(alice, rows, pk=pk)
    assert access.get_deleted(_in(alice), Chat.objects.all(), WRITE, pk=chat.pk) == chat


def test_only_deleted_rows_of_ones_own_are_taken_back(alice, carol, chat):
    with pytest.raises(Http404):
        access.get_deleted(_in(alice), Chat.objects.all(), WRITE, pk=chat.pk)
    Chat.objects.filter(pk=chat.pk).update(deleted_at=timezone.now())
    with pytest.raises(Http404):
        access.get_deleted(_in(carol), Chat.objects.all(), WRITE, pk=chat.pk)


@pytest.mark.parametrize("pk", ["not-an-id", "", None, uuid.uuid4(), "00000000-0000-0000-0000-000000000000"])
def test_bad_id_is_absent(alice, pk):
    with pytest.raises(Http404):
        access.get(alice, Chat.objects.all(), pk=pk)


def test_nobody_gets_nothing(alice, chat):
    assert not access.rows(AnonymousUser(), Chat.objects.all()).exists()
    alice.is_active = False
    assert not access.rows(alice, Chat.objects.all()).exists()


def test_people_and_teams(alice, bob, carol, team):
    assert set(access.rows(alice, User.objects.all())) == {alice, bob}
    assert list(access.rows(alice, User.objects.all(), WRITE)) == [alice]
    assert list(access.rows(carol, User.objects.all())) == [carol]
    assert list(access.rows(bob, Team.objects.all())) == [team]
    assert list(access.rows(alice, Team.objects.all(), WRITE)) == [team]
    assert not access.rows(bob, Team.objects.all(), WRITE).exists()
    assert not access.rows(carol, Team.objects.all()).exists()


def test_registration_takes_one_of_two():
    for wrong in ({}, {"policy": access.in_scope, "via": "chat"}):
        with pytest.raises(ImproperlyConfigured):
            access.register(Message, **wrong)


def test_addresses_of_a_workspace(alice, team, chat):
    assert Workspace(alice).url("chat", chat.pk) == f"/app/chats/{chat.pk}/"
    assert Workspace(alice, team).url("chat", chat.pk) == f"/team/{team.slug}/chats/{chat.pk}/"
    assert (Workspace(alice).label, Workspace(alice, team).label) == ("Alice Owner", team.name)


def test_scope_of_a_workspace(alice, team, chat, shared):
    assert set(Chat.objects.filter(Workspace(alice).q)) == {chat}
    assert set(Chat.objects.filter(Workspace(alice, team).q)) == {shared}
    assert Workspace(alice, team).scope == {"user": alice, "team": team}
