"""Where a person is signed in, and an end to it from elsewhere."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.runs.consumer import people
from teams import devices, setup
from teams.models import User, UserRole
from tests.factories import PASSWORD

LOGIN, SESSIONS = "/accounts/login/", "/accounts/sessions/"


def sign_in_as(person, agent: str) -> Client:
    client = Client(headers={"User-Agent": agent})
    assert client.post(LOGIN, {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def test_listed_and_ended(alice, bob):
    here, phone, theirs = sign_in_as(alice, "Here"), sign_in_as(alice, "Phone"), sign_in_as(bob, "Foreign")
    shown = here.get(SESSIONS).content.decode()
    assert "Here" in shown
    assert "Phone" in shown
    assert "Foreign" not in shown
    key = phone.session.session_key
    row = UserSession.objects.get(session_key=key)
    assert set(people([key]).values()) == {alice}
    assert here.post(f"{SESSIONS}{row.pk}/end/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    assert people([key]) == {}, "its sockets are closed at the next look"
    assert phone.get("/app/").status_code == 302
    assert here.get("/app/").status_code == theirs.get("/app/").status_code == 200


def test_session_of_somebody_else(alice, bob):
    here, theirs = sign_in_as(alice, "Here"), sign_in_as(bob, "Foreign")
    row = UserSession.objects.get(user=bob)
    foreign, absent = here.post(f"{SESSIONS}{row.pk}/end/"), here.post(f"{SESSIONS}{row.pk + 1000}/end/")
    assert foreign.status_code == absent.status_code == 404
    assert theirs.get("/app/").status_code == 200


def test_all_others_end(alice):
    here, phone, desk = (sign_in_as(alice, agent) for agent in ("Here", "Phone", "Desk"))
    assert here.post(SESSIONS).status_code == 302
    assert here.get("/app/").status_code == 200
    assert phone.get("/app/").status_code == desk.get("/app/").status_code == 302
    assert UserSession.objects.filter(user=alice).count() == Session.objects.count() == 1


def test_old_cookie_after_signing_out(alice):
    """C61."""
    client = Client()
    client.get(LOGIN)
    before = client.session.session_key
    client = sign_in_as(alice, "Here")
    cookie = client.cookies.output(header="")
    assert client.session.session_key != before
    client.post("/accounts/logout/")
    assert not UserSession.objects.exists()
    client.cookies.load(cookie)
    assert client.get("/app/").status_code == 302


def test_set_up_is_a_session_too(db, client):
    token = setup.offer()
    client.post(f"/setup/{token}/", {"name": "Ada", "email": "ada@example.org", "password": PASSWORD})
    assert UserSession.objects.get().session_key == client.session.session_key


def days_later(monkeypatch, days: float) -> None:
    now = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: now)


def test_a_session_that_nobody_uses_ends(alice, monkeypatch):
    """C61: pages and sockets alike."""
    used, idle = sign_in_as(alice, "Here"), sign_in_as(alice, "Phone")
    days_later(monkeypatch, 13)
    assert used.get("/app/").status_code == 200
    used.get(SESSIONS)
    days_later(monkeypatch, 2)
    assert idle.get("/app/").status_code == 302
    assert people([idle.session.session_key]) == {}
    assert used.get("/app/").status_code == 200
    assert set(people([used.session.session_key]).values()) == {alice}


def test_a_session_ends_however_much_it_is_used(alice, monkeypatch):
    """C61: what is written into a session prolongs it neither."""
    client = sign_in_as(alice, "Here")
    key = client.session.session_key
    for _ in range(3):
        days_later(monkeypatch, 9.9)
        assert client.get("/app/").status_code == 200
        assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    days_later(monkeypatch, 0.5)
    assert people([key]) == {}
    assert client.get("/app/").status_code == 302


def test_last_use_is_written_once_an_hour(alice, monkeypatch):
    client = sign_in_as(alice, "Here")
    days_later(monkeypatch, 20 / 24)
    with CaptureQueriesContext(connection) as first:
        client.get("/notifications/")
    assert UserSession.objects.get().last_seen_at == timezone.now()
    with CaptureQueriesContext(connection) as second:
        client.get("/notifications/")
    assert len(first) == len(second) + 2, "the session and its use, once"


def test_admins_see_when_somebody_was_here_last(alice, bob, sign_in):
    now = timezone.now()
    User.objects.filter(pk=alice.pk).update(role=UserRole.ADMIN)
    for agent, days in (("Here", 4), ("Phone", 2)):
        key = sign_in_as(bob, agent).session.session_key
        UserSession.objects.filter(session_key=key).update(last_seen_at=now - timedelta(days=days))
    User.objects.filter(pk=bob.pk).update(last_login=now - timedelta(days=3))
    shown = sign_in(alice).get("/instance/people/", {"q": bob.email}).content.decode()
    assert re.search(r"seen 2\s+days ago", shown)


def test_following_a_session_writes_nothing(alice):
    client = sign_in_as(alice, "Here")
    seen = UserSession.objects.get().last_seen_at
    client.get("/app/")
    assert UserSession.objects.get().last_seen_at == seen


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iOS",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36",
            "Chrome on macOS",
        ),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
        ("<b>no browser</b>", "Unknown device"),
    ],
)
def test_a_device_in_people_s_words(agent, told):
    assert devices.words(agent) == told


def test_list_tells_devices(alice):
    client = sign_in_as(alice, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 <b>")
    page = client.get(SESSIONS).content.decode()
    assert re.search(r">\s*Firefox on Linux", page)
    assert 'title="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 &lt;b&gt;"' in page
