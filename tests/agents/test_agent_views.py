"""The pages of agents: lists, the editor, versions, people, files."""

import json
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.definitions import agents
from agents.models import Agent, AgentBookmark, AgentUserPermission
from teams import limits
from teams.models import UserRole
from tests import factories
from tests.guards.world import SCRIPT

pytestmark = pytest.mark.django_db
LIST, NEW, IMPORT = "/app/agents/", "/app/agents/new/", "/app/agents/import/"


@pytest.fixture
def page(sign_in, alice):
    return sign_in(alice)


@pytest.fixture
def agent(alice) -> Agent:
    return factories.agent(alice, name="Editor", description="Shortens texts.")


def at(agent: Agent, act: str = "") -> str:
    return f"/app/agents/{agent.pk}/{act}"


def html(response) -> str:
    return response.content.decode()


def names(client, tab: str = "", path: str = LIST, **asked) -> list[str]:
    """The names of the agents that a tab lists."""
    rows = client.get(path, {"tab": tab} | asked).context["rows"]
    return [agent.name for agent, _label in rows]


def filled(**fields) -> dict:
    return {"name": "Editor", "icon_id": "default"} | fields


# ---- lists ----------------------------------------------------------------------------------------------
def test_each_tab_has_its_agents(sign_in, alice, bob, carol, team):
    factories.agent(alice, name="Alice's own", visibility="readonly")
    factories.agent(bob, name="Bob's own")
    factories.agent(alice, team, name="Alice's in the team")
    factories.agent(bob, team, name="Bob's in the team")
    factories.agent(carol, name="Carol's for all", visibility="public")
    agents.grant(by=carol, agent=factories.agent(carol, name="Carol's for Alice"), email=alice.email)
    factories.agent(carol, name="Carol's own")
    client, there = sign_in(alice), f"/team/{team.slug}/agents/"
    assert names(client) == names(client, "mine") == ["Alice's own"]
    assert names(client, "team") == ["Alice's own"], "there is no such tab here"
    assert names(client, "shared") == ["Carol's for Alice", "Carol's for all"]
    assert names(client, path=there) == ["Alice's in the team", "Bob's in the team"]
    assert names(client, "mine", there) == ["Alice's in the team"]
    assert names(client, "shared", there) == ["Carol's for Alice", "Carol's for all"]
    assert names(sign_in(carol), "shared") == ["Alice's own"]


def test_bookmarks_are_kept_and_listed(page, agent):
    factories.agent(agent.user, name="Other")
    answer = page.post(at(agent, "bookmark/"), {"add": "1"}, headers=SCRIPT)
    assert 'aria-pressed="true"' in html(answer)
    assert names(page, "bookmarked") == ["Editor"]
    assert page.post(at(agent, "bookmark/"), {"remove": "1"}).status_code == 302
    assert not AgentBookmark.objects.exists()


def test_hidden_agents_are_in_their_own_list(page, alice, agent):
    AgentBookmark.objects.create(agent=agent, user=alice)
    assert "tab=hidden" not in html(page.get(LIST))
    assert "is out of your lists" in html(page.post(at(agent, "hide/"), follow=True))
    assert names(page) == names(page, "bookmarked") == []
    assert names(page, "hidden") == ["Editor"]
    assert "tab=hidden" in html(page.get(LIST))
    assert "Show in my lists" in html(page.get(at(agent)))
    page.post(at(agent, "hide/"), {"unhide": "1"})
    assert names(page) == ["Editor"]


def test_giving_up_a_grant_is_said(sign_in, carol, agent):
    agents.grant(by=agent.user, agent=agent, email=carol.email)
    assert "You gave up “Editor”" in html(sign_in(carol).post(at(agent, "hide/"), follow=True))
    assert names(sign_in(carol), "shared") == names(sign_in(carol), "hidden") == []


@pytest.mark.parametrize(
    ("q", "found"), [("edit", True), ("TEXTS short", True), ("edit nothing", False), ("\x00", True)]
)
def test_the_search_looks_for_all_words(page, agent, q, found):
    assert names(page, q=q) == (["Editor"] if found else [])
    part = page.get(LIST, {"q": q}, headers=SCRIPT)
    assert ("Editor" in html(part)) == found
    assert "<html" not in html(part)


