"""Every address × role × method answers what its hand-written row says; foreign and absent rows look the same."""

import logging
import re
import uuid
from collections import Counter

import pytest
from django.urls import reverse

from agents import keys
from agents.mcp import oauth, servers
from agents.tools import Failed
from chats import images
from teams.workspace import Workspace
from tests.factories import TeamFactory, TeamMemberFactory
from tests.guards import world
from tests.guards.routes import (
    ACCOUNTS,
    ADMIN_MODELS,
    ADMIN_SITE,
    COMMON,
    INSTANCE,
    METHODS,
    NOT_THERE,
    PERSONAL,
    SENT_ON,
    TEAM,
    TO_SIGN_IN,
    WORKSPACE,
    Row,
)
from tests.guards.world import CANARY, ROLES, SCRIPT, Caller, World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
_PASSING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{12}\b|\b[A-Za-z0-9]{64}\b"
)
_CHANGING = {"Set-Cookie", "Expires", "Content-Length"}
ARGS = {
    "setup": ["not-the-token"],
    "instance_server_forget": ["openai"],
    "person_picture": [uuid.UUID(int=0)],
    "invite": ["not-a-token"],
    "shared": ["not-a-token"],
    "shared_copy": ["not-a-token"],
    "shared_file": ["not-a-token", uuid.UUID(int=0)],
    "shared_thumbnail": ["not-a-token", uuid.UUID(int=0)],
    "account_session_end": [999999],
    "openid_connect_login": ["nobody"],
    "openid_connect_callback": ["nobody"],
    "mfa_remove_webauthn": [999999],
    "mfa_edit_webauthn": [999999],
    "account_reset_password_from_key": ["1", "not-a-key"],
}
probes = Counter()


@pytest.fixture(autouse=True)
def image(monkeypatch):
    """A remote image that is there, without the network."""
    monkeypatch.setattr(images, "load", lambda message, index: images.Image(CANARY.encode(), "image/png"))


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    """A provider that lists nothing, without the network."""

    async def ask(key):
        return []

    async def no_place(*args):
        raise Failed("Nobody listens there.")

    monkeypatch.setattr(keys, "_ask", ask)
    monkeypatch.setattr(servers, "refresh", lambda server, user: "")
    monkeypatch.setattr(oauth, "_found", no_place)


@pytest.fixture(scope="module", autouse=True)
def _count():
    """Tells how many requests were sent. Thousands of expected refusals need no log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    print(f"\n{sum(probes.values())} probes: {dict(probes)}")


def _answers(
    caller: Caller, path: str, row: Row, headers: dict | None = None, methods: tuple[str, ...] = METHODS
) -> tuple[str, list]:
    methods = METHODS[:2] if headers else methods  # the others are refused before anybody asks for a script
    responses = [caller.send(method, path, row.data, headers) for method in methods]
    probes["routes"] += len(responses)
    return " ".join(str(response.status_code) for response in responses), responses


def _same(response) -> tuple:
    """What must not differ between a foreign row and an absent one."""
    headers = {name: _PASSING.sub("#", value) for name, value in response.items() if name not in _CHANGING}
    return response.status_code, headers, _PASSING.sub("#", response.content.decode())


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


def _rows(case: World) -> dict[str, Row]:
    """The addresses of the workspace's kind."""
    return WORKSPACE | TEAM if case.workspace.team else WORKSPACE


def _told(response, role: str, case: World) -> str:
    """What a page tells, without the name of the team that its members find in their switcher."""
    text = response.content.decode()
    return text.replace(case.team.name, "") if role == "teammate" else text


# ---- the table is whole ---------------------------------------------------------------------------------
def test_each_route_has_a_row_and_each_row_a_route():
    found = {name for name, _ in world.routes() if not name.startswith("admin:")}
    rows = {f"{space}:{name}" for space in ("app", "team") for name in WORKSPACE} | {f"team:{name}" for name in TEAM}
    assert found == rows | set(COMMON) | set(ACCOUNTS) | set(INSTANCE)


def test_each_admin_page_has_a_row():
    found = {name.removeprefix("admin:") for name, _ in world.routes() if name.startswith("admin:")}
    rows = {f"{model}_{page}" for model, pages in ADMIN_MODELS.items() for page in pages}
    assert found - {"<unnamed>"} == rows | set(ADMIN_SITE) - {"<catch-all>"}
    unnamed = [route for name, route in world.routes() if name == "admin:<unnamed>"]
    assert len(unnamed) == len(ADMIN_MODELS) + 1, "old addresses of change pages, and what is left over"


