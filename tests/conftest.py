"""What all tests share: Alice owns, Bob is in her team, Carol is a stranger."""

import pytest
from django.conf import settings
from django.core.mail.backends import locmem
from django.test import Client
from django.utils import translation

from sambung.lib.threads import check_may_wait
from sambung.lib.waiting import asks_for
from teams.models import TeamRole, User
from teams.workspace import Workspace
from tests.factories import ChatFactory, TeamFactory, TeamMemberFactory, UserFactory

pytest_plugins = ["tests.budget", "tests.live", "tests.full", "tests.groups", "tests.seconds"]


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
