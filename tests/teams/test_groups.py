"""Teams: addresses, roles, the last admin, and what becomes of a team."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from agents.runs import runtime
from chats.models import Chat
from sambung.lib.errors import Refused
from teams import groups
from teams.models import AuditEntry, SlugRedirect, Team, TeamMember, TeamRole
from teams.models.groups import RESERVED_SLUGS
from tests import factories
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, UserFactory
from tests.guards.world import SCRIPT

pytestmark = pytest.mark.django_db


def place(team: Team, user) -> TeamMember:
    return TeamMember.objects.get(team=team, user=user)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("created_at", "id").values_list("action", flat=True))


# ---- addresses ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Kopi Pagi", "kopi-pagi"),
        ("Ünïted  Büro_Nord!", "united-buro-nord"),
        ("A", "team-a"),
        ("東京", "team-2"),
        ("x" * 80, "x" * 50),
        ("Admin", "admin-2"),
    ],
)
def test_slug_is_proposed_from_the_name(name, slug):
    assert groups.propose_slug(name) == slug


def test_proposed_slug_is_free(alice):
    for slug in ("kopi-pagi", "kopi-pagi-2"):
        TeamFactory(slug=slug)
    SlugRedirect.objects.create(team=TeamFactory(), old_slug="kopi-pagi-3", new_slug="elsewhere")
    assert groups.propose_slug("Kopi Pagi") == "kopi-pagi-4"


@pytest.mark.parametrize("slug", ["ab", "x" * 51, "-abc", "abc-", "a--b", "Abc", "a_b", "a b", "café", "", "abc\n"])
def test_malformed_slug_is_refused(slug):
    with pytest.raises(Refused):
        groups.check_slug(slug)


@pytest.mark.parametrize("slug", sorted(slug for slug in RESERVED_SLUGS if len(slug) > 2))
def test_reserved_slug_is_refused(slug):
    with pytest.raises(Refused):
        groups.check_slug(slug)


def test_live_and_old_slugs_are_taken(team, alice):
    old = team.slug
    groups.change_slug(team=team, by=alice, slug="present-one")
    for slug in (old, "present-one"):
        with pytest.raises(Refused):
            groups.create(by=alice, name="Other", slug=slug)


def test_chains_collapse_and_an_old_slug_comes_back(team, alice):
    first = team.slug
    for slug in ("second", "third", "fourth"):
        groups.change_slug(team=team, by=alice, slug=slug)
    rows = dict(SlugRedirect.objects.values_list("old_slug", "new_slug"))
    assert rows == {first: "fourth", "second": "fourth", "third": "fourth"}
    groups.change_slug(team=team, by=alice, slug="second")
    rows = dict(SlugRedirect.objects.values_list("old_slug", "new_slug"))
    assert rows == {first: "second", "third": "second", "fourth": "second"}


def test_the_same_slug_changes_nothing(team, alice):
    groups.change_slug(team=team, by=alice, slug=team.slug)
    assert not SlugRedirect.objects.exists()
    assert actions() == []


@pytest.mark.django_db(transaction=True)
def test_two_teams_that_want_one_address(alice):
    barrier = threading.Barrier(2)

    def make(_number) -> str:
        barrier.wait()
        try:
            return groups.create(by=alice, name="Same", slug="same").slug
        except Refused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(make, range(2))) == ["refused", "same"]


# ---- old addresses --------------------------------------------------------------------------------------
def test_members_are_led_from_old_addresses(team, alice, bob, sign_in):
    old = team.slug
    groups.change_slug(team=team, by=alice, slug="middle")
    groups.change_slug(team=team, by=alice, slug="present-one")
    for slug in (old, "middle"):
        response = sign_in(bob).get(f"/team/{slug}/chats/?page=2")
        assert response.status_code == 301
        assert response["Location"] == "/team/present-one/chats/?page=2"
        assert response["Cache-Control"] == "no-store"
    assert place(team, bob)


def test_forms_of_a_page_that_stood_open_are_led_on_as_they_are(team, alice, bob, carol, sign_in):
    old = team.slug
    groups.change_slug(team=team, by=alice, slug="present-one")
    client = sign_in(bob)
    response = client.post(f"/team/{old}/chats/new/?a=1", {"text": "Do not lose me"})
    assert response.status_code == 308  # method and body stay
    assert response["Location"] == "/team/present-one/chats/new/?a=1"
    assert response["Cache-Control"] == "no-store"
    client.post(f"/team/{old}/leave/", follow=True)
    assert not TeamMember.objects.filter(team=team, user=bob).exists()
    assert sign_in(carol).post(f"/team/{old}/leave/").status_code == 404


def test_others_are_not_led(team, alice, carol, sign_in):
    old = team.slug
    groups.change_slug(team=team, by=alice, slug="present-one")
    bodies = [sign_in(carol).get(f"/team/{slug}/") for slug in (old, "present-one", "never-was")]
    assert {response.status_code for response in bodies} == {404}
    assert not any("present-one" in str(response.headers) for response in bodies)


# ---- roles ----------------------------------------------------------------------------------------------
def test_the_last_admin_stays(team, alice, bob):
    for act in (
        lambda: groups.leave(team=team, by=alice),
        lambda: groups.remove(member=place(team, alice), by=alice),
        lambda: groups.set_role(member=place(team, alice), by=alice, role=TeamRole.MEMBER),
    ):
        with pytest.raises(Refused):
            act()
    groups.set_role(member=place(team, bob), by=alice, role=TeamRole.ADMIN)
    groups.leave(team=team, by=alice)
    assert list(team.members.values_list("user", "role")) == [(bob.pk, "admin")]
    assert actions() == ["member.role_changed", "member.left"]


def test_an_admin_who_cannot_sign_in_does_not_count(team, alice):
    TeamMemberFactory(team=team, role=TeamRole.ADMIN, user=UserFactory(is_active=False))
    with pytest.raises(Refused):
        groups.leave(team=team, by=alice)


def test_who_is_no_admin_any_more_is_refused(team, alice, bob):
    for act in (
        lambda: groups.set_role(member=place(team, alice), by=bob, role=TeamRole.MEMBER),
        lambda: groups.remove(member=place(team, alice), by=bob),
        lambda: groups.describe(team=team, by=bob, name="Bob's", description=""),
        lambda: groups.change_slug(team=team, by=bob, slug="bobs-own"),
        lambda: groups.delete(team=team, by=bob),
    ):
        with pytest.raises(Refused):
            act()
    assert actions() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["demote each other", "demote themselves", "leave"])
def test_two_admins_at_the_same_time_leave_one(team, alice, bob, how):
    place(team, bob).delete()
    TeamMemberFactory(team=team, user=bob, role=TeamRole.ADMIN)
    barrier = threading.Barrier(2)
    acts = {
        "demote each other": lambda me, other: groups.set_role(member=place(team, other), by=me, role=TeamRole.MEMBER),
        "demote themselves": lambda me, other: groups.set_role(member=place(team, me), by=me, role=TeamRole.MEMBER),
        "leave": lambda me, other: groups.leave(team=team, by=me),
    }

    def act(people) -> bool:
        barrier.wait()
        try:
            acts[how](*people)
            return True
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(act, [(alice, bob), (bob, alice)]))
    assert sorted(done) == [False, True]
    assert team.members.filter(role=TeamRole.ADMIN).count() == 1


def test_removal_ends_an_open_invite_of_the_person(team, alice, bob):
    invite = factories.invite(team, email=bob.email)
    groups.remove(member=place(team, bob), by=alice)
    invite.refresh_from_db()
    assert invite.state == "revoked"
    assert actions() == ["member.removed"]


# ---- the pages ------------------------------------------------------------------------------------------
def test_a_team_is_made(alice, sign_in):
    response = sign_in(alice).post("/teams/new/", {"name": "Kopi Pagi"}, follow=True)
    assert response.redirect_chain == [("/team/kopi-pagi/members/", 302)]
    assert "Kopi Pagi" in response.content.decode()
    assert [(place.user, place.role) for place in Team.objects.get().members.all()] == [(alice, "admin")]
    assert actions() == ["team.created"]


def test_a_taken_address_is_told_and_nothing_lost(team, alice, sign_in):
    response = sign_in(alice).post("/teams/new/", {"name": "Kopi Pagi", "slug": team.slug})
    assert response.status_code == 422
    shown = response.content.decode()
    assert "This address is taken." in shown
    assert "Kopi Pagi" in shown


@pytest.mark.parametrize(("slug", "said"), [("quite-free", "Free."), ("api", "Not allowed"), ("a--b", "Not allowed")])
def test_live_check(alice, sign_in, slug, said):
    client = sign_in(alice)
    shown = client.get("/teams/slug/", {"slug": slug}, headers=SCRIPT | {"HX-Trigger-Name": "slug"}).content.decode()
    assert said in shown


def test_live_check_knows_what_is_taken(team, alice, bob, sign_in):
    headers = SCRIPT | {"HX-Trigger-Name": "slug"}
    typed = {"slug": team.slug}
    assert "taken" in sign_in(bob).get("/teams/slug/", typed, headers=headers).content.decode()
    own = sign_in(alice).get("/teams/slug/", typed | {"team": team.slug}, headers=headers).content.decode()
    assert "taken" not in own


def test_a_name_proposes_until_the_person_chooses(alice, sign_in):
    client, headers = sign_in(alice), SCRIPT | {"HX-Trigger-Name": "name"}
    shown = client.get("/teams/slug/", {"name": "Kopi", "slug": "", "proposed": ""}, headers=headers)
    assert 'value="kopi"' in shown.content.decode()
    shown = client.get("/teams/slug/", {"name": "Kopi Pagi", "slug": "kopi", "proposed": "kopi"}, headers=headers)
    assert 'value="kopi-pagi"' in shown.content.decode()
    kept = client.get("/teams/slug/", {"name": "Kopi Sore", "slug": "mine", "proposed": "kopi-pagi"}, headers=headers)
    assert kept.status_code == 204


def test_members_see_members_and_admins_see_invites(team, alice, bob, sign_in):
    invite = factories.invite(team, email="new@example.org")
    path = f"/team/{team.slug}/members/"
    for user, is_admin in ((alice, True), (bob, False)):
        shown = sign_in(user).get(path).content.decode()
        assert alice.email in shown
        assert bob.email in shown
        assert (invite.email in shown, "Invite people" in shown, "Make an admin" in shown) == (is_admin,) * 3
        assert "Leave the team…" in shown


def test_switcher_leads_everywhere(team, alice, bob, sign_in):
    for user, is_admin in ((alice, True), (bob, False)):
        for path in ("/app/", f"/team/{team.slug}/", "/teams/new/"):
            shown = sign_in(user).get(path).content.decode()
            for link in ("/app/", f"/team/{team.slug}/", "/teams/new/"):
                assert f'class="menu-item" href="{link}"' in shown, (path, link)
            assert (f'href="/team/{team.slug}/settings/"' in shown) == (is_admin and "/team/" in path)


def test_settings_are_kept(team, alice, sign_in):
    client, path = sign_in(alice), f"/team/{team.slug}/settings/"
    client.post(path, {"name": "Renamed", "description": "For coffee", "public_links": "on"})
    team.refresh_from_db()
    assert (team.name, team.description) == ("Renamed", "For coffee")
    response = client.post(f"{path}address/", {"slug": "New-Address"}, follow=True)
    assert response.redirect_chain == [("/team/new-address/settings/", 302)]
    assert client.post("/team/new-address/settings/address/", {"slug": "api"}).status_code == 422
    assert actions() == ["team.renamed", "team.slug_changed"]


def test_a_team_forbids_public_links_and_allows_them_again(team, alice, sign_in):
    client, path, given = sign_in(alice), f"/team/{team.slug}/settings/", {"name": team.name}
    for posted, kept in ((given, {"public_links": False}), (given | {"public_links": "on"}, {})):
        client.post(path, posted)
        team.refresh_from_db()
        assert team.settings == kept


def test_the_last_admin_is_told(team, alice, sign_in):
    response = sign_in(alice).post(f"/team/{team.slug}/leave/")
    assert response.status_code == 409
    assert "A team needs an admin" in response.content.decode()


def test_who_left_is_out(team, bob, sign_in):
    client = sign_in(bob)
    assert "Leave" in client.get(f"/team/{team.slug}/leave/").content.decode()
    assert client.post(f"/team/{team.slug}/leave/").url == "/app/"
    assert client.get(f"/team/{team.slug}/").status_code == 404


def test_deleting_wants_the_name_and_takes_the_chats(team, alice, bob, sign_in):
    kept, gone = ChatFactory(user=bob), ChatFactory(user=bob, team=team)
    client, path = sign_in(alice), f"/team/{team.slug}/settings/delete/"
    assert "All chats of the team are deleted" in client.get(path).content.decode()
    assert client.post(path, {"name": "something else"}).status_code == 422
    assert client.post(path, {"name": team.name}).url == "/app/"
    assert not Team.objects.exists()
    assert set(Chat.objects.values_list("pk", flat=True)) == {kept.pk} != {gone.pk}
    assert actions() == ["team.deleted"]


def test_deleting_stops_what_runs_in_it(team, alice, monkeypatch):
    stopped = []
    monkeypatch.setattr(runtime, "stop_on_commit", stopped.append)
    chat = ChatFactory(user=alice, team=team)
    running = factories.run(chat)
    factories.message(chat, "assistant", run=running)
    groups.delete(team=team, by=alice)
    assert stopped == [running.pk]
