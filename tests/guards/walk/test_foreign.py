"""What belongs to somebody else and what does not exist answer alike, to every role."""

import uuid

import pytest

from chats.models import Chat
from chats.views import chats
from teams.workspace import Workspace
from tests import budget
from tests.factories import TeamFactory, TeamMemberFactory
from tests.guards import world
from tests.guards.routes import WORKSPACE
from tests.guards.walk.asking import SCRIPT, walk_foreign, walk_workspace
from tests.guards.world import CANARY, ROLES, Caller

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize(("is_team", "headers"), [(False, {}), (True, SCRIPT)], ids=["personal-page", "team-script"])
def test_foreign_looks_like_absent(role, is_team, headers):
    walk_foreign(role, is_team, headers)


@pytest.mark.parametrize("headers", [{}, SCRIPT], ids=["page", "script"])
def test_absent_team_looks_like_foreign_team(headers):
    case = world.make(True)
    caller = Caller(case.people["stranger"])
    for slug in (case.team.slug, "no-such-team"):
        response = caller.send("GET", f"/team/{slug}/chats/", headers=headers)
        budget.count("requests")
        assert response.status_code == 404
        assert CANARY not in response.content.decode()


def test_nested_ids_are_checked():
    case = world.make(False)
    theirs = world.rows(Workspace(case.people["stranger"]))
    caller = Caller(case.people["stranger"])
    own = f"/app/chats/{theirs['chat']}/"
    for parent in (case.ids["answer"], uuid.uuid4(), "not-an-id"):
        response = caller.send("POST", f"{own}messages/", {"text": "Hello", "parent": str(parent)})
        assert response.status_code == 404
        assert caller.send("GET", f"{own}earlier/?before={parent}").status_code == 404
    other = world.rows(Workspace(case.people["stranger"]))  # a message of another chat of one's own
    assert caller.send("POST", f"{own}messages/", {"text": "Hi", "parent": str(other["answer"])}).status_code == 404


def test_old_member_is_a_stranger():
    case = world.make(True)
    caller = Caller(case.people["teammate"])
    path = case.path("chat", "chat")
    assert caller.send("GET", path).status_code == 200
    case.team.members.filter(user=case.people["teammate"]).delete()
    assert caller.send("GET", path).status_code == 404


def test_second_team_of_a_person_shows_its_own():
    """Two teams of one person do not mix."""
    case = world.make(True)
    second = TeamFactory()
    TeamMemberFactory(team=second, user=case.people["owner"])
    response = Caller(case.people["owner"]).send("GET", f"/team/{second.slug}/chats/")
    assert response.status_code == 200
    assert f"{CANARY} chat" not in response.content.decode()


def test_planted_leak_is_found(monkeypatch):
    """A view that forgets the scope turns both walks red."""
    monkeypatch.setattr(chats, "_chat", lambda request, chat_id, level=None: Chat.objects.get(pk=chat_id))
    for name in [name for name, row in WORKSPACE.items() if row.names != "chat"]:
        monkeypatch.delitem(WORKSPACE, name)
    with pytest.raises(AssertionError):
        walk_workspace("stranger", False, {})
    with pytest.raises(AssertionError):
        walk_foreign("stranger", False, {})
