"""Django's admin answers instance admins alone, and shows nobody's words."""

import pytest

from tests.guards import world
from tests.guards.routes import Row
from tests.guards.walk.admin_paths import admin_paths
from tests.guards.walk.asking import answers, told
from tests.guards.walk.sampling import is_due
from tests.guards.world import CANARY, ROLES, Caller

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
#: They show the name of the team.
NAMED = {"teams_team_change", "teams_team_changelist", "teams_teammember_changelist"}


@pytest.mark.parametrize("role", ROLES)
def test_admin(role):
    case = world.make(True)
    caller, wrong = Caller(case.people[role]), {}
    for name, (path, wanted) in admin_paths(case).items():
        if role not in {"anonymous", "owner", "instance_admin"} and not is_due(name, f"admin {role}"):
            continue
        if role != "instance_admin":
            wanted = "403 403" if name == "login" and role != "anonymous" else "302 302"
        found, responses = answers(caller, path, Row("", "", data={"post": "yes"}))
        if found != wanted:
            wrong[name] = f"{found}, not {wanted}"
        if name not in NAMED:
            texts = [response.content.decode() for response in responses]
            assert not [text for text in texts if any(f"{CANARY} {kind}" in text for kind in ("chat", "answer"))]
    told(wrong)
