"""Addresses outside of workspaces: what is common, accounts, and the instance's pages."""

import pytest

from tests import budget
from tests.guards import world
from tests.guards.routes import INSTANCE, METHODS, SENT_ON, TO_SIGN_IN
from tests.guards.walk.asking import SCRIPT, address, answers, outside, told
from tests.guards.walk.sampling import is_due
from tests.guards.world import ROLES, Caller

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.mark.parametrize("role", ROLES)
def test_common_and_accounts(role):
    """To all who are signed in they are the same; allauth's views take methods of their own, which one role asks."""
    case = world.make(False)
    caller, wrong = Caller(case.people[role]), {}
    for name, row in outside().items():
        if role not in {"anonymous", "owner"} and not is_due(name, role):
            continue
        methods = METHODS if role in {"anonymous", "owner"} else METHODS[:2]
        found, _ = answers(caller, address(case, name), row, methods=methods)
        wanted = (row.anonymous if role == "anonymous" else row.holder)[: len(found)]
        if found != wanted:
            wrong[name] = f"{found}, not {wanted}"
    told(wrong)


@pytest.mark.parametrize("role", ["anonymous", "stranger"])
def test_scripts_outside_of_workspaces(role):
    """Whoever is not signed in is told where to; the few rows with an answer of their own say it."""
    case = world.make(False)
    caller, wrong = Caller(case.people[role]), {}
    for name, row in (outside() | INSTANCE).items():
        found, _ = answers(caller, address(case, name), row, SCRIPT)
        if name == "account_reset_password_from_key":
            wanted = "400 400"  # allauth answers a bad key so
        elif role == "stranger":
            wanted = row.stranger if name in INSTANCE else row.script()
        else:
            wanted = "401 401" if row.anonymous == TO_SIGN_IN and name not in SENT_ON else row.anonymous
        if found != wanted[: len(found)]:
            wrong[name] = f"{found}, not {wanted}"
    told(wrong)


@pytest.mark.parametrize("role", ["anonymous", "owner"])
def test_a_boosted_link_gets_what_a_plain_one_does(role):
    """A whole page, never a fragment of it, and the door itself instead of a hint at it."""
    case = world.make(False)
    caller = Caller(case.people[role])
    for path in (case.path("chat", "chat"), case.path("chat_list"), case.path("chat_settings", "chat"), "/teams/new/"):
        plain, boosted = (caller.send("GET", path, headers=more) for more in ({}, SCRIPT | {"HX-Boosted": "true"}))
        budget.count("requests", 2)
        assert boosted.status_code == plain.status_code
        assert ("<html" in boosted.content.decode()) == (role == "owner"), path


@pytest.mark.parametrize("role", ROLES)
def test_instance(role):
    case = world.make(False)
    caller, wrong = Caller(case.people[role]), {}
    for name, row in INSTANCE.items():
        if role not in {"anonymous", "stranger", "instance_admin"} and not is_due(name, role):
            continue
        found, _ = answers(caller, address(case, name), row)
        wanted = {"anonymous": row.anonymous, "instance_admin": row.holder}.get(role, row.stranger)[: len(found)]
        if found != wanted:
            wrong[name] = f"{found}, not {wanted}"
    told(wrong)
