"""A database that is away or takes nothing: whoever meets it, the answer is 503 and says when to come back."""

import errno

import psycopg
import pytest
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InternalError, OperationalError
from django.urls import reverse
from psycopg_pool import PoolTimeout

from sambung import health
from teams import profile
from teams.middleware import PreferencesMiddleware, WorkspaceMiddleware
from teams.sessions import SessionStore
from tests.full import Half, files_in

pytestmark = pytest.mark.django_db


def of_server(kind: type[psycopg.Error], outer: type[Exception] = OperationalError) -> Exception:
    error = outer("said by the server")
    error.__cause__ = kind("said by the server")
    return error


ERRORS = {
    "read-only": of_server(psycopg.errors.ReadOnlySqlTransaction, InternalError),
    "full": of_server(psycopg.errors.DiskFull),
    "gone": of_server(psycopg.OperationalError),
    "shut down": of_server(psycopg.errors.AdminShutdown),
    "no connection": PoolTimeout("none came free"),
}
DOORS = {
    "session": (SessionMiddleware, "process_request"),
    "session save": (SessionMiddleware, "process_response"),
    "person": (PreferencesMiddleware, "process_request"),
    "notices": (MessageMiddleware, "process_response"),
    "workspace": (WorkspaceMiddleware, "process_view"),
    "view": (profile, "change"),
}


@pytest.fixture(autouse=True)
def _well(monkeypatch):
    """No refusal of another test counts."""
    monkeypatch.setattr(health, "_refused_at", health._refused_at)


def broken(error: Exception):
    def raise_it(*args, **kwargs):
        raise error

    return raise_it


@pytest.fixture
def alices(sign_in, alice):
    client = sign_in(alice)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("script", [{}, {"HTTP_HX_REQUEST": "true"}], ids=["page", "fragment"])
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_whoever_meets_it_answers_503(alices, monkeypatch, door, error, script):
    monkeypatch.setattr(*door, broken(error))
    given = {"name": "Alice", "language": "", "time_zone": ""}
    response = alices.post(reverse("profile"), given, **script)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Sambung cannot be reached just now" in response.content.decode()


def test_a_bug_in_a_middleware_stays_one(alices, monkeypatch):
    monkeypatch.setattr(PreferencesMiddleware, "process_request", broken(ValueError("a bug")))
    assert alices.get(reverse("profile")).status_code == 500


def test_a_disk_without_room_answers_507(alices, monkeypatch):
    monkeypatch.setattr(profile, "change", broken(OSError(errno.ENOSPC, "No space left on device")))
    response = alices.post(reverse("profile"), {"name": "Alice", "language": "", "time_zone": ""})
    assert response.status_code == 507
    assert "There is no room" in response.content.decode()


def test_a_session_that_cannot_be_touched_reads_on(alices, monkeypatch):
    monkeypatch.setattr(SessionStore, "touch", broken(ERRORS["read-only"]))
    assert alices.get(reverse("profile")).status_code == 200


def test_readiness_tells_of_a_write_that_was_refused(client, alices, monkeypatch):
    monkeypatch.setattr(health, "replies_fault", lambda: "")
    assert client.get(reverse("readyz")).status_code == 200
    monkeypatch.setattr(profile, "change", broken(ERRORS["full"]))
    alices.post(reverse("profile"), {"name": "Alice", "language": "", "time_zone": ""})
    response = client.get(reverse("readyz"))
    assert (response.status_code, response.content) == (503, b"the database refuses writes")
    assert client.get(reverse("healthz")).status_code == 200


def test_no_half_picture_stays(alice, on_disk, monkeypatch):
    monkeypatch.setattr(profile, "ContentFile", Half)
    with pytest.raises(OSError, match="No space left"):
        profile.change_picture(by=alice, data=b"RIFF")
    alice.refresh_from_db()
    assert files_in(on_disk) == []
    assert not alice.image