@pytest.mark.parametrize("tab", ["mine", "shared", "bookmarked", "hidden"])
def test_an_empty_list_says_what_to_do(page, tab):
    shown = html(page.get(LIST, {"tab": tab}))
    assert "keys-empty" in shown
    assert ("Make the first agent" in shown) == (tab == "mine")


def test_a_row_leads_to_the_agent_and_to_a_chat(page, agent):
    agent.chat_model = {"api_key": None, "provider": "openai", "model": "gpt-5-mini"}
    agent.save()
    shown = html(page.get(LIST))
    assert f'href="{at(agent)}"' in shown
    assert f'href="/app/?agent={agent.pk}"' in shown
    assert "gpt-5-mini" in shown


def test_a_list_costs_the_same_for_two_and_ten(page, alice):
    key, counts = factories.api_key(alice), []
    page.get(LIST)  # reads which models the key lists
    for many in (2, 8):
        for _ in range(many):
            named = {"api_key": str(key.pk), "provider": "openai", "model": "gpt-5-mini"}
            factories.agent(alice, chat_model=named)
        with CaptureQueriesContext(connection) as seen:
            page.get(LIST)
        counts.append(len(seen))
    assert counts[0] == counts[1]


# ---- one agent ------------------------------------------------------------------------------------------
def test_whoever_only_uses_it_sees_neither_instructions_nor_key(sign_in, carol, agent):
    key = factories.api_key(agent.user)
    agent.chat_model = {"api_key": str(key.pk), "provider": "openai", "model": "gpt-5-mini"}
    agent.instructions, agent.starters, agent.visibility = "CANARY", ["Shorten this."], "readonly"
    agent.save()
    shown = html(sign_in(carol).get(at(agent)))
    assert "Shorten this." in shown
    assert "By Alice Owner" in shown
    assert "gpt-5-mini" in shown
    assert not [word for word in ("CANARY", str(key.pk), agent.user.email, at(agent, "edit/")) if word in shown]


def test_a_maker_without_a_name_keeps_their_address(sign_in, carol, agent):
    Agent.objects.update(visibility="readonly")
    agent.user.name = ""
    agent.user.save()
    assert agent.user.email not in html(sign_in(carol).get(at(agent)))


# ---- the editor -----------------------------------------------------------------------------------------
def test_a_new_agent(page, alice):
    key = factories.api_key(alice, models=("gpt-5-mini", "gpt-5"))
    given = filled(
        description="For texts.",
        instructions="You edit.\r\nShortly.",
        icon_id="scale",
        starters=" Shorten this. \r\n\r\nTranslate this.",
        model=f"{key.pk}:gpt-5-mini",
        temperature="0",
        reasoning="low",
        fallback_0=f"{key.pk}:gpt-5",
        fallback_1=f"{key.pk}:gpt-5",
        fallback_2=f"{key.pk}:gpt-5-mini",
    )
    answer = page.post(NEW, given)
    made = Agent.objects.get()
    assert answer.url == at(made, "edit/")
    named = {"api_key": str(key.pk), "provider": "openai", "model": "gpt-5-mini"}
    settings = {"temperature": 0.0, "reasoning": "low"}
    assert made.content == Agent().content | {
        "name": "Editor",
        "description": "For texts.",
        "instructions": "You edit.\nShortly.",
        "icon_id": "scale",
        "starters": ["Shorten this.", "Translate this."],
        "chat_model": named | {"settings": settings, "fallbacks": [named | {"model": "gpt-5"}]},
    }
    form = page.get(at(made, "edit/")).context["form"]
    again = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
    page.post(at(made, "edit/"), again)
    assert not made.versions.exists(), "what the form shows is what is kept"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"icon_id": "bell"}, "icon_id"),
        ({"starters": "\n".join("abcdefg")}, "starters"),
        ({"starters": "a" * 201}, "starters"),
        ({"temperature": "3"}, "temperature"),
        ({"temperature": "1"}, "model"),
        ({"model": "openai:nothing"}, "model"),
        ({"fallback_0": "openai:nothing"}, "fallback_0"),
    ],
    ids=str,
)
def test_what_does_not_fit_comes_back_with_a_sentence(page, agent, fields, field):
    for path in (NEW, at(agent, "edit/")):
        answer = page.post(path, filled(**fields))
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
    assert Agent.objects.count() == 1


