"""Invites: a team whose admin sends them, a link, and who follows it."""

import pytest

from teams import limits

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
