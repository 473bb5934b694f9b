"""How a walk asks an address, and what it expects: the rows of `tests.guards.routes`."""

import re
import uuid

from django.urls import reverse

from teams.workspace import Workspace
from tests import budget
from tests.guards import world
from tests.guards.routes import (
    ACCOUNTS,
    ANYWHERE,
    COMMON,
    METHODS,
    NOT_THERE,
    PERSONAL,
    TEAM,
    TO_SIGN_IN,
    WORKSPACE,
    Row,
)
from tests.guards.walk.sampling import is_due
from tests.guards.world import CANARY, SCRIPT, Caller, World

_PASSING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{12}\b|\b[A-Za-z0-9]{64}\b"
)
_CHANGING = {"Set-Cookie", "Expires", "Content-Length"}
ARGS = {
    "setup": ["not-the-token"],
    "instance_server_forget": ["openai"],
    "person_picture": [uuid.UUID(int=0)],
    "invite": ["not-a-token"],
    "frame": ["svg"],
    "form_sent": ["not-a-token"],
    "hook": ["not-a-token"],
    "shared": ["not-a-token"],
    "shared_seen": ["not-a-token"],
    "shared_copy": ["not-a-token"],
    "shared_picture": ["not-a-token", uuid.UUID(int=0)],
    "shared_file": ["not-a-token", uuid.UUID(int=0)],
    "shared_thumbnail": ["not-a-token", uuid.UUID(int=0)],
    "account_session_end": [999999],
    "openid_connect_login": ["nobody"],
    "openid_connect_callback": ["nobody"],
    "mfa_remove_webauthn": [999999],
    "mfa_edit_webauthn": [999999],
    "account_reset_password_from_key": ["1", "not-a-key"],
}
#: Roles that stand in the same place as one that is walked everywhere.
SAMPLED = {
    False: {"teammate", "other_admin", "instance_admin"},  # strangers to a personal workspace
    True: {"other_admin", "instance_admin"},
}


def answers(
    caller: Caller, path: str, row: Row, headers: dict | None = None, methods: tuple[str, ...] = METHODS[:2]
) -> tuple[str, list]:
    """Send each method; return the statuses as a row has them, and the responses."""
    responses = [caller.send(method, path, row.data, headers) for method in methods]
    budget.count("requests", len(responses))
    return " ".join(str(response.status_code) for response in responses), responses


def walk_workspace(role: str, is_team: bool, headers: dict) -> None:
    """Ask the addresses of a workspace as `role`. Fails with all that is answered otherwise than its row says."""
    case = world.make(is_team)
    caller = Caller(case.people[role])
    wrong, leaks = {}, []
    is_sampled = role in SAMPLED[is_team] or (role == "anonymous" and headers)
    for name, row in rows_of(case).items():
        if is_sampled and not is_due(name, role):
            continue
        found, responses = answers(caller, _path(case, name, row), row, headers)
        wanted = _expected(row, role, case, bool(headers))[: len(found)]
        if found != wanted:
            wrong[name] = f"{found}, not {wanted}"
        if role not in case.holders and any(CANARY in _told(response, role, case) for response in responses):
            leaks.append(name)
        if role == "anonymous" and headers:
            assert responses[0]["HX-Redirect"].startswith("/accounts/login/")
    told(wrong)
    assert leaks == []


def walk_foreign(role: str, is_team: bool, headers: dict) -> None:
    """Ask for rows that are somebody else's, and for rows that are not there: nothing tells them apart."""
    case = world.make(is_team)
    if is_held := role in case.holders:  # then the foreign row lies in another workspace of the same person
        case = World(case.people, case.team, Workspace(case.people["owner"], None if is_team else case.team), case.ids)
    caller, differing = Caller(case.people[role]), []
    for name, row in rows_of(case).items():
        if not row.names or (role == "owner" and row.names in PERSONAL) or (is_held and row.names in ANYWHERE):
            continue
        if role not in {"owner", "stranger"} and not is_due(name, f"foreign {role}"):
            continue
        for method in METHODS[:2]:  # the others do not come as far as a row
            pair = [
                caller.send(method, case.path(name, row.names, pk), row.data, headers) for pk in (None, uuid.uuid4())
            ]
            budget.count("requests", 2)
            foreign, absent = pair
            if _same(foreign) != _same(absent) or foreign.status_code not in {404, 405}:
                differing.append(f"{method} {name}: {foreign.status_code} {absent.status_code}")
    assert differing == [], differing


def told(wrong: dict[str, str]) -> None:
    """Fail with what was answered otherwise."""
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


def rows_of(case: World) -> dict[str, Row]:
    """The addresses of the workspace's kind."""
    return WORKSPACE | TEAM if case.workspace.team else WORKSPACE


def address(case: World, name: str) -> str:
    """Of an address outside of workspaces."""
    if name.startswith("instance_person"):
        args = [case.people["stranger"].pk]
    elif name.startswith("instance_mcp") and name.removeprefix("instance_mcp_") not in {"list", "new", "paste"}:
        args = [case.ids["instance_server"]]
    elif name.startswith("instance_key") and name not in {"instance_key_list", "instance_key_new"}:
        args = [case.ids["instance_key"]]
    elif name == "instance_tool_key_delete":
        args = [case.ids["instance_tool_key"]]
    else:
        args = ARGS.get(name)
    return reverse(name, args=args)


def outside() -> dict[str, Row]:
    """What is nobody's in particular, accounts included."""
    return COMMON | ACCOUNTS


def _path(case: World, name: str, row: Row) -> str:
    path = case.path(name, row.names)
    if name == "chat_earlier":
        path += f"?before={case.ids['answer']}"
    if name == "chat_later":
        path += f"?after={case.ids['question']}&end={case.ids['answer']}"
    return path


def _expected(row: Row, role: str, case: World, is_script: bool) -> str:
    if role == "anonymous":
        return "401 401 401 401 401" if is_script else TO_SIGN_IN
    if role == "teammate" and case.workspace.team:
        return row.of_member(is_script)
    if role in case.holders:
        return row.script() if is_script else row.holder
    if case.workspace.team:
        return NOT_THERE
    return row.stranger if row.names or not is_script else row.script()


def _told(response, role: str, case: World) -> str:
    """What a page tells, without the name of the team that its members find in their switcher."""
    text = response.content.decode()
    return text.replace(case.team.name, "") if role == "teammate" else text


def _same(response) -> tuple:
    """What must not differ between a foreign row and an absent one."""
    headers = {name: _PASSING.sub("#", value) for name, value in response.items() if name not in _CHANGING}
    return response.status_code, headers, _PASSING.sub("#", response.content.decode())


__all__ = ["SCRIPT", "address", "answers", "outside", "rows_of", "told", "walk_foreign", "walk_workspace"]
