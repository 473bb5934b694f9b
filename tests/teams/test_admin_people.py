"""Admin pages of people, teams and members."""

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from teams.models import Team, TeamRole, User, UserRole
from tests.factories import PASSWORD, TeamFactory, TeamMemberFactory, UserFactory

USERS, TEAMS, MEMBERS = "/admin/teams/user/", "/admin/teams/team/", "/admin/teams/teammember/"
NO_ROWS = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


@pytest.fixture
def boss(db) -> User:
    return UserFactory(name="Ada Admin", role=UserRole.ADMIN)


@pytest.fixture
def page(boss, sign_in):
    return sign_in(boss)


def _new_person(**changes) -> dict:
    values = {"name": "Dewi", "email": "Dewi@Example.org", "role": "user", "is_verified": "on"}
    return values | {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD} | changes


def test_person_added_signs_in(page, client):
    assert page.post(f"{USERS}add/", _new_person()).status_code == 302
    dewi = User.objects.get(email="dewi@example.org")
    assert EmailAddress.objects.get(user=dewi).verified
    for typed in ("dewi@example.org", "DEWI@example.ORG"):
        response = client.post("/accounts/login/", {"login": typed, "password": PASSWORD})
        assert (response.status_code, response.url) == (302, "/")
        client.logout()


def test_person_added_unverified(page, client):
    page.post(f"{USERS}add/", _new_person(is_verified=""))
    response = client.post("/accounts/login/", {"login": "dewi@example.org", "password": PASSWORD})
    assert response.url == "/accounts/confirm-email/"


@pytest.mark.parametrize("changes", [{"password2": "other words here"}, {"password1": "1", "password2": "1"}])
def test_bad_password_refused(page, changes):
    assert page.post(f"{USERS}add/", _new_person(**changes)).status_code == 200
    assert not User.objects.filter(email="dewi@example.org").exists()


def test_address_taken_in_other_case(page, alice):
    response = page.post(f"{USERS}add/", _new_person(email=alice.email.upper()))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["email"]


def test_role_and_activity_changed(page, bob):
    values = {"name": bob.name, "email": bob.email, "role": "agent_admin", "is_verified": "on"} | NO_ROWS
    assert page.post(f"{USERS}{bob.pk}/change/", values).status_code == 302
    bob.refresh_from_db()
    assert (bob.role, bob.is_active) == ("agent_admin", False)


def test_deactivated_person_is_out(page, bob, sign_in):
    theirs = sign_in(bob)
    assert theirs.get("/app/").status_code == 200
    values = {"name": bob.name, "email": bob.email, "role": "user", "is_verified": "on"} | NO_ROWS
    page.post(f"{USERS}{bob.pk}/change/", values)
    assert theirs.get("/app/").status_code == 302


def test_nobody_changes_their_own_role(page, boss):
    shown = page.get(f"{USERS}{boss.pk}/change/").content.decode()
    assert 'name="role"' not in shown
    values = {"name": "Ada", "email": boss.email, "role": "user", "is_active": "", "is_verified": "on"} | NO_ROWS
    assert page.post(f"{USERS}{boss.pk}/change/", values).status_code == 302
    boss.refresh_from_db()
    assert (boss.name, boss.role, boss.is_active) == ("Ada", UserRole.ADMIN, True)


def test_new_address_replaces_the_old(page, bob):
    old = bob.email
    values = {"name": bob.name, "email": "new@example.org", "role": "user", "is_active": "on"} | NO_ROWS
    page.post(f"{USERS}{bob.pk}/change/", values)
    kept = EmailAddress.objects.get(user=bob)
    assert (kept.email, kept.verified, kept.primary) == ("new@example.org", False, True)
    assert not EmailAddress.objects.filter(email=old).exists()


def test_no_password_hash_on_any_page(page, bob):
    for path in (USERS, f"{USERS}{bob.pk}/change/", f"{USERS}{bob.pk}/password/", f"{USERS}{bob.pk}/history/"):
        shown = page.get(path).content.decode()
        assert bob.password not in shown
        assert bob.password.rsplit("$", 1)[1][:6] not in shown
    assert page.get(f"{USERS}?password__startswith=md5").status_code == 400


def test_password_set_ends_sessions(page, bob, sign_in):
    theirs = sign_in(bob)
    values = {"usable_password": "true", "password1": "another long phrase", "password2": "another long phrase"}
    assert page.post(f"{USERS}{bob.pk}/password/", values).status_code == 302
    assert theirs.get("/app/").status_code == 302


def test_people_and_teams_are_not_deleted(page, team, bob):
    for path in (f"{USERS}{bob.pk}/delete/", f"{TEAMS}{team.pk}/delete/"):
        assert page.post(path, {"post": "yes"}).status_code == 403
    assert Team.objects.filter(pk=team.pk).exists()


