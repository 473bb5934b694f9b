"""Whether mails leave: what admins learn, and what whoever waits for a mail may."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.utils import timezone

from teams import accounts, mails
from teams.models import Instance, Mail
from tests.delivery import deliver
from tests.smtp import Server, running

pytestmark = pytest.mark.django_db

LETTER = mails.Letter("Hello", "Words", "<p>Words</p>")
CODE, RESET = "/accounts/login/code/", "/accounts/password/reset/"
STUCK = "Mails cannot be sent from here"
REFUSES = {
    "away": OSError(111, "Connection refused"),
    "address": smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}),
    "code": smtplib.SMTPAuthenticationError(535, b"no"),
}
_TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")


@pytest.fixture
def refuse(monkeypatch):
    def by(error: OSError) -> None:
        def send_messages(self, messages):
            raise error

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)

    return by


def post(to="ann@example.org") -> Mail:
    return mails.post(LETTER, [to], lasts=timedelta(hours=1))[0]


# ---- strangers ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("error", REFUSES.values(), ids=REFUSES)
@pytest.mark.parametrize("path", [CODE, RESET, "/accounts/signup/"])
def test_no_failure_tells_who_has_an_account(client, alice, refuse, path, error):
    """Not when a mail is asked for, nor when one looks, nor when another is sent."""
    Instance.objects.update_or_create(defaults={"sign_up": "open"})
    refuse(error)
    pages = []
    for email in (alice.email, "unknown@example.org"):
        Mail.objects.all().delete()
        client.cookies.clear()
        form = {"email": email, "name": "New", "password1": "long enough for all"}
        answers = [client.post(path, form, follow=True)]
        answers.append(client.get("/accounts/mail/"))
        if path == CODE:
            answers.append(client.post(f"{CODE}confirm/", {"action": "resend"}, follow=True))
            answers.append(client.get("/accounts/mail/"))
        texts = [(page.status_code, _TOKEN.sub("#", page.content.decode().replace(email, "#"))) for page in answers]
        pages.append(texts)
    assert pages[0] == pages[1]
    assert all(status == 200 for status, _ in pages[0])


@pytest.mark.parametrize("path", [CODE, RESET])
def test_who_waits_for_a_mail_learns_that_none_leaves(client, alice, refuse, path):
    refuse(REFUSES["away"])
    page = client.post(path, {"email": alice.email}, follow=True).content.decode()
    assert 'hx-get="/accounts/mail/"' in page
    told = client.get("/accounts/mail/", headers={"HX-Request": "true"}).content.decode()
    assert STUCK in told
    assert 'hx-get="/accounts/mail/?n=1"' in told
    assert "<html" not in told
    assert STUCK in client.get("/accounts/mail/").content.decode(), "without a script, too"


def test_an_address_that_is_refused_is_told_to_no_stranger(client, refuse):
    refuse(REFUSES["address"])
    post()
    assert STUCK not in client.get("/accounts/mail/").content.decode()


@pytest.mark.parametrize("asked", ["", "0", "59", "x", "٣", "9999999", "-1"])
def test_an_open_page_does_not_ask_for_ever(client, asked):
    page = client.get("/accounts/mail/", {"n": asked}, headers={"HX-Request": "true"}).content.decode()
    assert STUCK not in page
    assert "hx-get" in page
    last = client.get("/accounts/mail/", {"n": "60"}, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in last


# ---- admins ---------------------------------------------------------------------------------------------
def test_well_without_mails():
    assert mails.standing() == mails.Standing(0, None, None, 0, is_unattended=False)
    assert mails.standing().is_well


def test_failing_counts_from_the_last_that_has_left(settings):
    with running(settings, Server(says={"MAIL": "421 not now"}), limit=30):
        first = post()
        second = post("bea@example.org")
    for mail in (first, second):
        mail.refresh_from_db()
    how = mails.standing()
    assert (how.waiting, how.failing_since, how.failure.code) == (2, first.failed_at, "mail_refused")
    assert not how.is_well
    with running(settings, Server(), limit=10):
        post("cem@example.org")
    assert mails.standing().is_well
    assert mails.standing().waiting == 0, "the others need not wait for their next try"


def test_refused_addresses_count_until_another_mail_leaves(refuse, monkeypatch):
    refuse(REFUSES["address"])
    post()
    assert (mails.standing().refused, mails.standing().failing_since) == (1, None)
    monkeypatch.undo()
    post("bea@example.org")
    deliver()
    assert mails.standing().is_well


def test_mails_that_nobody_sends_are_told(unsent):
    mail = post()
    assert mails.standing().is_well
    Mail.objects.filter(pk=mail.pk).update(next_at=timezone.now() - 2 * mails.OVERDUE)
    assert mails.standing().is_unattended


def test_try_again(unsent, django_capture_on_commit_callbacks):
    mail = post()
    Mail.objects.filter(pk=mail.pk).update(next_at=timezone.now() + timedelta(hours=6))
    with django_capture_on_commit_callbacks() as callbacks:
        assert mails.try_again() == 1
    assert len(callbacks) == 1
    deliver()
    mail.refresh_from_db()
    assert mail.sent_at


# ---- going ----------------------------------------------------------------------------------------------
def test_what_waits_goes_with_the_person(alice, bob, unsent):
    mails.post(LETTER, [alice, bob, alice.email.upper()], lasts=timedelta(hours=1))
    mails.post(LETTER, ["new-address@example.org"], lasts=timedelta(hours=1), user=alice)
    accounts.delete(by=alice)
    assert [mail.to for mail in Mail.objects.all()] == [bob.email]


# ---- names ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://evil.example/login", "evil. example/login"),
        ("HTTPS://EVIL.EXAMPLE", "EVIL. EXAMPLE"),
        ("www.evil.example", "www. evil. example"),
        ("evil.example", "evil. example"),
        ("evil。example and evil．example", "evil. example and evil. example"),
        ("me@evil.example", "me at evil. example"),
        ("mailto:me@evil.example tel:123", "me at evil. example 123"),
        ("ht\u200btps://ev\u202eil.example", "evil. example"),
        ("例え.テスト", "例え. テスト"),
        ("Dr. Lee, J.R. Smith Jr.", "Dr. Lee, J.R. Smith Jr."),
        ("Version 2.10", "Version 2.10"),
        ("Tim: Kopi & Teh", "Tim: Kopi & Teh"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_names_are_taken_apart_where_programs_would_link_them(written, shown):
    assert mails.plain(written) == shown


@pytest.mark.parametrize("name", ["Go to https://evil.example", "www.evil.example", "x://y"])
def test_forms_take_no_addresses_as_names(client, alice, sign_in, team, name):
    Instance.objects.update_or_create(defaults={"sign_up": "open"})
    signed_in = sign_in(alice)
    for answer in (
        client.post("/accounts/signup/", {"name": name, "email": "n@example.org", "password1": "long enough for all"}),
        signed_in.post("/accounts/profile/", {"name": name}),
        signed_in.post("/teams/new/", {"name": name}),
        signed_in.post(f"/team/{team.slug}/settings/", {"name": name}),
    ):
        assert "No web addresses here" in answer.content.decode()
        assert name in answer.content.decode(), "what was typed is kept"
