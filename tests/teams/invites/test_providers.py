"""Invited people who come by a provider, in every mode of sign-up."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from teams.models import Instance, SignUp, TeamInvite, TeamMember, User
from tests import factories
from tests.factories import UserFactory
from tests.teams.invites.conftest import LINK, TOKEN
from tests.teams.mail import code_in
from tests.teams.test_social import CONFIRM, ENTER, GITHUB_ENTER, NADIA, emails, github, go, local  # noqa: F401

INVITED, FORM = "nadia@example.org", "/accounts/connected/signup/"
AND_BACK = "?next=/invites/"

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[SignUp.INVITE, SignUp.CLOSED])
def closed(request, local) -> None:  # noqa: F811
    """Nobody signs up who is not invited."""
    Instance.objects.update(sign_up=request.param)


@pytest.fixture
def nadia(team, client) -> Client:
    """She has opened her invite's link."""
    factories.invite(team, TOKEN, email=INVITED)
    client.get(LINK)
    return client


def come(client: Client, local, **claims):  # noqa: F811
    """By the button of the invite's page."""
    return go(client, local, NADIA | claims, enter=f"{ENTER}{AND_BACK}")


def assert_joins(client: Client, team) -> None:
    """She is signed in, led back to the invite, and in the team when she says so."""
    assert "Join Kopi Pagi" in client.get("/invites/").content.decode()
    assert not TeamMember.objects.filter(user__email=INVITED).exists()
    assert client.post("/invites/").url == f"/team/{team.slug}/"
    assert TeamMember.objects.filter(team=team, user__email=INVITED).exists()


def test_the_invites_page_shows_the_providers(nadia, local):  # noqa: F811
    shown = nadia.get(LINK).content.decode()
    assert "Go on with Local" in shown
    assert f'action="{ENTER}?process=login&amp;next=%2Finvites%2F"' in shown


def test_without_providers_it_shows_none(nadia):
    assert "Go on with" not in nadia.get(LINK).content.decode()


@pytest.mark.parametrize("mode", SignUp.values)
@pytest.mark.parametrize("email", [INVITED, "Nadia@Example.org"])
def test_the_invited_address_makes_the_account(nadia, team, local, mode, email):  # noqa: F811
    Instance.objects.update(sign_up=mode)
    assert come(nadia, local, email=email).url == "/invites/"
    person = User.objects.get(email=INVITED)
    assert (person.name, person.has_usable_password()) == ("Nadia New", False)
    assert_joins(nadia, team)


@pytest.mark.parametrize("mode", SignUp.values)
def test_an_address_that_is_not_vouched_for_is_confirmed_by_a_code(nadia, team, local, mailoutbox, mode):  # noqa: F811
    Instance.objects.update(sign_up=mode)
    assert come(nadia, local, email_verified=False).url == CONFIRM
    assert nadia.get("/app/").status_code == 302
    assert nadia.post(CONFIRM, {"code": code_in(mailoutbox[0])}).url == "/invites/"
    assert_joins(nadia, team)


@pytest.mark.parametrize("mode", SignUp.values)
def test_where_no_address_is_told_the_invited_one_stands_in_the_form(nadia, team, local, mailoutbox, mode):  # noqa: F811
    Instance.objects.update(sign_up=mode)
    assert go(nadia, local, {"sub": "42", "name": "Nadia New"}, enter=f"{ENTER}{AND_BACK}").url == FORM
    assert f'value="{INVITED}"' in nadia.get(FORM).content.decode()
    assert nadia.post(FORM, {"name": "Nadia New", "email": INVITED}).url == CONFIRM
    assert nadia.post(CONFIRM, {"code": code_in(mailoutbox[0])}).url == "/invites/"
    assert_joins(nadia, team)


def test_the_form_takes_the_invited_address_alone(nadia, local, closed):  # noqa: F811
    go(nadia, local, {"sub": "42", "name": "Nadia New"})
    shown = nadia.post(FORM, {"name": "Nadia New", "email": "other@example.org"}).content.decode()
    assert "Your invite came to another address" in shown
    assert not User.objects.filter(socialaccount__uid="42").exists()


def test_where_anybody_may_sign_up_the_form_takes_any_address(nadia, local):  # noqa: F811
    go(nadia, local, {"sub": "42", "name": "Nadia New"})
    assert nadia.post(FORM, {"name": "Nadia New", "email": "other@example.org"}).url == CONFIRM


def test_githubs_invited_address_need_not_be_the_primary_one(nadia, team, github, closed):  # noqa: F811
    person = emails(("other@example.org", True, True), ("Nadia@example.org", False, True))
    assert go(nadia, github, person, enter=f"{GITHUB_ENTER}{AND_BACK}").url == "/invites/"
    assert_joins(nadia, team)


def test_who_has_lost_the_way_is_led_back_to_the_invite(nadia, team, local, closed):  # noqa: F811
    assert go(nadia, local, NADIA).url == "/invites/"
    assert_joins(nadia, team)


