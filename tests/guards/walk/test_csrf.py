"""A POST without its token is refused at every address but those of programs, which prove themselves otherwise."""

import pytest

from teams.workspace import Workspace
from tests import budget
from tests.guards import world
from tests.guards.routes import INSTANCE, TEAM, WORKSPACE, Row
from tests.guards.walk.admin_paths import admin_paths
from tests.guards.walk.asking import address, outside
from tests.guards.walk.sampling import is_due
from tests.guards.world import Caller, World

#: What no browser posts to, and how whoever does is known.
EXEMPT = {
    "hook": "a webhook is signed with a secret of its own",
    "shared_seen": "it counts a look of anybody, of whom no cookie is kept",
}
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.mark.parametrize("role", ["anonymous", "owner", "instance_admin"])
def test_post_without_token_is_refused(role):
    """The check comes before anybody asks who it is: one role asks everywhere, the others by turns."""
    case = world.make(False)
    team = World(case.people, case.team, Workspace(case.people["owner"], case.team), case.ids)
    caller = Caller(case.people[role], enforce_csrf_checks=True)
    paths = [case.path(name, row.names) for name, row in _posted(WORKSPACE)]
    paths += [team.path(name, row.names) for name, row in _posted(TEAM)]
    paths += [address(case, name) for name, _ in _posted(outside() | INSTANCE) if name not in EXEMPT]
    paths += [path for path, _ in admin_paths(case).values()]
    passed = []
    for n, path in enumerate(paths):
        if role != "owner" and not is_due(str(n), f"csrf {role}"):
            continue
        budget.count("requests")
        if caller.send("POST", path, {"text": "Hello"}).status_code != 403:
            passed.append(path)
    assert passed == []


def _posted(rows: dict[str, Row]) -> list[tuple[str, Row]]:
    """Those that take a POST."""
    return [(name, row) for name, row in rows.items() if row.holder.split()[1] != "405"]
