"""Each invariant of people and teams, broken once."""

import pytest
from django.db import IntegrityError, transaction

from teams.models import RESERVED_SLUGS, Team, TeamMember, User
from tests.factories import TeamFactory, TeamMemberFactory, UserFactory

pytestmark = pytest.mark.django_db


def _breaks(name: str, act) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_address_is_unique():
    taken = UserFactory().email
    _breaks("users_email_unique", lambda: User.objects.create(name="x", email=taken))


def test_address_is_in_lower_case():
    _breaks("users_email_lower", lambda: User.objects.create(name="x", email="Up@example.org"))


def test_role_of_a_person_is_known():
    _breaks("users_role_known", lambda: User.objects.create(name="x", email="x@example.org", role="king"))


def test_slug_is_unique():
    taken = TeamFactory().slug
    _breaks("teams_slug_unique", lambda: TeamFactory(slug=taken))


@pytest.mark.parametrize("slug", ["Up-case", "a--b", "-abc", "abc-", "a b c", "ähm", "abc\n"])
def test_slug_has_its_form(slug):
    _breaks("teams_slug_form", lambda: TeamFactory(slug=slug))


@pytest.mark.parametrize("slug", ["ab", "a"])
def test_slug_is_not_short(slug):
    _breaks("teams_slug_length", lambda: TeamFactory(slug=slug))


@pytest.mark.parametrize("slug", sorted(slug for slug in RESERVED_SLUGS if len(slug) > 2))
def test_reserved_slug(slug):
    _breaks("teams_slug_not_reserved", lambda: TeamFactory(slug=slug))


def test_one_place_for_each_person():
    place = TeamMemberFactory()
    _breaks("team_members_team_user", lambda: TeamMember.objects.create(team=place.team, user=place.user))


def test_role_of_a_member_is_known():
    _breaks("team_members_role_known", lambda: TeamMemberFactory(role="owner"))


def test_team_outlives_who_made_it(alice):
    made = TeamFactory(created_by=alice)
    alice.delete()
    assert Team.objects.get(pk=made.pk).created_by is None


def test_manager_stores_addresses_in_lower_case():
    made = User.objects.create_user(" Ada@Example.org ", "x", name="Ada")
    assert made.email == "ada@example.org"
    assert User.objects.get_by_natural_key("ADA@example.org") == made


@pytest.mark.parametrize(("name", "initials"), [("Ada", "A"), ("Ada Lovelace", "AL"), ("Ada B. C. Lovelace", "AL")])
def test_initials(name, initials):
    assert User(name=name).initials == initials


@pytest.mark.parametrize(("role", "may"), [("user", False), ("agent_admin", False), ("admin", True)])
def test_only_admins_may_everything(role, may):
    person = User(role=role)
    assert (person.is_staff, person.is_superuser, person.has_perm("x"), person.has_module_perms("x")) == (may,) * 4
    person.is_active = False
    assert not person.has_perm("x")