# ---- who does not come by it ----------------------------------------------------------------------------
@pytest.mark.parametrize("is_verified", [True, False])
def test_another_address_is_told_and_makes_no_account(nadia, local, closed, is_verified):  # noqa: F811
    answer = come(nadia, local, email="other@example.org", email_verified=is_verified)
    assert answer.status_code == 403
    shown = answer.content.decode()
    assert "Local knows you as other@example.org, and the invite came to nadia@example.org" in shown
    assert 'href="/invites/account/"' in shown
    assert not SocialAccount.objects.exists()


def test_nobody_comes_by_an_invite_of_another_session(team, client, local, closed):  # noqa: F811
    factories.invite(team, TOKEN, email=INVITED)
    assert go(client, local, NADIA).status_code == 200
    assert not User.objects.filter(email=INVITED).exists()


@pytest.mark.parametrize("ended", ["expires_at", "revoked_at", "accepted_at"])
def test_an_invite_that_ended_on_the_way_says_so(nadia, local, closed, ended):  # noqa: F811
    TeamInvite.objects.update(**{ended: timezone.now()})
    answer = come(nadia, local)
    assert answer.url == "/invites/"
    assert nadia.get("/invites/").status_code == 410
    assert not User.objects.filter(email=INVITED).exists()


def test_an_invite_that_ended_on_the_way_keeps_nobody_out_where_all_may_sign_up(nadia, local):  # noqa: F811
    TeamInvite.objects.update(expires_at=timezone.now())
    assert come(nadia, local).url == "/invites/"
    assert nadia.get("/invites/").status_code == 410
    assert nadia.get("/app/").status_code == 200


@pytest.mark.parametrize("mode", SignUp.values)
def test_who_has_an_account_already_is_told(nadia, local, mode):  # noqa: F811
    Instance.objects.update(sign_up=mode)
    UserFactory(email=INVITED)
    assert come(nadia, local).url == "/invites/account/"
    assert "You have an account already" in nadia.get("/invites/account/").content.decode()
    assert not SocialAccount.objects.exists()


# ---- accounts that somebody began -----------------------------------------------------------------------
@pytest.fixture
def begun(db) -> User:
    """An account with her address that a stranger began, with ways in of their own."""
    found = User.objects.create_user(INVITED, "the stranger's", name="Not Nadia")
    EmailAddress.objects.create(user=found, email=INVITED, primary=True)
    found.socialaccount_set.create(provider="github", uid="666")
    return found


def test_an_account_that_a_stranger_began_becomes_its_owners(nadia, team, local, closed, begun):  # noqa: F811
    assert come(nadia, local).url == "/invites/"
    begun.refresh_from_db()
    assert (begun.name, begun.has_usable_password()) == ("Nadia New", False)
    assert list(begun.socialaccount_set.values_list("provider", "uid")) == [("local", "42")]
    assert EmailAddress.objects.get(user=begun).verified
    assert_joins(nadia, team)


def test_it_does_not_by_an_address_that_nobody_vouches_for(nadia, local, closed, begun):  # noqa: F811
    come(nadia, local, email_verified=False)
    begun.refresh_from_db()
    assert (begun.name, begun.check_password("the stranger's")) == ("Not Nadia", True)
    assert nadia.get("/app/").status_code == 302


def test_nor_without_an_invite(client, local, begun):  # noqa: F811
    go(client, local, NADIA)
    begun.refresh_from_db()
    assert begun.name == "Not Nadia"


# ---- on other ways --------------------------------------------------------------------------------------
def test_signing_out_of_another_account_leads_back_to_the_kept_invite(nadia, carol):
    """The link was opened before she signed in, as somebody else by mistake."""
    nadia.post("/accounts/login/", {"login": carol.email, "password": factories.PASSWORD, "next": "/invites/"})
    assert "This invite is for another address" in nadia.get("/invites/").content.decode()
    assert nadia.post("/accounts/logout/", {"next": "/invites/"}).url == "/invites/"
    assert "Make an account" in nadia.get("/invites/").content.decode()


def test_whoever_signs_out_otherwise_leaves_no_invite_behind(nadia, carol):
    nadia.post("/accounts/login/", {"login": carol.email, "password": factories.PASSWORD})
    nadia.post("/accounts/logout/")
    assert nadia.get("/invites/").url == "/"


def test_an_ended_invite_is_no_page_to_go_on_to(nadia, carol):
    """Another mail has a newer link: the one that was opened says 404."""
    TeamInvite.objects.update(token="0" * 64)
    to = nadia.post("/accounts/login/", {"login": carol.email, "password": factories.PASSWORD}).url
    assert to == "/"


def test_a_closed_sign_up_leads_back_to_the_invite(nadia, client):
    Instance.objects.update_or_create(is_only=True, defaults={"sign_up": SignUp.CLOSED})
    assert 'href="/invites/"' in nadia.get("/accounts/signup/").content.decode()
    assert 'href="/invites/"' not in Client().get("/accounts/signup/").content.decode()


def test_a_code_by_mail_leads_back_to_the_invite(nadia, team, mailoutbox):
    UserFactory(email=INVITED)
    nadia.post("/accounts/login/code/", {"email": INVITED})
    confirm = nadia.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert confirm.url == "/invites/"
    assert_joins(nadia, team)
