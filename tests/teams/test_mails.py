"""Mails of accounts come as text and as HTML, both with what they must tell."""

import re
from datetime import UTC, datetime

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings
from django.utils import timezone

TEMPLATES = settings.PROJECT / "templates"
SENT = sorted(
    str(path.relative_to(TEMPLATES)).removesuffix("_subject.txt")
    for app in ("account", "mfa", "socialaccount")
    for path in (TEMPLATES / app / "email").glob("*_subject.txt")
)
EVIL = "<img src=x>&"
AT = datetime(2026, 11, 28, 22, 14, tzinfo=UTC)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def render(db):
    """Renders a mail as allauth does, with markup for each name in it."""
    told = dict.fromkeys(("email", "provider", "to_email", "from_email", "ip"), EVIL)
    told |= {"code": "ABC-DEF", "password_reset_url": "https://chat.example.org/reset/?a=1&b=2"}

    def rendered(prefix: str):
        site = type("Site", (), {"domain": "chat.example.org"})
        with context.request_context(None):
            return get_adapter().render_mail(
                prefix, "al@example.org", told | {"current_site": site, "user_agent": AGENT, "timestamp": AT}
            )

    return rendered


def test_all_are_looked_at():
    assert len(SENT) > 15


@pytest.mark.parametrize("prefix", SENT)
def test_each_has_both_parts_that_tell_the_same(render, prefix):
    mail = render(prefix)
    ((html, kind),) = mail.alternatives
    assert kind == "text/html"
    assert html.startswith("<!doctype html>")
    assert "Sambung at chat.example.org" in html
    assert "Sambung at chat.example.org" in mail.body
    assert EVIL not in html
    assert "<img" not in html
    assert ("&lt;img src=x&gt;&amp;" in html) == (EVIL in mail.body)
    assert "&lt;" not in mail.body
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("&amp;", "&").replace("&lt;", "<")
    for line in mail.body.replace("--", "").splitlines():
        assert re.sub(r"\s+", " ", line.strip()) in shown.replace("&gt;", ">").replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("", "Nov. 28, 2026, 22:14 UTC"),
        ("Asia/Jakarta", "Nov. 29, 2026, 05:14 WIB (UTC+07:00)"),
        ("America/Sao_Paulo", "Nov. 28, 2026, 19:14 UTC-03:00"),
    ],
)
def test_a_device_is_named_as_people_do_and_a_time_with_its_zone(render, zone, moment):
    with timezone.override(zone or None):
        mail = render("account/email/password_changed")
    for said in (mail.body, mail.alternatives[0][0]):
        assert f"with Firefox on Linux, at {moment}. If it was not you" in said


def test_a_change_is_told_at_the_time_of_the_person(client, alice, mailoutbox):
    """Also where whoever asks is nobody yet, and so in no zone."""
    alice.preferences = {"time_zone": "Asia/Jakarta"}
    alice.save()
    client.post("/accounts/password/reset/", {"email": alice.email})
    form = client.get(re.search(r"http\S+/key/\S+", mailoutbox[0].body)[0], follow=True)
    client.post(form.redirect_chain[-1][0], dict.fromkeys(("password1", "password2"), "an entirely new phrase"))
    assert "WIB (UTC+07:00). If" in mailoutbox[1].body


def test_the_mail_that_goes_out_has_both(client, alice, mailoutbox):
    client.post("/accounts/password/reset/", {"email": alice.email})
    (mail,) = mailoutbox
    link = re.search(r"https?://\S+/key/\S+", mail.body)[0]
    assert mail.alternatives[0][0].count(link) == 2, "on the button and written out"