def test_a_model_that_is_not_offered_stays(page, agent):
    named = {"api_key": None, "provider": "groq", "model": "gone"}
    agent.chat_model = named | {"fallbacks": [named | {"model": f"gone-{n}"} for n in range(5)]}
    agent.save()
    answer = page.get(at(agent, "edit/"))
    assert "gone (not offered now)" in html(answer)
    values = {f"fallback_{n}": f"groq:gone-{n}" for n in range(5)}
    page.post(at(agent, "edit/"), filled(model="groq:gone", instructions="New.", **values))
    agent.refresh_from_db()
    assert agent.instructions == "New."
    assert [reference["model"] for reference in agent.chat_model["fallbacks"]] == [f"gone-{n}" for n in range(5)]


def test_from_beside_a_chat_the_way_leads_back_there(page, agent):
    assert page.post(at(agent, "edit/"), filled(name="New", is_trial="1")).url == at(agent, "try/?chat=1")
    assert page.post(at(agent, "edit/"), filled(name="Newer")).url == at(agent, "edit/")


def test_an_agent_rests_and_answers_again(page, agent):
    assert "rests" in html(page.post(at(agent, "active/"), follow=True))
    assert "Make it active" in html(page.get(at(agent, "edit/")))
    page.post(at(agent, "active/"))
    agent.refresh_from_db()
    assert agent.is_active


def test_a_copy_goes_into_the_present_workspace(sign_in, alice, carol, team, agent):
    Agent.objects.filter(pk=agent.pk).update(visibility="readonly", user=carol)
    sign_in(alice).post(f"/team/{team.slug}/agents/{agent.pk}/duplicate/")
    assert Agent.objects.get(team=team).name == "Copy of Editor"


def test_deleting_can_be_undone(page, agent):
    shown = html(page.post(at(agent, "delete/"), follow=True))
    assert "has been deleted" in shown
    assert f'action="{at(agent, "restore/")}"' in shown
    assert page.get(at(agent)).status_code == 404
    assert page.post(at(agent, "restore/")).url == at(agent, "edit/")
    assert page.get(at(agent)).status_code == 200


def test_an_admin_can_undo_deleting_what_somebody_else_shares(sign_in, carol, agent):
    Agent.objects.filter(pk=agent.pk).update(visibility="readonly")
    carol.role = UserRole.ADMIN
    carol.save()
    client = sign_in(carol)
    client.post(at(agent, "delete/"))
    assert client.post(at(agent, "restore/")).status_code == 302
    assert Agent.objects.get().deleted_at is None


# ---- versions -------------------------------------------------------------------------------------------
def test_versions_show_what_changed_and_restore(page, alice, agent):
    agents.change(by=alice, agent=agent, content={"instructions": "You help.\nAlways <kindly>."})
    shown = html(page.get(at(agent, "versions/")))
    assert "<ins>Always &lt;kindly&gt;.</ins>" in shown
    version = agent.versions.get()
    assert page.post(f"/app/agents/versions/{version.pk}/restore/").url == at(agent, "edit/")
    agent.refresh_from_db()
    assert agent.instructions == "You help."
    assert "<del>Always &lt;kindly&gt;.</del>" in html(page.get(at(agent, "versions/")))


def test_without_changes_versions_say_so(page, agent):
    assert "Nothing was changed yet" in html(page.get(at(agent, "versions/")))


# ---- people ---------------------------------------------------------------------------------------------
def test_a_grant_is_answered_alike_whether_there_is_an_account(page, carol, agent):
    answers = [page.post(at(agent, "grant/"), {"email": email}) for email in (carol.email, "nobody@example.org")]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, at(agent, "edit/"))}
    shown = html(page.get(at(agent, "edit/")))
    assert shown.count("If there is an account with this address, it can use the agent now.") == 2
    assert carol.email in shown
    assert carol.name not in shown
    page.post(f"/app/agents/permissions/{AgentUserPermission.objects.get().pk}/revoke/")
    assert not AgentUserPermission.objects.exists()


