"""The one door: who gets which rows, at which level, in which workspace."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ImproperlyConfigured
from django.db.models import OuterRef
from django.http import Http404
from django.utils import timezone

from agents.models import Agent, ApiKey, Run, UsageEntry
from chats.models import Chat, Message
from teams import access
from teams.access import MANAGE, READ, WRITE
from teams.models import Team, TeamMember, TeamRole, User
from teams.workspace import Workspace
from tests.factories import (
    ChatFactory,
    TeamFactory,
    TeamMemberFactory,
    UserFactory,
    agent,
    api_key,
    exchange,
    run,
    usage,
)


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
    assert set(access.rows(Workspace(alice), Chat.objects.all())) == {chat}
    assert set(access.rows(Workspace(alice, team), Chat.objects.all())) == {shared}


def test_by_way_of_the_parent(alice, bob, team, chat, shared):
    own, common = exchange(chat), exchange(shared)
    assert access.get(alice, Message.objects.all(), pk=own.pk) == own
    assert access.get(Workspace(bob, team), Message.objects.all(), pk=common.pk) == common
    for who in (bob, Workspace(bob), Workspace(alice, team)):
        with pytest.raises(Http404):
            access.get(who, Message.objects.all(), pk=own.pk)


def test_deleted_row_is_hidden_with_what_hangs_on_it(alice, chat):
    answer = exchange(chat)
    Chat.objects.filter(pk=chat.pk).update(deleted_at=timezone.now())
    for rows, pk in ((Chat.objects.all(), chat.pk), (Message.objects.all(), answer.pk)):
        with pytest.raises(Http404):
            access.get(alice, rows, pk=pk)
    assert access.get_deleted(Workspace(alice), Chat.objects.all(), WRITE, pk=chat.pk) == chat


def test_only_deleted_rows_of_ones_own_are_taken_back(alice, carol, chat):
    with pytest.raises(Http404):
        access.get_deleted(Workspace(alice), Chat.objects.all(), WRITE, pk=chat.pk)
    Chat.objects.filter(pk=chat.pk).update(deleted_at=timezone.now())
    with pytest.raises(Http404):
        access.get_deleted(Workspace(carol), Chat.objects.all(), WRITE, pk=chat.pk)


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


# ---- a person's teams, in both forms ----------------------------------------------------------------------
@pytest.fixture
def people(alice, bob, carol, team) -> dict[str, User]:
    """People by what they are in the teams that there are."""
    second, third = TeamFactory(name="Second"), TeamFactory(name="Third")
    TeamMemberFactory(team=second, user=alice)
    TeamMemberFactory(team=third, user=alice, role=TeamRole.ADMIN)
    former, inactive, other = UserFactory(), UserFactory(is_active=False), UserFactory()
    place = TeamMemberFactory(team=team, user=former, role=TeamRole.ADMIN)
    place.delete()
    TeamMemberFactory(team=team, user=inactive, role=TeamRole.ADMIN)
    TeamMemberFactory(team=third, user=other)
    return {
        "admin here, member there": alice,
        "member": bob,
        "stranger": carol,
        "former admin": former,
        "inactive admin": inactive,
        "member elsewhere": other,
    }


@pytest.mark.parametrize("level", [READ, WRITE, MANAGE])
def test_both_forms_give_the_same_teams(people, level):
    inside = Team.objects.filter(pk__in=access.teams_of(OuterRef("pk"), level)).values("pk")
    outer = dict(User.objects.values_list("pk", ArraySubquery(inside)))
    alone = {
        role: set(Team.objects.filter(pk__in=access.teams_of(person, level)).values_list("pk", flat=True))
        for role, person in people.items()
    }
    assert alone == {role: set(outer[person.pk]) for role, person in people.items()}
    many = {role: len(found) for role, found in alone.items() if found}
    is_admin = {"admin here, member there": 2, "inactive admin": 1}  # who is inactive is not asked about here
    expected = {"admin here, member there": 3, "member": 1, "inactive admin": 1, "member elsewhere": 1}
    assert many == (is_admin if level == MANAGE else expected)


@pytest.fixture
def filled(people) -> dict[str, User]:
    """The same with rows of everybody's, in each workspace that they have or had."""
    for person in people.values():
        for place in (None, *Team.objects.all()):
            chat = ChatFactory(user=person, team=place)
            exchange(chat)
            run(chat)
            agent(person, place)
            usage(person, place)
        api_key(person)
    return people


@pytest.mark.parametrize("level", [READ, WRITE, MANAGE])
def test_many_hold_what_each_of_them_does(filled, level):
    for model in (Chat, Message, Run, Agent, ApiKey, UsageEntry, Team, TeamMember, User):
        rows = model.objects.all()
        alone = {one: set(access.rows(one, rows, level).values_list("pk", flat=True)) for one in filled.values()}
        assert access.held_by(filled.values(), rows, level) == alone, model
        assert not alone[filled["inactive admin"]]
        assert any(alone.values()) == (model is not UsageEntry or level == READ)
