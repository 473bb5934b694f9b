"""Ctrl K: chats, acts, workspaces, and the pages of the account and the instance, by their words."""

import re

import pytest

from teams.models import Team, UserRole
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory

pytestmark = pytest.mark.django_db


def found(client, asked: str = "", path: str = "/app/") -> dict[str, list[str]]:
    """Label -> where each item of that label leads, without the way to the search, which is always there."""
    html = client.get(f"{path}palette/", {"q": asked}, headers={"HX-Request": "true"}).content.decode()
    items = {}
    for url, label in re.findall(r'href="(.*?)".*?<span class="palette-words">(.*?)</span>', html, re.DOTALL):
        if "/search/?q=" not in url:
            items.setdefault(label, []).append(url)
    return items


@pytest.mark.parametrize(
    ("asked", "label", "url"),
    [
        ("prof", "Profile", "/accounts/profile/"),
        ("YOUR ACC", "Your account", "/accounts/"),
        ("assistant", "Your assistant", "/app/assistant/"),
        ("email", "Email", "/accounts/email/"),
        ("password", "Change password", "/accounts/password/change/"),
        ("factor", "Passkeys and second factor", "/accounts/factors/"),
        ("passk", "Passkeys and second factor", "/accounts/factors/"),
        ("session", "Sessions", "/accounts/sessions/"),
        ("data", "Your data", "/accounts/export/"),
        ("delete the", "Delete the account", "/accounts/delete/"),
        ("sign out", "Sign out", "/accounts/logout/"),
        ("librar", "Library", "/app/chats/"),
        ("archives", "Archives", "/app/archives/"),
        ("deleted", "Deleted", "/app/deleted/"),
        ("notif", "Notifications", "/notifications/"),
        ("new team", "New team", "/teams/new/"),
        ("new chat", "New chat", "/app/"),
    ],
)
def test_pages_are_found_by_their_words(alice, sign_in, asked, label, url):
    client = sign_in(alice)
    assert found(client, asked) == {label: [url]}
    assert client.get(url).status_code in {200, 302}


def test_connected_accounts_are_found_where_there_are_providers(alice, sign_in, settings):
    client = sign_in(alice)
    assert found(client, "connected") == {}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}, "github": {"APPS": [{"client_id": "h"}]}}
    assert found(client, "connected") == {"Connected accounts": ["/accounts/connected/"]}


def test_workspaces_are_found_and_only_ones_own(alice, team, sign_in):
    other = TeamFactory(name="Kopi Sore")
    client = sign_in(alice)
    assert found(client, team.name) == {team.name: [f"/team/{team.slug}/"]}
    assert found(client, "kopi") == {}
    TeamMemberFactory(team=other, user=alice)
    assert found(client, "kopi") == {"Kopi Sore": [f"/team/{other.slug}/"]}
    here = found(client, path=f"/team/{team.slug}/")
    assert here["Personal"] == ["/app/"]
    assert here["Kopi Sore"] == [f"/team/{other.slug}/"]
    assert team.name not in here


def test_a_teams_pages_are_found_inside_it_by_those_who_may_open_them(alice, bob, team, sign_in):
    Team.objects.filter(pk=team.pk).update(name="Kopi")
    root = f"/team/{team.slug}/"
    admin, member = sign_in(alice), sign_in(bob)
    assert found(admin, "kopi", root) == {
        "Members": [f"{root}members/"],
        "Invite people": [f"{root}invites/"],
        "Invites": [f"{root}members/#invites-title"],
        "Team settings": [f"{root}settings/"],
    }
    assert found(member, "kopi", root) == {"Members": [f"{root}members/"]}
    for urls in found(admin, "kopi", root).values():
        assert admin.get(urls[0]).status_code == 200


def test_the_instance_is_there_for_its_admins(alice, bob, sign_in):
    assert "Audit log" not in found(sign_in(bob))
    bob.role = UserRole.ADMIN
    bob.save()
    client = sign_in(bob)
    assert found(client, "instance") == {
        "People": ["/instance/people/"],
        "Teams": ["/instance/teams/"],
        "The server&#x27;s keys": ["/instance/keys/"],
        "The server&#x27;s search services": ["/instance/tools/keys/"],
        "Instance settings": ["/instance/"],
        "Health": ["/instance/health/"],
        "Audit log": ["/instance/audit/"],
    }
    assert found(client, "administration") == {"Administration": ["/admin/"]}


def test_a_stranger_finds_nothing_of_somebody_elses(alice, carol, team, sign_in):
    for group in (None, team):
        ChatFactory(user=alice, team=group, title="A canary sings")
    assert list(found(sign_in(alice), "canary")) == ["A canary sings"]
    page = sign_in(carol).get("/app/palette/?q=canary").content.decode()
    assert found(sign_in(carol), "canary") == {}
    assert "sings" not in page
    assert sign_in(carol).get(f"/team/{team.slug}/palette/?q=canary").status_code == 404


def test_chats_come_first_and_nothing_is_said_so(alice, sign_in):
    chat = ChatFactory(user=alice, title="Sessions of the garden")
    client = sign_in(alice)
    assert list(found(client, "sessions").items()) == [
        ("Sessions of the garden", [f"/app/chats/{chat.pk}/"]),
        ("Sessions", ["/accounts/sessions/"]),
    ]
    assert found(client, "zzz") == {}
    assert "Nothing found." in client.get("/app/palette/?q=~").content.decode()
