"""What all tests share: Alice owns, Bob is in her team, Carol is a stranger."""

import pytest
from django.conf import settings
from django.core.mail.backends import locmem
from django.db import connection, transaction
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from sambung.lib import threads
from sambung.lib.threads import check_may_wait
from sambung.lib.waiting import asks_for
from teams import mails
from teams.models import TeamRole, User
from teams.workspace import Workspace
from tests.delivery import deliver
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, UserFactory

# A busy machine is slow, which is no fault of an example.
hypothesis_settings.register_profile("sambung", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("sambung")
pytest_plugins = ["tests.budget", "tests.databases", "tests.live", "tests.full", "tests.groups", "tests.seconds"]


@pytest.fixture(autouse=True)
def _of_requests():
    """A request leaves its language and its person behind in the thread; the next test begins without."""
    yield
    translation.deactivate()
    asks_for.set("")


@pytest.fixture(autouse=True)
def _mails_after_commit(monkeypatch):
    """No mail leaves in a transaction: a server would hold its rows."""
    send = locmem.EmailBackend.send_messages

    def checked(backend, messages):
        check_may_wait()
        return send(backend, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", checked)


@pytest.fixture(autouse=True)
def _mails_leave(request, monkeypatch):
    """A mail leaves as soon as it is written, as by a worker that is quick; `unsent` leaves it to the test."""
    if "unsent" in request.fixturenames:
        return

    def post(letter, to, **about):
        made = write(letter, to, **about)
        if threads.is_in_transaction():
            transaction.on_commit(deliver)
        else:
            deliver()
        return made

    write = mails.post
    monkeypatch.setattr(mails, "post", post)


@pytest.fixture
def unsent():
    """Mails wait until a job is run."""


@pytest.fixture(autouse=True)
def _no_jobs_left(request, django_db_blocker):
    """What a test commits is emptied behind it, but for the jobs, whose tables are not Django's."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    if commits:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def alice(db) -> User:
    return UserFactory(name="Alice Owner")


@pytest.fixture
def bob(db) -> User:
    return UserFactory(name="Bob Member")


@pytest.fixture
def carol(db) -> User:
    return UserFactory(name="Carol Stranger")


@pytest.fixture
def team(alice, bob):
    """Alice's team, with Bob in it."""
    made = TeamFactory(created_by=alice)
    TeamMemberFactory(team=made, user=alice, role=TeamRole.ADMIN)
    TeamMemberFactory(team=made, user=bob)
    return made


@pytest.fixture
def chat(alice):
    """A personal chat of Alice's, empty."""
    return ChatFactory(user=alice)


@pytest.fixture
def workspace(alice) -> Workspace:
    """Alice's personal workspace."""
    return Workspace(alice)


@pytest.fixture
def sign_in():
    """Give a client signed in as a person."""

    def client(user: User, **extra) -> Client:
        made = Client(headers=extra)
        made.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return made

    return client
