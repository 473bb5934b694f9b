"""Signing in with an account elsewhere, at a provider that leads on to another host and back before it says yes."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from teams import invites
from teams.models import Team, TeamInvite
from tests.browser.axe import assert_clean
from tests.live import Live
from tests.teams.provider import Provider, provider

INVITED = "nadia@example.org"


@pytest.fixture
def local() -> Iterator[Provider]:
    """A provider with a second host: another port is another origin."""
    with provider() as found, provider() as other:
        found.by_way_of = other.url
        found.person = {"sub": "42", "name": "Nadia New", "email": INVITED, "email_verified": True}
        yield found
        assert (found.problems, other.asked) == ([], ["/pass"])


@pytest.fixture
def named(mortal, local) -> Live:
    """A server that names it."""
    mortal.stop()
    mortal.app, mortal.environment["LOCAL_PROVIDER"] = "tests.browser.signing_in_elsewhere:application", local.url
    mortal.start()
    return mortal


def invite(live: Live) -> str:
    """Invite Nadia; return the link."""
    team, token = Team(name="Kopi Pagi", slug=f"kopi-{uuid.uuid4().hex[:8]}"), uuid.uuid4().hex
    expires = timezone.now() + timedelta(days=1)
    live.insert(team, TeamInvite(team=team, email=INVITED, token=invites._digest(token), expires_at=expires))
    return f"{live.url}/invites/{token}/"


def test_an_invited_person_comes_by_a_provider_that_leads_on(page, named):
    """Chromium holds redirects after a form to `form-action`; whatever it refuses fails the test (`Guard`)."""
    page.goto(invite(named))
    assert_clean(page)
    page.get_by_role("button", name="Go on with Local").click()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("You are in Kopi Pagi now.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="One moment")).to_have_count(0)
