"""Invites that admins send: whom they reach, what they tell, and how they are ended."""

import re
import smtplib
from datetime import timedelta
from unittest.mock import Mock

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from teams import invites
from teams.models import AuditEntry, Mail, TeamInvite
from tests import factories
from tests.teams.invites.conftest import LINK, TOKEN

pytestmark = pytest.mark.django_db


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
    assert invites.find(TOKEN).state == "replaced"


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


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ConnectionRefusedError(111, "Connection refused"),
            "has not left yet, and is tried again. The mail server cannot",
        ),
        (smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"no such user")}), "It said: 550 no such user"),
    ],
)
def test_a_mail_that_does_not_leave_is_told_in_the_list(team, send, client_of, monkeypatch, error, told):
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", Mock(side_effect=error))
    to = send("ann@example.org").url
    page = " ".join(client_of("alice").get(to).content.decode().split())
    assert told in page
    assert "Connection refused" not in page, "what the server says of itself is for those who run it"
    assert TeamInvite.objects.get().state == "open"
    monkeypatch.undo()
    client_of("alice").post(f"/team/{team.slug}/invites/{TeamInvite.objects.get().pk}/resend/")
    assert "The mail" not in client_of("alice").get(to).content.decode()


def test_a_link_that_is_withdrawn_is_not_mailed_any_more(team, unsent, send, client_of):
    send("ann@example.org bea@example.org")
    client_of("alice").post(f"/team/{team.slug}/invites/{TeamInvite.objects.get(email='ann@example.org').pk}/revoke/")
    assert [mail.to for mail in Mail.objects.all()] == ["bea@example.org"]
    team.delete()
    assert not Mail.objects.exists()


def test_lists_of_mail_programs_are_taken(send):
    send('Budi Santoso <budi@example.org>; "Lee, Ana" <ana@example.org>\nmailto:cem@example.org、dee@example.org')
    assert sorted(message.to[0] for message in mail.outbox) == [
        f"{n}@example.org" for n in ("ana", "budi", "cem", "dee")
    ]


def test_names_and_notes_bring_no_links_to_strangers(team, alice, send):
    alice.name, team.name = "Locked! visit https://evil.example/login now", "Prize at www.evil.example"
    alice.save()
    team.save()
    send("ann@example.org")
    (message,) = mail.outbox
    assert message.subject == "Locked! visit evil. example/login now invites you to Prize at www. evil. example"
    for said in (message.subject, message.body, message.alternatives[0][0]):
        assert "evil.example" not in said
    response = send("bea@example.org", note="Win at http://evil.example/")
    assert response.status_code == 422
    assert "No web addresses here" in response.content.decode()
    assert "Win at http://evil.example/" in response.content.decode()


# ---- resend, revoke -------------------------------------------------------------------------------------
def test_resend_makes_a_new_link_and_ends_the_old(team, client_of, client, django_capture_on_commit_callbacks):
    invite = factories.invite(team, TOKEN, expires_at=timezone.now() - timedelta(1))
    with django_capture_on_commit_callbacks(execute=True):
        client_of("alice").post(f"/team/{team.slug}/invites/{invite.pk}/resend/")
    (message,) = mail.outbox
    invite.refresh_from_db()
    assert invite.state == "open"
    assert timedelta(days=6) < invite.expires_at - timezone.now() <= timedelta(days=7)
    older = client.get(LINK)
    assert older.status_code == 410
    assert "A newer link was sent to you" in older.content.decode()
    assert str(team) not in older.content.decode()
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
    shown = " ".join(client_of("alice").get(f"/team/{team.slug}/members/").content.decode().split())
    for word in ("Open", "Expired", "Accepted", "Withdrawn"):
        assert f"> {word} </span>" in shown
    assert shown.count("Send a new link") == 2
