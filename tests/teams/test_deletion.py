"""The end of an account: what goes, what stays, and what must be settled first."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session

from agents.models import ApiKey
from chats.models import Chat, Message
from sambung.lib.errors import Refused
from teams import accounts
from teams.models import AuditEntry, Team, TeamMember, TeamRole, User, UserRole
from tests.factories import PASSWORD, ChatFactory, TeamFactory, TeamMemberFactory, exchange

DELETE = "/accounts/delete/"


@pytest.fixture
def hers(alice, bob):
    """A team with Bob as its admin and Alice in it, and a chat in which both wrote."""
    team = TeamFactory()
    TeamMemberFactory(team=team, user=bob, role=TeamRole.ADMIN)
    TeamMemberFactory(team=team, user=alice)
    chat = ChatFactory(team=team, user=alice, title="Shared")
    exchange(chat, "From Alice")
    return chat


def test_personal_rows_go_and_team_rows_stay(alice, bob, carol, chat, hers, sign_in):
    exchange(chat)
    key = ApiKey.objects.create(user=alice, provider="openai", label="Hers", base_url="https://api.example.org")
    theirs = ChatFactory(user=carol)
    accounts.delete(by=alice)
    assert not User.objects.filter(email=alice.email).exists()
    assert not EmailAddress.objects.filter(email=alice.email).exists()
    assert not Chat.objects.filter(pk=chat.pk).exists()
    assert not ApiKey.objects.filter(pk=key.pk).exists(), "a key without its owner would be everybody's"
    assert Chat.objects.filter(pk=theirs.pk).exists()
    hers.refresh_from_db()
    assert hers.user is None
    assert list(Message.objects.filter(chat=hers).values_list("user", flat=True)) == [None, None]
    shown = sign_in(bob).get(f"/team/{hers.team.slug}/chats/{hers.pk}/").content.decode()
    assert "From Alice" in shown
    assert "Former member" in shown
    assert list(TeamMember.objects.filter(team=hers.team).values_list("user", flat=True)) == [bob.pk]
    entry = AuditEntry.objects.get(action="account.deleted")
    assert (entry.actor, entry.target) == (None, alice.email)
    assert alice.email in entry.actor_name


def test_last_admin_hands_over_first(alice, bob, team, sign_in):
    """C54."""
    with pytest.raises(Refused, match=team.name):
        accounts.delete(by=alice)
    assert User.objects.filter(pk=alice.pk).exists()
    client = signed_in(alice, sign_in)
    shown = client.get(DELETE).content.decode()
    assert team.name in shown
    assert 'name="email"' not in shown
    assert client.post(DELETE, {"email": alice.email}).status_code == 422
    TeamMember.objects.filter(team=team, user=bob).update(role=TeamRole.ADMIN)
    assert client.post(DELETE, {"email": alice.email}).status_code == 302
    assert Team.objects.filter(pk=team.pk).exists()


def test_an_admin_who_cannot_sign_in_does_not_count(alice, bob, team):
    TeamMember.objects.filter(team=team, user=bob).update(role=TeamRole.ADMIN)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(Refused):
        accounts.delete(by=alice)


def test_last_admin_of_the_instance_stays_while_others_are_there(alice, bob):
    User.objects.filter(pk=alice.pk).update(role=UserRole.ADMIN)
    alice.refresh_from_db()
    with pytest.raises(Refused, match="only admin of this server") as refused:
        accounts.delete(by=alice)
    assert refused.value.code == "only_admin"
    User.objects.filter(pk=bob.pk).update(role=UserRole.ADMIN)
    accounts.delete(by=alice)
    assert list(User.objects.all()) == [bob]


def test_team_of_one_goes_too_once_it_is_named(alice, sign_in):
    alone = TeamFactory(name="Just Alice")
    TeamMemberFactory(team=alone, user=alice, role=TeamRole.ADMIN)
    inside = ChatFactory(team=alone, user=alice)
    client = signed_in(alice, sign_in)
    assert "Just Alice" in client.get(DELETE).content.decode()
    assert client.post(DELETE, {"email": "another@example.org"}).status_code == 422
    assert Team.objects.filter(pk=alone.pk).exists()
    assert client.post(DELETE, {"email": f" {alice.email.upper()} "}).url == "/accounts/login/"
    assert not Team.objects.filter(pk=alone.pk).exists()
    assert not Chat.objects.filter(pk=inside.pk).exists()


def test_password_is_asked_for_and_all_sessions_end(alice, sign_in):
    client = sign_in(alice)
    assert client.post(DELETE, {"email": alice.email}).url.startswith("/accounts/reauthenticate/")
    assert User.objects.filter(pk=alice.pk).exists()
    elsewhere, client = sign_in(alice), signed_in(alice, sign_in)
    client.post(DELETE, {"email": alice.email})
    assert elsewhere.get("/app/").status_code == client.get("/app/").status_code == 302
    assert not Session.objects.filter(session_key=client.session.session_key).exists()


def signed_in(person, sign_in):
    client = sign_in(person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client
