"""Mails of accounts come as text and as HTML, both with what they must tell."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings

TEMPLATES = settings.PROJECT / "templates"
SENT = sorted(
    str(path.relative_to(TEMPLATES)).removesuffix("_subject.txt")
    for app in ("account", "mfa", "socialaccount")
    for path in (TEMPLATES / app / "email").glob("*_subject.txt")
)
EVIL = "<img src=x>&"
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
                prefix, "al@example.org", told | {"current_site": site, "user_agent": AGENT, "timestamp": "now"}
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


def test_a_device_is_named_as_people_do(render):
    mail = render("account/email/password_changed")
    assert "with Firefox on Linux, at now" in mail.body
    assert "with Firefox on Linux, at now" in mail.alternatives[0][0]


def test_the_mail_that_goes_out_has_both(client, alice, mailoutbox):
    client.post("/accounts/password/reset/", {"email": alice.email})
    (mail,) = mailoutbox
    link = re.search(r"https?://\S+/key/\S+", mail.body)[0]
    assert mail.alternatives[0][0].count(link) == 2, "on the button and written out"
