"""Where a person is signed in, and an end to it from elsewhere."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from agents.runs.consumer import people
from teams import setup
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


def test_following_a_session_writes_nothing(alice):
    client = sign_in_as(alice, "Here")
    seen = UserSession.objects.get().last_seen_at
    client.get("/app/")
    assert UserSession.objects.get().last_seen_at == seen
