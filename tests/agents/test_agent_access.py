"""Who does what with whose agents, by hand: nothing here is read from the code."""

import pytest

from agents.models import AgentUserPermission, PermissionStatus
from chats.replies import responder
from teams.models import TeamRole, UserRole
from teams.workspace import Workspace
from tests import factories
from tests.factories import TeamFactory, TeamMemberFactory, UserFactory
from tests.guards.world import Caller

pytestmark = pytest.mark.django_db

ROLES = ("owner", "teammate", "stranger", "granted", "agent_admin", "instance_admin")
#: What each may, in the order of ROLES: (s)ee it in a list, (u)se it, (e)dit, take it back from everybody (p),
#: (o)pen it to everybody, (d)elete.
TABLE = {
    ("personal", "private"): ("suepd", "", "", "su", "", ""),
    ("personal", "readonly"): ("suepd", "su", "su", "su", "su", "suepod"),
    ("personal", "public"): ("suepd", "su", "su", "su", "sue", "suepod"),
    ("team", "private"): ("suepd", "sue", "", "su", "", ""),
    ("team", "readonly"): ("suepd", "sue", "su", "su", "su", "suepod"),
    ("team", "public"): ("suepd", "sue", "su", "su", "sue", "suepod"),
}


@pytest.fixture
def people() -> dict:
    """Everybody of the table; the owner is an admin of the team, and a plain user of the instance."""
    found = {role: UserFactory(name=role) for role in ROLES}
    for role, given in (("agent_admin", UserRole.AGENT_ADMIN), ("instance_admin", UserRole.ADMIN)):
        found[role].role = given
        found[role].save()
    return found


def _may(person, agent, workspace: Workspace) -> str:
    """The letters of what the pages let a person do."""
    caller = Caller(person)

    def is_done(method: str, name: str, **data) -> bool:
        return caller.send(method, workspace.url(name, agent.pk), data).status_code in {200, 302}

    lists = [caller.send("GET", f"{workspace.url('agent_list')}?tab={tab}") for tab in ("team", "mine", "shared")]
    done = {
        "s": any(workspace.url("agent", agent.pk) in response.content.decode() for response in lists),
        "u": is_done("GET", "agent"),
        "e": is_done("GET", "agent_edit"),
        "p": is_done("POST", "agent_visibility", visibility="private"),
        "o": is_done("POST", "agent_visibility", visibility="public" if agent.visibility != "public" else "readonly"),
        "d": is_done("POST", "agent_delete"),
    }
    assert done["u"] == (responder.usable_agent(person, agent.pk) is not None)
    return "".join(letter for letter, is_so in done.items() if is_so)


@pytest.mark.parametrize(("kind", "visibility"), TABLE)
def test_each_role(kind, visibility, people):
    team = TeamFactory(created_by=people["owner"])
    TeamMemberFactory(team=team, user=people["owner"], role=TeamRole.ADMIN)
    TeamMemberFactory(team=team, user=people["teammate"])
    agent = factories.agent(people["owner"], team if kind == "team" else None, visibility=visibility)
    given = {"user": people["granted"], "status": PermissionStatus.VISIBLE}
    AgentUserPermission.objects.create(agent=agent, **given)
    found = {}
    for role, person in people.items():
        is_member = kind == "team" and role in {"owner", "teammate"}
        found[role] = _may(person, agent, Workspace(person, team if is_member else None))
    assert found == dict(zip(ROLES, TABLE[kind, visibility], strict=True))


def test_an_agent_of_ones_own_is_not_shown_in_another_workspace(alice, team):
    agent = factories.agent(alice)
    assert Caller(alice).send("GET", Workspace(alice, team).url("agent", agent.pk)).status_code == 404
    assert Caller(alice).send("GET", Workspace(alice).url("agent", agent.pk)).status_code == 200


def test_what_rests_is_there_for_those_who_can_change_it(people):
    agent = factories.agent(people["owner"], visibility="public", is_active=False)
    for role in ROLES:
        person = people[role]
        status = Caller(person).send("GET", Workspace(person).url("agent", agent.pk)).status_code
        assert status == (200 if role in {"owner", "agent_admin", "instance_admin"} else 404), role
        assert (responder.usable_agent(person, agent.pk) is not None) == (status == 200), role
