"""Invites: whom they reach, whom they let in, and what they tell to others."""

import io
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.utils import timezone

from sambung.lib.errors import Refused
from sambung.logs import JsonLines, PlainLines
from teams import invites, limits
from teams.models import AuditEntry, Instance, SignUp, TeamInvite, TeamMember, TeamRole, User
from tests import factories
from tests.factories import PASSWORD, TeamFactory, TeamMemberFactory, UserFactory

pytestmark = pytest.mark.django_db
TOKEN = "a-token-that-nobody-else-has-0123456789"
LINK = f"/invites/{TOKEN}/"


@pytest.fixture(autouse=True)
def _no_haste():
    """What other tests sent does not count."""
    limits._window.storage.reset()
    yield
    limits._window.storage.reset()


@pytest.fixture
def team(team):
    """A team whose name reads the same in a page."""
    team.name = "Kopi Pagi"
    team.save()
    return team


@pytest.fixture
def client_of(sign_in, alice, bob, carol):
    return {"alice": sign_in(alice), "bob": sign_in(bob), "carol": sign_in(carol)}.__getitem__


@pytest.fixture
def send(team, client_of, django_capture_on_commit_callbacks):
    """Alice fills in the form; mails go as they would after the commit."""

    def post(addresses: str, **more):
        with django_capture_on_commit_callbacks(execute=True):
            data = {"addresses": addresses, "role": "member"} | more
            return client_of("alice").post(f"/team/{team.slug}/invites/", data)

    return post


def link_of(message) -> str:
    return re.search(r"http://\S+(/invites/\S+/)", message.body)[1]


# ---- sending --------------------------------------------------------------------------------------------
def test_an_admin_does_not_learn_who_has_an_account(team, carol, client_of, send, mailoutbox):
    """C53: the answer, the list and the mail are alike."""
    pages = []
    for email in (carol.email, "unknown@example.org"):
        answer = send(email)
        shown = client_of("alice").get(answer.url).content.decode()
        letter = mailoutbox[-1]
        told = [answer.status_code, answer.url, shown, letter.subject, letter.body]
        invite = TeamInvite.objects.get(email=email)
        for changes in (email, str(invite.pk), link_of(letter)):
            told = [str(part).replace(changes, "#") for part in told]
        pages.append([re.sub(r"\b[A-Za-z0-9]{64}\b", "#", part) for part in told])
        invite.delete()
    assert pages[0] == pages[1]


def test_several_at_once(team, alice, send):
    response = send(
        "Ann@Example.org, bea@example.org;\n cem@example.org <dee@example.org>", role="admin", note="Hello <b>"
    )
    assert response.url == f"/team/{team.slug}/members/"
    found = TeamInvite.objects.order_by("email")
    assert [invite.email for invite in found] == [f"{name}@example.org" for name in ("ann", "bea", "cem", "dee")]
    assert {(invite.role, invite.note, invite.invited_by, invite.state) for invite in found} == {
        ("admin", "Hello <b>", alice, "open")
    }
    assert {message.to[0] for message in mail.outbox} == {invite.email for invite in found}
    assert AuditEntry.objects.filter(action="invite.sent", team=team, actor=alice).count() == 4


def test_the_mail(team, alice, send, settings):
    settings.PUBLIC_URL = "https://chat.example.org"
    alice.name = "Alice\nBcc: x"
    alice.save()
    send("ann@example.org", note="Come & <b>see</b>")
    (message,) = mail.outbox
    assert message.subject == f"Alice Bcc: x invites you to {team}"
    link = f"https://chat.example.org{re.search(r'/invites/[^/]+/', message.body)[0]}"
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert link in message.body
    assert f'href="{link}"' in html
    for text in (message.body, html):
        assert f"({alice.email}) invites you to the team {team} in Sambung." in text
        assert "for 7 days, once, for ann@example.org alone" in text
    assert "Come & <b>see</b>" in message.body
    assert "Come &amp; &lt;b&gt;see&lt;/b&gt;" in html
    token = link.split("/")[-2]
    assert len(token) == 43
    assert token not in str(TeamInvite.objects.values())
    assert token not in str(AuditEntry.objects.values())


def test_bad_addresses_are_named_and_nothing_is_lost(send):
    response = send("ann@example.org nonsense, also@bad", note="A note", role="admin")
    assert response.status_code == 422
    shown = response.content.decode()
    assert "No mail address: nonsense, also@bad." in shown
    for kept in ("ann@example.org nonsense, also@bad", "A note", 'value="admin" selected'):
        assert kept in shown
    assert not TeamInvite.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("addresses", ["", " , ", " ".join(f"a{n}@example.org" for n in range(51))])
def test_none_and_too_many(send, addresses):
    assert send(addresses).status_code == 422


def test_who_is_there_already_is_told(bob, send):
    EmailAddress.objects.create(user=bob, email="Bob-Also@example.org", verified=True)
    send("ann@example.org")
    response = send(f"{bob.email} bob-also@example.org ann@example.org")
    assert response.status_code == 422
    shown = response.content.decode()
    assert f"In the team already: {bob.email}, bob-also@example.org." in shown
    assert "Invited already: ann@example.org." in shown
    assert send(f"{bob.email} new@example.org").status_code == 302
    assert [message.to for message in mail.outbox] == [["ann@example.org"], ["new@example.org"]]