# ---- workspaces -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("is_team", [False, True], ids=["personal", "team"])
@pytest.mark.parametrize(
    ("role", "headers"),
    # Scripts are answered in their own way on the threshold and inside.
    [(role, {}) for role in ROLES] + [(role, SCRIPT) for role in ("anonymous", "owner", "teammate")],
    ids=lambda value: value if isinstance(value, str) else "script" if value else "page",
)
def test_workspace(role, is_team, headers):
    case = world.make(is_team)
    caller = Caller(case.people[role])
    wrong, leaks = {}, []
    # The others are refused to whoever is signed in, before anybody asks who that is.
    methods = METHODS if role in {"anonymous", "owner", "stranger"} else METHODS[:2]
    for name, row in _rows(case).items():
        path = case.path(name, row.names)
        if name == "chat_earlier":
            path += f"?before={case.ids['answer']}"
        if name == "chat_later":
            path += f"?after={case.ids['question']}&end={case.ids['answer']}"
        found, responses = _answers(caller, path, row, headers, methods)
        wanted = _expected(row, role, case, bool(headers))[: len(found)]
        if found != wanted:
            wrong[name] = f"{found}, not {wanted}"
        if role not in case.holders and any(CANARY in _told(response, role, case) for response in responses):
            leaks.append(name)
        if role == "anonymous" and headers:
            assert responses[0]["HX-Redirect"].startswith("/accounts/login/")
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())
    assert leaks == []


@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize(("is_team", "headers"), [(False, {}), (True, SCRIPT)], ids=["personal-page", "team-script"])
def test_foreign_looks_like_absent(role, is_team, headers):
    case = world.make(is_team)
    if role in case.holders:  # then the foreign row lies in another workspace of the same person
        case = World(case.people, case.team, Workspace(case.people["owner"], None if is_team else case.team), case.ids)
    caller = Caller(case.people[role])
    differing = []
    for name, row in _rows(case).items():
        if not row.names or (role == "owner" and row.names in PERSONAL):
            continue
        for method in ("GET", "POST"):  # the others do not come as far as a row: test_workspace
            foreign, absent = (
                caller.send(method, case.path(name, row.names, pk), row.data, headers) for pk in (None, uuid.uuid4())
            )
            probes["foreign"] += 2
            if _same(foreign) != _same(absent) or foreign.status_code not in {404, 405}:
                differing.append(f"{method} {name}: {foreign.status_code} {absent.status_code}")
    assert differing == []


@pytest.mark.parametrize("headers", [{}, SCRIPT], ids=["page", "script"])
def test_absent_team_looks_like_foreign_team(headers):
    case = world.make(True)
    caller = Caller(case.people["stranger"])
    for slug in (case.team.slug, "no-such-team"):
        response = caller.send("GET", f"/team/{slug}/chats/", headers=headers)
        probes["foreign"] += 1
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
    probes["foreign"] += 7


def test_old_member_is_a_stranger():
    case = world.make(True)
    caller = Caller(case.people["teammate"])
    path = case.path("chat", "chat")
    assert caller.send("GET", path).status_code == 200
    case.team.members.filter(user=case.people["teammate"]).delete()
    assert caller.send("GET", path).status_code == 404


# ---- everything else ------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ROLES)
def test_common_and_accounts(role):
    caller = Caller(world.make(False).people[role])
    wrong = {}
    for name, row in (COMMON | ACCOUNTS).items():
        found, _ = _answers(caller, reverse(name, args=ARGS.get(name)), row)
        wanted = row.anonymous if role == "anonymous" else row.holder
        if found != wanted:
            wrong[name] = f"{found}, not {wanted}"
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


@pytest.mark.parametrize("role", ["anonymous", "stranger"])
def test_scripts_outside_of_workspaces(role):
    """Whoever is not signed in is told where to; the few rows with an answer of their own say it."""
    case = world.make(False)
    caller, wrong = Caller(case.people[role]), {}
    for name, row in (COMMON | ACCOUNTS | INSTANCE).items():
        found, _ = _answers(caller, _address(case, name), row, SCRIPT)
        if name == "account_reset_password_from_key":
            wanted = "400 400"  # allauth answers a bad key so
        elif role == "stranger":
            wanted = row.stranger if name in INSTANCE else row.script()
        else:
            wanted = "401 401" if row.anonymous == TO_SIGN_IN and name not in SENT_ON else row.anonymous
        if found != wanted[: len(found)]:
            wrong[name] = f"{found}, not {wanted}"
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


@pytest.mark.parametrize("role", ["anonymous", "owner"])
def test_a_boosted_link_gets_what_a_plain_one_does(role):
    """A whole page, never a fragment of it, and the door itself instead of a hint at it."""
    case = world.make(False)
    caller = Caller(case.people[role])
    for path in (case.path("chat", "chat"), case.path("chat_list"), case.path("chat_settings", "chat"), "/teams/new/"):
        plain, boosted = (caller.send("GET", path, headers=more) for more in ({}, SCRIPT | {"HX-Boosted": "true"}))
        probes["boosted"] += 2
        assert boosted.status_code == plain.status_code
        assert ("<html" in boosted.content.decode()) == (role == "owner"), path


def _address(case: World, name: str) -> str:
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


