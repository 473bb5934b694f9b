"""Whoever waits for a mail hears from the open page that none can be sent."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from teams.models import Mail
from tests.browser.axe import assert_clean


@pytest.fixture
def failing(live):
    """A mail that no server has taken, after all that others sent; gives what ends it."""
    now = timezone.now()
    mail = Mail(to="x@example.org", error_code="mail_unreachable", failed_at=now + timedelta(hours=1), expires_at=now)
    live.insert(mail)
    yield lambda: live.sql("DELETE FROM mails WHERE id = %s", mail.pk)
    live.sql("DELETE FROM mails WHERE id = %s", mail.pk)


def test_an_open_page_tells_and_takes_it_back(page, live, failing):
    page.goto(f"{live.url}/accounts/login/code/")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_role("main").get_by_role("button").first.click()
    told = page.get_by_text("Mails cannot be sent from here at the moment.")
    expect(told).to_be_visible()
    assert_clean(page)
    failing()
    expect(told).to_be_hidden()