def test_the_same_address_twice_is_one_invite(send):
    send("ann@example.org ANN@example.org")
    assert len(mail.outbox) == TeamInvite.objects.count() == 1


def test_an_expired_invite_is_sent_anew(team, send):
    old = factories.invite(team, TOKEN, email="ann@example.org", expires_at=timezone.now() - timedelta(1))
    send("ann@example.org", role="admin")
    (found,) = TeamInvite.objects.all()
    assert (found.pk, found.role, found.state) == (old.pk, "admin", "open")
    assert invites.find(TOKEN) is None


def test_members_who_are_no_admins_invite_nobody(team, client_of):
    assert client_of("bob").post(f"/team/{team.slug}/invites/", {"addresses": "ann@example.org"}).status_code == 404
    assert not TeamInvite.objects.exists()


def test_haste_counts_addresses(send):
    many = [" ".join(f"a{start}-{n}@example.org" for n in range(40)) for start in range(2)]
    assert send(many[0]).status_code == 302
    response = send(many[1])
    assert response.status_code == 429
    assert "Retry-After" in response
    assert TeamInvite.objects.count() == 40


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_away(team, send, monkeypatch):
    def refuse(self, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    response = send("ann@example.org")
    assert response.status_code == 409
    assert "The invites are kept" in response.content.decode()
    assert TeamInvite.objects.get().state == "open"


# ---- resend, revoke -------------------------------------------------------------------------------------
def test_resend_makes_a_new_link_and_ends_the_old(team, client_of, client, django_capture_on_commit_callbacks):
    invite = factories.invite(team, TOKEN, expires_at=timezone.now() - timedelta(1))
    with django_capture_on_commit_callbacks(execute=True):
        client_of("alice").post(f"/team/{team.slug}/invites/{invite.pk}/resend/")
    (message,) = mail.outbox
    invite.refresh_from_db()
    assert invite.state == "open"
    assert timedelta(days=6) < invite.expires_at - timezone.now() <= timedelta(days=7)
    assert client.get(LINK).status_code == 404
    assert client.get(link_of(message)).status_code == 200


def test_revoke_ends_the_link(team, client_of, client):
    invite = factories.invite(team, TOKEN)
    client_of("alice").post(f"/team/{team.slug}/invites/{invite.pk}/revoke/")
    assert client.get(LINK).status_code == 410
    for act in ("resend", "revoke"):
        assert client_of("alice").post(f"/team/{team.slug}/invites/{invite.pk}/{act}/").status_code == 409
    assert AuditEntry.objects.get().action == "invite.revoked"


def test_the_list_shows_each_state(team, client_of):
    now = timezone.now()
    states = {
        "open": {},
        "expired": {"expires_at": now},
        "accepted": {"accepted_at": now},
        "revoked": {"revoked_at": now},
    }
    for state, fields in states.items():
        factories.invite(team, email=f"{state}@example.org", **fields)
    shown = client_of("alice").get(f"/team/{team.slug}/members/").content.decode()
    for word in ("Open", "Expired", "Accepted", "Withdrawn"):
        assert f">{word}</span>" in shown
    assert shown.count("Send a new link") == 2


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


# ---- the token stays between the mail and its reader ----------------------------------------------------
@pytest.mark.parametrize("lines", [JsonLines(), PlainLines("%(levelname)s %(message)s")])
def test_no_line_of_the_log_holds_the_token(team, client, lines, settings):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(lines)
    logging.getLogger().addHandler(handler)
    try:
        client.get(LINK)  # unknown: a warning with the path
        factories.invite(team, TOKEN, expires_at=timezone.now())
        client.get(LINK)
        client.put(LINK)
        logging.getLogger("x").error("Failed at %s", LINK, extra={"path": LINK})
    finally:
        logging.getLogger().removeHandler(handler)
    assert written.getvalue().count("/invites/***/") >= 4
    assert TOKEN not in written.getvalue()
    assert settings.LOGGING["formatters"]["json"]["()"] == "sambung.logs.JsonLines"
    assert settings.LOGGING["formatters"]["plain"]["()"] == "sambung.logs.PlainLines"


def test_no_session_holds_the_token(team, client):
    factories.invite(team, TOKEN)
    client.get(LINK)
    assert client.session["invite"]
    assert TOKEN not in str(client.session.items())


def test_a_link_that_was_replaced_is_forgotten(team, alice, client):
    invite = factories.invite(team, TOKEN)
    client.get(LINK)
    invites.resend(invite=invite, by=alice)
    assert client.get("/invites/account/").status_code == 404
    assert client.get("/invites/account/").url == "/invites/"
    assert client.get("/invites/").url == "/"


def test_no_other_site_learns_the_link(team, client):
    factories.invite(team, TOKEN)
    response = client.get(LINK)
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert TOKEN not in response.content.decode()


def test_members_of_other_teams_reach_no_invite(team, client_of, carol):
    other = TeamFactory()
    TeamMemberFactory(team=other, user=carol, role=TeamRole.ADMIN)
    invite = factories.invite(team)
    for slug in (team.slug, other.slug):
        assert client_of("carol").post(f"/team/{slug}/invites/{invite.pk}/revoke/").status_code == 404
    assert TeamInvite.objects.get().state == "open"