def test_team_with_member(page, boss, bob):
    values = {"name": "North", "slug": "north", "description": "", "members-TOTAL_FORMS": "1"}
    values |= {"members-INITIAL_FORMS": "0", "members-0-user": str(bob.pk), "members-0-role": "admin"}
    assert page.post(f"{TEAMS}add/", values).status_code == 302
    made = Team.objects.get(slug="north")
    assert made.created_by == boss
    assert made.members.get().user == bob


@pytest.mark.parametrize("slug", ["Up", "a--b", "-ab", "admin", "no"])
def test_bad_slug_refused(page, slug):
    values = {"name": "X", "slug": slug, "description": "", "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0"}
    assert page.post(f"{TEAMS}add/", values).status_code == 200
    assert not Team.objects.filter(slug=slug).exists()


def _as_it_is(team: Team) -> dict[str, str]:
    """The form of a team with its members."""
    places = list(team.members.order_by("pk"))
    values = {"name": team.name, "slug": team.slug, "description": ""}
    values |= {"members-TOTAL_FORMS": str(len(places)), "members-INITIAL_FORMS": str(len(places))}
    for number, place in enumerate(places):
        row = {"id": place.pk, "team": team.pk, "user": place.user_id, "role": place.role}
        values |= {f"members-{number}-{name}": str(value) for name, value in row.items()}
    return values


def test_new_address_leads_on_from_the_old(page, team, alice, sign_in):
    old, values = team.slug, _as_it_is(team)
    assert page.post(f"{TEAMS}{team.pk}/change/", values | {"slug": "elsewhere"}).status_code == 302
    team.refresh_from_db()
    assert team.slug == "elsewhere"
    assert sign_in(alice).get(f"/team/{old}/chats/").url == "/team/elsewhere/chats/"
    other = TeamFactory()
    taken = page.post(f"{TEAMS}{other.pk}/change/", _as_it_is(other) | {"slug": old})
    assert "This address is taken." in taken.content.decode()


def test_a_team_keeps_an_admin_who_can_sign_in(page, team, alice):
    path, values = f"{TEAMS}{team.pk}/change/", _as_it_is(team)
    number = [place.user for place in team.members.order_by("pk")].index(alice)
    for changes in ({f"members-{number}-role": "member"}, {f"members-{number}-DELETE": "on"}):
        assert "A team needs an admin who can sign in." in page.post(path, values | changes).content.decode()
    assert team.members.get(user=alice).role == TeamRole.ADMIN
    assert page.post(path, values | {f"members-{1 - number}-role": "admin"}).status_code == 302
    assert page.post(path, values | {f"members-{number}-role": "member"}).status_code == 200


@pytest.mark.parametrize("path", [USERS, TEAMS, MEMBERS])
def test_list_needs_no_query_per_row(page, path):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert page.get(path).status_code == 200
        return len(seen)

    owner = UserFactory()
    TeamMemberFactory(team=TeamFactory(created_by=owner))
    count()  # content types are read once
    few = count()
    for _ in range(8):
        TeamMemberFactory(team=TeamFactory(created_by=UserFactory()))
    assert count() == few


def test_change_page_needs_no_query_per_member(page, team):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert page.get(f"{TEAMS}{team.pk}/change/").status_code == 200
        return len(seen)

    count()
    few = count()
    for _ in range(5):
        TeamMemberFactory(team=team)
    assert count() - few <= 5  # each choice field names its present value; the rows come at once


@pytest.mark.parametrize(("path", "term"), [(USERS, "carol"), (TEAMS, "north"), (MEMBERS, "bob")])
def test_search(page, team, carol, path, term):
    team.name = "North wind"
    team.save()
    found = page.get(path, {"q": term})
    assert len(found.context["cl"].result_list) == 1
    assert len(page.get(path, {"q": "nowhere to be found"}).context["cl"].result_list) == 0


@pytest.mark.parametrize(
    "query",
    [
        {"q": "a\x00b"},
        {"q": "%' OR 1=1 --"},
        {"role__exact": "nonsense"},
        {"is_active__exact": "perhaps"},
        {"created_at__gte": "yesterday"},
        {"p": "-1"},
        {"o": "99.x"},
        {"nobody__knows": "it"},
    ],
    ids=str,
)
def test_a_question_that_makes_no_sense_breaks_no_list(page, query):
    assert page.get(USERS, query).status_code in {200, 302, 400}


def test_autocomplete_names_people_to_admins_alone(page, sign_in, carol):
    query = {"app_label": "teams", "model_name": "teammember", "field_name": "user", "term": "Carol"}
    assert [row["text"] for row in page.get("/admin/autocomplete/", query).json()["results"]] == ["Carol Stranger"]
    assert sign_in(carol).get("/admin/autocomplete/", query).status_code == 302
