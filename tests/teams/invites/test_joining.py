"""Invites that people follow: whom they let in, with an account or to a new one."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from sambung.lib.errors import Refused
from teams import invites
from teams.models import AuditEntry, Instance, SignUp, TeamInvite, TeamMember, TeamRole, User
from tests import factories
from tests.factories import PASSWORD, TeamFactory, UserFactory
from tests.teams.invites.conftest import LINK, TOKEN

pytestmark = pytest.mark.django_db


# ---- links that open nothing ----------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["nobody", "the invited", "somebody else"])
@pytest.mark.parametrize("state", ["accepted", "revoked", "expired"])
def test_closed_links_explain_themselves(team, client, sign_in, alice, who, state):
    now = timezone.now()
    fields = {"accepted": {"accepted_at": now}, "revoked": {"revoked_at": now}, "expired": {"expires_at": now}}
    invited = UserFactory()
    factories.invite(team, TOKEN, email=invited.email, **fields[state])
    visitor = {"nobody": client, "the invited": sign_in(invited), "somebody else": sign_in(alice)}[who]
    for method in ("get", "post"):
        response = getattr(visitor, method)(LINK)
        assert response.status_code == 410
        shown = response.content.decode()
        assert {"accepted": "has been used", "revoked": "was withdrawn", "expired": "has expired"}[state] in shown
        assert (team.name in shown, invited.email in shown) == (False, False)
    assert not TeamMember.objects.filter(user=invited).exists()


def test_unknown_link(client, client_of):
    for visitor in (client, client_of("carol")):
        assert visitor.get(LINK).status_code == 404
        assert visitor.post(LINK).status_code == 404


# ---- joining with an account ----------------------------------------------------------------------------
def test_a_look_accepts_nothing(team, carol, client_of):
    factories.invite(team, TOKEN, email=carol.email, note="Come <i>in</i>")
    shown = client_of("carol").get(LINK).content.decode()
    assert team.name in shown
    assert "Alice Owner invites you" in shown
    assert "Come &lt;i&gt;in&lt;/i&gt;" in shown
    assert not TeamMember.objects.filter(user=carol).exists()


@pytest.mark.parametrize("role", TeamRole.values)
def test_join(team, carol, client_of, role):
    other = TeamFactory()
    factories.invite(team, TOKEN, email=carol.email, role=role)
    response = client_of("carol").post(LINK, {"role": "admin", "team": str(other.pk), "email": "x@example.org"})
    assert response.url == f"/team/{team.slug}/"
    assert list(TeamMember.objects.filter(user=carol).values_list("team", "role")) == [(team.pk, role)]
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"invite.accepted", "member.joined"}
    assert client_of("carol").post(LINK).status_code == 410


def test_another_address_is_told_and_learns_nothing(team, carol, client_of):
    factories.invite(team, TOKEN, email="ann@example.org", note="SECRET")
    for method, status in (("get", 200), ("post", 403)):
        response = getattr(client_of("carol"), method)(LINK)
        assert response.status_code == status
        shown = response.content.decode()
        assert "This invite is for another address" in shown
        assert carol.email in shown
        for hidden in (team.name, team.slug, "ann@example.org", "Alice", "SECRET"):
            assert hidden not in shown
    assert not TeamMember.objects.filter(user=carol).exists()


def test_an_address_that_is_not_verified_does_not_count(team, carol, client_of):
    EmailAddress.objects.create(user=carol, email="ann@example.org", verified=False)
    factories.invite(team, TOKEN, email="ann@example.org")
    assert client_of("carol").post(LINK).status_code == 403
    with pytest.raises(Refused):
        invites.accept(invite=invites.find(TOKEN), by=carol)


def test_who_is_a_member_stays_what_they_are(team, alice, client_of):
    factories.invite(team, TOKEN, email=alice.email, role="member")
    client_of("alice").post(LINK)
    assert TeamMember.objects.get(team=team, user=alice).role == "admin"
    assert TeamInvite.objects.get().state == "accepted"


def test_signing_out_leads_back_to_the_link(team, client_of):
    factories.invite(team, TOKEN, email="ann@example.org")
    visitor = client_of("carol")
    response = visitor.post("/accounts/logout/", {"next": LINK})
    assert response.url == LINK
    assert "Make an account" in visitor.get(LINK).content.decode()


def test_signing_in_leads_back_to_the_link(team, client, carol):
    factories.invite(team, TOKEN, email=carol.email)
    shown = client.get(LINK).content.decode()
    (path,) = re.findall(r'href="(/accounts/login/[^"]*)"', shown)
    assert TOKEN not in path
    client.get(path)
    response = client.post("/accounts/login/", {"login": carol.email, "password": PASSWORD, "next": "/invites/"})
    assert response.url == "/invites/"
    assert "Join" in client.get("/invites/").content.decode()
    assert client.post("/invites/").url == f"/team/{team.slug}/"
    assert TeamMember.objects.filter(team=team, user=carol).exists()
    assert client.get("/invites/").url == "/", "the link is forgotten once it was used"


@pytest.mark.django_db(transaction=True)
def test_fifty_at_the_same_time_make_one_membership(team, carol):
    factories.invite(team, TOKEN, email=carol.email)
    barrier = threading.Barrier(50)

    def accept(_number) -> bool:
        invite = invites.find(TOKEN)
        connection.close()  # fifty are more than the pool of connections holds
        barrier.wait()
        try:
            return bool(invites.accept(invite=invite, by=carol))
        except invites.Closed:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(accept, range(50)))
    assert done.count(True) == 1
    assert TeamMember.objects.filter(team=team, user=carol).count() == 1
    assert AuditEntry.objects.filter(action="invite.accepted").count() == 1


# ---- joining with a new account -------------------------------------------------------------------------
ACCOUNT = {"name": "Ann New", "password": "an entirely new phrase"}


@pytest.mark.parametrize("mode", SignUp.values)
def test_sign_up_from_the_link(team, client, mode):
    Instance.objects.update_or_create(is_only=True, defaults={"sign_up": mode})
    factories.invite(team, TOKEN, email="ann@example.org", role="admin")
    client.get(LINK)
    shown = client.get("/invites/account/").content.decode()
    assert 'value="ann@example.org"' in shown
    response = client.post("/invites/account/", ACCOUNT | {"email": "evil@example.org", "role": "member"})
    assert response.url == f"/team/{team.slug}/"
    ann = User.objects.get(email="ann@example.org")
    assert (ann.name, ann.role, ann.check_password(ACCOUNT["password"])) == ("Ann New", "user", True)
    assert list(EmailAddress.objects.filter(user=ann).values_list("email", "verified", "primary")) == [
        ("ann@example.org", True, True)
    ]
    assert TeamMember.objects.get(user=ann).role == "admin"
    assert client.get(response.url).status_code == 200
    assert client.get(LINK).status_code == 410


@pytest.mark.parametrize("changes", [{"name": ""}, {"password": "short"}, {"password": "ann@example.org"}])
def test_a_bad_form_is_shown_again_and_uses_nothing_up(team, client, changes):
    factories.invite(team, TOKEN, email="ann@example.org")
    client.get(LINK)
    assert client.post("/invites/account/", ACCOUNT | changes).status_code == 422
    assert not User.objects.filter(email="ann@example.org").exists()
    assert TeamInvite.objects.get().state == "open"


def test_who_has_an_account_signs_in(team, client, carol):
    factories.invite(team, TOKEN, email=carol.email)
    for method in ("get", "post"):
        client.get(LINK)
        response = getattr(client, method)("/invites/account/", ACCOUNT)
        assert response.status_code == 200
        assert "You have an account already" in response.content.decode()
    assert TeamInvite.objects.get().state == "open"
    carol.refresh_from_db()
    assert carol.check_password(PASSWORD)


def test_an_account_that_a_stranger_began_with_the_address_becomes_its_owners(team, client, bob):
    """C52: nobody keeps a way in that they left there before."""
    begun = User.objects.create_user("ann@example.org", "the stranger's", name="Not Ann")
    EmailAddress.objects.create(user=begun, email=begun.email, primary=True)
    begun.socialaccount_set.create(provider="github", uid="666")
    factories.invite(team, TOKEN, email="ann@example.org")
    client.get(LINK)
    assert client.post("/invites/account/", ACCOUNT).status_code == 302
    ann = User.objects.get(email="ann@example.org")
    assert ann.check_password(ACCOUNT["password"])
    assert ann.name == ACCOUNT["name"]
    assert not ann.socialaccount_set.exists()
    assert EmailAddress.objects.get(user=ann).verified


def test_no_account_without_the_link(team, client):
    factories.invite(team, TOKEN, email="ann@example.org")
    assert client.post("/invites/account/", ACCOUNT).url == "/invites/"
    assert not User.objects.filter(email="ann@example.org").exists()


def test_withdrawn_while_the_form_is_filled_in(team, client):
    factories.invite(team, TOKEN, email="ann@example.org")
    client.get(LINK)
    TeamInvite.objects.update(revoked_at=timezone.now())
    assert client.post("/invites/account/", ACCOUNT).status_code == 410
    assert not User.objects.filter(email="ann@example.org").exists()


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_with_one_link_make_one_account(team):
    factories.invite(team, TOKEN, email="ann@example.org")
    barrier = threading.Barrier(2)

    def sign_up(_number) -> bool:
        invite = invites.find(TOKEN)
        barrier.wait()
        try:
            return bool(invites.sign_up(invite=invite, **ACCOUNT))
        except invites.Closed:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign_up, range(2))) == [False, True]
    assert TeamMember.objects.filter(user__email="ann@example.org").count() == 1
