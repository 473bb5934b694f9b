"""The pages of MCP servers: who sees and changes which, what they show, and what is tried on them."""

from urllib.parse import unquote

import pytest
from django.utils import translation

from agents.mcp import listing, oauth, servers
from agents.models import McpServer, McpServerCustomInstructions, McpServerToolCustomInstructions
from agents.tools import Failure, Result
from teams.models import TeamRole, UserRole
from tests.factories import TeamFactory, TeamMemberFactory, UserFactory
from tests.indonesian import indonesian  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db

CONFIG = {"transport": "streamable-http", "url": "https://mcp.example.org/mcp"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def tool(name: str = "look", description: str = "Looks.", is_seen: bool = True, **fields) -> dict:
    kept = listing.entry(name, name.title(), description, SCHEMA, {}) | {"is_enabled": True, "approved": ""}
    return (listing.approved(kept) if is_seen else kept) | fields


def server(**fields) -> McpServer:
    return McpServer.objects.create(**{"name": "weather", "config": CONFIG, "last_status": "ok"} | fields)


@pytest.fixture(autouse=True)
def looks(monkeypatch) -> list:
    """Nobody is asked; what would be is noted."""
    asked = []
    monkeypatch.setattr(servers, "refresh", lambda server, user: asked.append(server.name))
    return asked


@pytest.fixture
def team(alice, bob):
    made = TeamFactory(created_by=alice)
    TeamMemberFactory(team=made, user=alice, role=TeamRole.ADMIN)
    TeamMemberFactory(team=made, user=bob, role=TeamRole.MEMBER)
    return made


def url(found: McpServer, more: str = "", where: str = "/app") -> str:
    return f"{where}/mcp/{found.pk}/{more}"


def get(client, user, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post(client, user, address: str, **data):
    client.force_login(user)
    return client.post(address, data)


# ---- adding ---------------------------------------------------------------------------------------------
def test_a_server_is_added_looked_at_and_its_header_is_never_shown(client, alice, looks):
    given = CONFIG | {"name": "weather", "header_name_0": "Authorization", "header_value_0": "Bearer hidden-thing"}
    answer = post(client, alice, "/app/mcp/new/", **given)
    found = McpServer.objects.get()
    assert answer["Location"] == url(found) and looks == ["weather"]
    assert found.user == alice and found.config["headers"] == ["Authorization"]
    shown = [get(client, alice, address) for address in (url(found), url(found, "edit/"), "/app/mcp/", "/app/tools/")]
    assert not any("hidden-thing" in page for page in shown) and 'value="Authorization"' in shown[1]


def test_headers_stay_when_nothing_is_written(client, alice):
    found = servers.save(
        by=alice, scope={"user": alice, "team": None}, name="weather", description="", headers={"X-Key": "k"}, **CONFIG
    )
    sealed = bytes(found.encrypted_headers)
    post(client, alice, url(found, "edit/"), **CONFIG, name="rain", header_name_0="X-Key", header_value_0="")
    found.refresh_from_db()
    assert (found.name, bytes(found.encrypted_headers)) == ("rain", sealed)
    other = CONFIG | {"url": "https://elsewhere.example.org/"}
    answer = post(client, alice, url(found, "edit/"), **other, name="rain", header_name_0="X-Key", header_value_0="")
    assert answer.status_code == 422 and "belong to the old address" in answer.content.decode()
    post(client, alice, url(found, "edit/"), **CONFIG, name="rain", header_name_0="")
    found.refresh_from_db()
    assert found.encrypted_headers is None


@pytest.mark.parametrize(
    "given", [{"name": "two words"}, {"url": ""}, {"url": "ftp://example.org"}, {"transport": "stdio"}]
)
def test_what_cannot_be_a_server_comes_back(client, alice, given):
    assert post(client, alice, "/app/mcp/new/", **{"name": "weather"} | CONFIG | given).status_code == 422
    assert not McpServer.objects.exists()


def test_programs_are_offered_to_instance_admins_alone(client, alice, settings, tmp_path):
    file = tmp_path / "servers.json"
    file.write_text('{"mcpServers": {"clock": {"command": "/bin/clock", "args": ["--secret"]}}}')
    settings.MCP_STDIO_SERVERS = str(file)
    ada = UserFactory(role=UserRole.ADMIN)
    assert "clock" in get(client, ada, "/instance/mcp/new/") and "clock" not in get(client, ada, "/app/mcp/new/")
    assert "clock" not in get(client, alice, "/app/mcp/new/")
    post(client, ada, "/instance/mcp/new/", name="clock", transport="stdio", command="clock")
    found = McpServer.objects.get()
    assert found.config == {"transport": "stdio", "command": "clock"} and found.user is None
    assert "--secret" not in get(client, ada, url(found, where="/instance"))


# ---- pasting --------------------------------------------------------------------------------------------
PASTED = """{"mcpServers": {"good": {"url": "https://mcp.example.org/mcp", "headers": {"X-Key": "${KEY}"}},
"bad": {"command": "rm", "args": ["-rf"]}}}"""


def test_pasted_json_is_shown_before_anything_is_made(client, alice):
    page = post(client, alice, "/app/mcp/paste/", text=PASTED).content.decode()
    assert "only the operator of this server can offer" in page and "${KEY} stays as it is written" in page
    assert "Add 1 server" in page and not McpServer.objects.exists()
    answer = post(client, alice, "/app/mcp/paste/", text=PASTED, is_seen="1")
    found = McpServer.objects.get()
    assert (found.name, answer["Location"]) == ("good", url(found))


def test_what_is_no_json_comes_back(client, alice):
    answer = post(client, alice, "/app/mcp/paste/", text="{nonsense", is_seen="1")
    assert answer.status_code == 422 and "not JSON" in answer.content.decode()


# ---- who may --------------------------------------------------------------------------------------------
def test_members_use_what_admins_of_the_team_change(client, alice, bob, carol, team):
    found, where = server(team=team, user=alice, tool_cache=[tool()]), f"/team/{team.slug}"
    page = get(client, bob, url(found, where=where))
    assert "Look" in page and "switch/" not in page and "edit/" not in page
    assert "switch/" in get(client, alice, url(found, where=where))
    for act in ("switch/", "approve/", "active/", "delete/", "edit/", "visibility/"):
        assert post(client, bob, url(found, act, where)).status_code == 404
    assert post(client, bob, url(found, "refresh/", where)).status_code == 302
    assert post(client, carol, url(found, "refresh/", where)).status_code == 404


def test_everybody_finds_the_instances_servers(client, carol):
    found = server(name="shared", tool_cache=[tool()])
    assert "shared" in get(client, carol, "/app/mcp/") and "shared" in get(client, carol, "/app/tools/")
    page = get(client, carol, url(found))
    assert "Your instructions" in page and "switch/" not in page


# ---- tools ----------------------------------------------------------------------------------------------
def test_a_tool_is_switched(client, alice):
    found = server(user=alice, tool_cache=[tool()])
    for on, is_enabled in (("", False), ("1", True)):
        post(client, alice, url(found, "switch/"), name="look", on=on)
        found.refresh_from_db()
        assert found.tool_cache[0]["is_enabled"] is is_enabled


def test_a_changed_tool_shows_what_changed_and_is_allowed_as_it_was_shown(client, alice):
    before = tool()
    now = listing.entry("look", "Look", "Looks and sends it away.", SCHEMA, {})
    found = server(user=alice, tool_cache=[before | now])
    page = get(client, alice, url(found))
    assert "<del>Looks.</del>" in page and "<ins>Looks and sends it away.</ins>" in page
    post(client, alice, url(found, "approve/"), seen=f"{before['digest']} look")  # not what is there now
    found.refresh_from_db()
    assert not listing.is_ready(found.tool_cache[0])
    post(client, alice, url(found, "approve/"), seen=f"{now['digest']} look")
    found.refresh_from_db()
    assert listing.is_ready(found.tool_cache[0])
    assert "To look at" not in get(client, alice, url(found))


def test_a_tool_is_tried_with_a_form_of_its_schema(client, alice, monkeypatch):
    calls = []
    monkeypatch.setattr(servers, "try_tool", lambda *args: calls.append(args[2:]) or Result("<b>Sunny</b>"))
    found = server(user=alice, tool_cache=[tool()])
    address = url(found, "tool/?name=look")
    assert 'name="arg_0"' in get(client, alice, address)
    page = post(client, alice, address, arg_0="Bandung").content.decode()
    assert calls == [("look", {"city": "Bandung"})] and "Sunny" in page and "<b>Sunny</b>" not in page
    assert post(client, alice, address).status_code == 422 and len(calls) == 1
    assert client.get(url(found, "tool/?name=other")).status_code == 404


def test_a_tool_that_waits_has_no_form(client, alice):
    found = server(user=alice, tool_cache=[tool(is_seen=False)])
    page = get(client, alice, url(found, "tool/?name=look"))
    assert "arg_0" not in page and "Allow as it is now" in page


def test_resources_and_prompts_are_tried(client, alice, monkeypatch):
    monkeypatch.setattr(servers, "read_resource", lambda server, user, uri: Result(f"It says {uri}"))
    monkeypatch.setattr(servers, "get_prompt", lambda server, user, name, args: Result(f"{name}: {args['of']}"))
    resource = {"uri": "file:///a.txt", "name": "A text", "description": "", "mimeType": "text/plain"}
    prompt = {"name": "sum", "title": "Sum up", "description": "", "arguments": [{"name": "of", "required": True}]}
    found = server(user=alice, resource_cache=[resource], prompt_cache=[prompt])
    assert "A text" in (page := get(client, alice, url(found))) and "Sum up" in page
    assert "It says file:///a.txt" in post(client, alice, url(found, "resource/"), uri="file:///a.txt").content.decode()
    assert post(client, alice, url(found, "resource/"), uri="file:///b.txt").status_code == 404
    address = url(found, "prompt/?name=sum")
    assert "sum: a book" in post(client, alice, address, arg_0="a book").content.decode()


# ---- instructions ---------------------------------------------------------------------------------------
def test_instructions_are_each_persons_own(client, alice, bob, team):
    found, where = server(team=team, user=alice, tool_cache=[tool()]), f"/team/{team.slug}"
    post(client, bob, url(found, "instructions/", where), instructions="Be brief.")
    post(client, bob, url(found, "instructions/", where), instructions="In Celsius.", tool="look")
    assert "Be brief." in get(client, bob, url(found, where=where))
    assert "In Celsius." in get(client, bob, url(found, "tool/?name=look", where))
    assert "Be brief." not in get(client, alice, url(found, where=where))
    assert McpServerToolCustomInstructions.objects.get().user == bob
    assert post(client, bob, url(found, "instructions/", where), instructions="x" * 3001).status_code == 409
    post(client, bob, url(found, "instructions/", where), instructions="")
    assert not McpServerCustomInstructions.objects.exists()


# ---- sign-in --------------------------------------------------------------------------------------------
def test_a_sign_in_shows_where_it_leads(client, alice, monkeypatch, settings):
    asked = []
    monkeypatch.setattr(oauth, "begin", lambda *args: asked.append(args) or "https://auth.example.org/go?state=1")
    found = server(user=alice, last_status="sign_in")
    assert "Sign in…" in get(client, alice, url(found))
    page = post(client, alice, url(found, "sign-in/")).content.decode()
    assert "<strong>auth.example.org</strong>" in page and 'href="https://auth.example.org/go?state=1"' in page
    assert asked[0][2:] == (client.session.session_key, f"{settings.PUBLIC_URL}/mcp/callback/", "")


def test_coming_back_ends_the_sign_in(client, alice, monkeypatch, looks):
    found, asked = server(user=alice), []
    monkeypatch.setattr(oauth, "finish", lambda *args: asked.append(args) or found)
    client.force_login(alice)
    answer = client.get("/mcp/callback/?state=s&code=c&iss=https://auth.example.org")
    assert answer["Location"] == url(found) and looks == ["weather"]
    assert asked == [(alice, client.session.session_key, "s", "c", "https://auth.example.org")]


@pytest.mark.parametrize("query", ["", "state=unknown&code=c", "error=access_denied&error_description=<b>No</b>"])
def test_what_comes_back_without_a_sign_in_is_told(client, alice, query):
    client.force_login(alice)
    answer = client.get(f"/mcp/callback/?{query}")
    assert answer.status_code == 409 and "<b>No</b>" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/mcp/callback/", "/app/"])
def test_what_comes_back_after_the_session_ended_is_written_nowhere(client, path):
    """Neither code nor state go into the address of the sign-in page, which logs, history and forms keep."""
    answer = client.get(f"{path}?state=a-state&code=a-code&iss=https://auth.example.org")
    assert answer.status_code == 302
    assert unquote(answer["Location"]) == f"/accounts/login/?next={path}?iss=https%3A%2F%2Fauth.example.org"
    assert client.get(f"{path}?state=a-state&code=a-code")["Location"] == f"/accounts/login/?next={path}"


# ---- acts -----------------------------------------------------------------------------------------------
def test_a_server_rests_is_shared_and_is_deleted(client, alice):
    found = server(user=alice)
    post(client, alice, url(found, "active/"))
    found.refresh_from_db()
    assert not found.is_active and "Resting" in get(client, alice, "/app/mcp/")
    assert post(client, alice, url(found, "visibility/"), visibility="readonly").status_code == 409
    alice.role = UserRole.AGENT_ADMIN
    alice.save()
    post(client, alice, url(found, "visibility/"), visibility="readonly")
    found.refresh_from_db()
    assert found.visibility == "readonly"
    get(client, alice, url(found, "delete/"))
    post(client, alice, url(found, "delete/"))
    assert not McpServer.objects.exists()


# ---- what went wrong -------------------------------------------------------------------------------------
@pytest.mark.usefixtures("indonesian")
def test_what_is_wrong_is_told_in_the_readers_language(client, alice):
    failed = {"last_status": "failed", "last_error_code": "mcp_down", "last_error_params": {"status": 502}}
    nameless = listing.entry("", "", "", {}, {}) | {"is_enabled": True}
    found = server(user=alice, checked_at="2026-01-01T00:00Z", tool_cache=[nameless], **failed)
    told = Failure("mcp_down", {"status": 502}), Failure("mcp_nameless")
    page = get(client, alice, url(found))
    assert all(failure.english in page for failure in told)
    page = client.get(url(found), headers={"Accept-Language": "id"}).content.decode()
    with translation.override("id"):
        for failure in told:
            assert failure.sentence in page and failure.sentence != failure.english


# ---- what cannot be used --------------------------------------------------------------------------------
def test_a_page_counts_what_is_listed_and_names_what_cannot_be_used(client, alice):
    bad = listing.entry("broken", "", "", {"type": "string"}, {}) | {"is_enabled": True, "approved": ""}
    rows = [tool(), tool("off", is_enabled=False), bad]
    problem = Failure("mcp_no_address").stored
    note = {"uri": "", "name": "Nowhere", "description": "", "mimeType": "", "problem": problem}
    found = server(user=alice, tool_cache=rows, resource_cache=[note], checked_at="2026-01-01T00:00Z")
    page = get(client, alice, url(found))
    for said in (
        "1 of 3 tools in use",
        "Tools that cannot be used",
        "broken",
        "Its arguments are no object with names.",
    ):
        assert said in page
    assert "Nowhere" in page and "It has no address." in page
    assert "1 of 3 tools in use" in get(client, alice, "/app/mcp/")
    assert "To look at" not in page
    client.force_login(alice)
    assert client.get(url(found, "tool/?name=broken")).status_code == 404


def test_a_look_tells_how_many_cannot_be_used(client, alice, looks):
    bad = listing.entry("broken", "", "", {"type": "string"}, {}) | {"is_enabled": True, "approved": ""}
    found = server(user=alice, tool_cache=[tool(), bad])
    client.force_login(alice)
    page = client.post(url(found, "refresh/"), follow=True).content.decode()
    assert "lists 2 tools." in page
    assert "1 of them cannot be used." in page