@pytest.mark.parametrize("role", ROLES)
def test_instance(role):
    case = world.make(False)
    caller, wrong = Caller(case.people[role]), {}
    for name, row in INSTANCE.items():
        found, _ = _answers(caller, _address(case, name), row)
        wanted = {"anonymous": row.anonymous, "instance_admin": row.holder}.get(role, row.stranger)
        if found != wanted:
            wrong[name] = f"{found}, not {wanted}"
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


def _admin_paths(case: World) -> dict[str, tuple[str, str]]:
    """Path and expectation of each admin page."""
    from allauth.account.models import EmailAddress

    alice = case.people["owner"]
    run = alice and world.Message.objects.get(pk=case.ids["answer"]).run_id
    ids = {
        "teams_user": case.people["stranger"].pk,
        "teams_team": case.team.pk,
        "teams_teammember": case.team.members.get(user=case.people["teammate"]).pk,
        "agents_apikey": case.ids["key"],
        "agents_run": run,
        "chats_chat": case.ids["chat"],
        "chats_message": case.ids["answer"],
        "account_emailaddress": EmailAddress.objects.get(user=alice).pk,
    }
    found = {}
    for model, pages in ADMIN_MODELS.items():
        for page, wanted in pages.items():
            is_object = page in {"change", "delete", "history"}
            if is_object and model not in ids:
                continue  # nothing of it here; its own tests have some
            found[f"{model}_{page}"] = (
                reverse(f"admin:{model}_{page}", args=[ids[model]] if is_object else []),
                wanted,
            )
    args = {
        "app_list": ["chats"],
        "view_on_site": ["999999", "1"],
        "auth_user_password_change": [case.people["stranger"].pk],
    }
    for name, wanted in ADMIN_SITE.items():
        path = "/admin/nothing/here/" if name == "<catch-all>" else reverse(f"admin:{name}", args=args.get(name))
        found[name] = (path, wanted)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_admin(role):
    case = world.make(True)
    caller = Caller(case.people[role])
    wrong = {}
    for name, (path, wanted) in _admin_paths(case).items():
        if role != "instance_admin":
            wanted = "403 403" if name == "login" and role != "anonymous" else "302 302"
        responses = [caller.send(method, path, {"post": "yes"}) for method in ("GET", "POST")]
        probes["admin"] += 2
        found = " ".join(str(response.status_code) for response in responses)
        if found != wanted:
            wrong[name] = f"{found}, not {wanted}"
        if name not in {"teams_team_change", "teams_team_changelist", "teams_teammember_changelist"}:
            texts = [response.content.decode() for response in responses]
            assert not [text for text in texts if any(f"{CANARY} {kind}" in text for kind in ("chat", "answer"))]
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


@pytest.mark.parametrize("role", ["anonymous", "owner", "instance_admin"])
def test_post_without_token_is_refused(role):
    """Every address that takes a POST; none is exempt."""
    case = world.make(False)
    team = World(case.people, case.team, Workspace(case.people["owner"], case.team), case.ids)
    caller = Caller(case.people[role], enforce_csrf_checks=True)
    paths = [case.path(name, row.names) for name, row in _posted(WORKSPACE)]
    paths += [team.path(name, row.names) for name, row in _posted(TEAM)]
    paths += [_address(case, name) for name, _ in _posted(COMMON | ACCOUNTS | INSTANCE)]
    paths += [path for path, _ in _admin_paths(case).values()]
    passed = []
    for path in paths:
        probes["without token"] += 1
        if caller.send("POST", path, {"text": "Hello"}).status_code != 403:
            passed.append(path)
    assert passed == []


def _posted(rows: dict[str, Row]) -> list[tuple[str, Row]]:
    """Those that take a POST."""
    return [(name, row) for name, row in rows.items() if row.holder.split()[1] != "405"]


# ---- the guard itself -----------------------------------------------------------------------------------
def test_planted_leak_is_found(monkeypatch):
    """A view that forgets the scope turns the walk red."""
    from chats.models import Chat
    from chats.views import chats

    monkeypatch.setattr(chats, "_chat", lambda request, chat_id, level=None: Chat.objects.get(pk=chat_id))
    with pytest.raises(AssertionError):
        test_workspace("stranger", False, {})
    with pytest.raises(AssertionError):
        test_foreign_looks_like_absent("stranger", False, {})


def test_planted_route_is_found(monkeypatch):
    monkeypatch.delitem(WORKSPACE, "chat_pin")
    with pytest.raises(AssertionError):
        test_each_route_has_a_row_and_each_row_a_route()


def test_second_team_of_a_person_shows_its_own():
    """Two teams of one person do not mix."""
    case = world.make(True)
    second = TeamFactory()
    TeamMemberFactory(team=second, user=case.people["owner"])
    response = Caller(case.people["owner"]).send("GET", f"/team/{second.slug}/chats/")
    assert response.status_code == 200
    assert f"{CANARY} chat" not in response.content.decode()