def test_grants_are_counted(page, agent, monkeypatch):
    monkeypatch.setitem(limits.RATES, "invite", {"person": limits.parse("1/hour")})
    statuses = [page.post(at(agent, "grant/"), {"email": "nobody@example.org"}).status_code for _ in range(2)]
    assert statuses == [302, 429]


def test_who_hides_an_agent_is_nobody_elses_to_revoke(page, carol, agent):
    Agent.objects.filter(pk=agent.pk).update(visibility="readonly")
    agents.hide(by=carol, agent=agent)
    hidden = AgentUserPermission.objects.get()
    assert carol.email not in html(page.get(at(agent, "edit/")))
    assert page.post(f"/app/agents/permissions/{hidden.pk}/revoke/").status_code == 404


def test_everybody_is_offered_to_agent_admins_alone(page, alice, agent):
    assert "visibility" in page.get(at(agent, "edit/")).context["visibility_form"].fields
    assert 'value="readonly"' not in html(page.get(at(agent, "edit/")))
    assert page.post(at(agent, "visibility/"), {"visibility": "readonly"}).status_code == 409
    alice.role = UserRole.AGENT_ADMIN
    alice.save()
    assert 'value="readonly"' in html(page.get(at(agent, "edit/")))
    assert page.post(at(agent, "visibility/"), {"visibility": "readonly"}).status_code == 302
    agent.refresh_from_db()
    assert agent.visibility == "readonly"


def test_a_member_of_a_team_edits_and_does_not_manage(sign_in, alice, bob, team):
    agent = factories.agent(alice, team)
    shown = sign_in(bob).get(f"/team/{team.slug}/agents/{agent.pk}/edit/")
    assert shown.context["can_manage"] is False
    assert "Who can use it" not in html(shown)


# ---- files ----------------------------------------------------------------------------------------------
def test_an_export_is_a_file_that_can_be_imported(page, agent):
    answer = page.get(at(agent, "export/"))
    assert answer["Content-Type"] == "application/json"
    assert unquote(answer["Content-Disposition"]) == 'attachment; filename="editor.agent.json"'
    page.post(IMPORT, {"file": SimpleUploadedFile("x.json", answer.content)})
    made = Agent.objects.exclude(pk=agent.pk).get()
    assert made.content == agent.content
    assert (made.user, made.visibility) == (agent.user, "private")


def test_an_import_by_paste_into_a_team(sign_in, bob, team):
    text = json.dumps({"format": "sambung.agent", "version": 1, "name": "Editor", "description": "Ä"})
    answer = sign_in(bob).post(f"/team/{team.slug}/agents/import/", {"text": text})
    made = Agent.objects.get()
    assert answer.url == f"/team/{team.slug}/agents/{made.pk}/edit/"
    assert (made.team, made.visibility, made.description) == (team, "private", "Ä")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Choose a file"),
        ({"text": "{"}, "This is not JSON"),
        ({"text": '{"format": "sambung.agent", "version": 1, "name": "x", "id": 1}'}, "$.id is not known here."),
        ({"file": b"[" * 300_000}, "This is not JSON"),
        ({"file": b" " * (1024 * 1024 + 1)}, "larger than 1 MB"),
    ],
    ids=["nothing", "broken", "unknown", "deep", "large"],
)
def test_what_is_no_agent_makes_none(page, given, sentence):
    if "file" in given:
        given = {"file": SimpleUploadedFile("x.json", given["file"])}
    answer = page.post(IMPORT, given)
    assert answer.status_code == 422
    assert sentence in html(answer)
    assert not Agent.objects.exists()


def test_text_of_a_file_field_is_no_file(page):
    """A form that names a path instead of sending a file reads nothing."""
    assert page.post(IMPORT, {"file": "/etc/passwd"}).status_code == 422
