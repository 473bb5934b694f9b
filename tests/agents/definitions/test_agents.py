"""Agents: what each act changes, keeps, refuses and writes down."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.definitions import agents
from agents.models import Agent, AgentBookmark, AgentUserPermission, AgentVersion
from sambung.lib.errors import Refused
from teams import access, accounts, trash
from teams.models import AuditEntry, UserRole
from teams.workspace import Workspace
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

CONTENT = {"name": "Editor", "instructions": "You edit.", "icon_id": "scale", "starters": ["Shorten this."]}


def model(key=None, **more) -> dict:
    """A model as agents store it."""
    return {"api_key": key and str(key.pk), "provider": "openai", "model": "gpt-5-mini"} | more


@pytest.fixture
def agent(alice) -> Agent:
    return factories.agent(alice, name="Editor")


def actions(by) -> list[str]:
    return list(AuditEntry.objects.filter(actor=by).order_by("created_at").values_list("action", flat=True))


# ---- made and changed -----------------------------------------------------------------------------------
def test_a_new_agent_is_private_and_of_the_workspace(alice, team):
    made = agents.create(by=alice, workspace=Workspace(alice, team), content=CONTENT)
    made.refresh_from_db()
    assert (made.user, made.team, made.visibility, made.is_active) == (alice, team, "private", True)
    assert {name: made.content[name] for name in CONTENT} == CONTENT


def test_a_change_keeps_what_was(alice, bob, agent):
    first = agent.content
    agents.change(by=alice, agent=agent, content={"name": "Reader"})
    agents.change(by=bob, agent=agent, content={"description": "Reads."})
    kept = list(agent.versions.all())
    assert [(version.number, version.created_by) for version in kept] == [(2, bob), (1, alice)]
    assert kept[1].content == first
    assert kept[0].content == first | {"name": "Reader"}
    agent.refresh_from_db()
    assert (agent.name, agent.description) == ("Reader", "Reads.")


def test_versions_are_numbered_under_a_lock(alice, agent):
    with CaptureQueriesContext(connection) as seen:
        agents.change(by=alice, agent=agent, content={"name": "Reader"})
    statements = [query["sql"] for query in seen]
    locked = next(n for n, sql in enumerate(statements) if "FOR UPDATE" in sql and 'FROM "agent"' in sql)
    assert locked < next(n for n, sql in enumerate(statements) if "agent_version" in sql)


def test_without_a_difference_nothing_is_kept(alice, agent):
    before = agent.updated_at
    agents.change(by=alice, agent=agent, content=agent.content)
    agent.refresh_from_db()
    assert not agent.versions.exists()
    assert agent.updated_at == before


def test_a_restored_version_is_a_change_like_others(alice, agent):
    first = agent.content
    agents.change(by=alice, agent=agent, content={"name": "Reader", "starters": ["Read."]})
    agents.restore_version(by=alice, version=agent.versions.get())
    agent.refresh_from_db()
    assert agent.content == first
    assert [version.content["name"] for version in agent.versions.all()] == ["Reader", "Editor"]


def test_what_was_deleted_meanwhile_is_not_changed(alice, agent):
    Agent.objects.filter(pk=agent.pk).update(deleted_at=timezone.now())
    with pytest.raises(Refused):
        agents.change(by=alice, agent=agent, content={"name": "Reader"})


# ---- keys -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", ["chat_model", "fallbacks"])
def test_a_foreign_key_is_refused(alice, carol, agent, place):
    foreign = model(factories.api_key(carol))
    chosen = foreign if place == "chat_model" else model(fallbacks=[foreign])
    with pytest.raises(Refused, match="key"):
        agents.change(by=alice, agent=agent, content={"chat_model": chosen})
    with pytest.raises(Refused, match="key"):
        agents.create(by=alice, workspace=Workspace(alice), content=CONTENT | {"chat_model": chosen})
    assert Agent.objects.get().chat_model is None


def test_keys_of_the_person_the_team_and_the_instance_are_taken(alice, team):
    found = [factories.api_key(alice), factories.api_key(alice, team), factories.api_key()]
    chosen = model(found[0], fallbacks=[model(key) for key in found[1:]])
    made = agents.create(by=alice, workspace=Workspace(alice, team), content=CONTENT | {"chat_model": chosen})
    assert made.chat_model == chosen
    with pytest.raises(Refused):  # the team's key is not one's own
        agents.create(by=alice, workspace=Workspace(alice), content=CONTENT | {"chat_model": model(found[1])})


def test_a_key_that_was_there_before_stays(alice, bob, team):
    agent = factories.agent(alice, team, chat_model=model(factories.api_key(alice)))
    changed = (
        model(factories.api_key(alice)) | {"settings": {"temperature": 1}} | {"api_key": agent.chat_model["api_key"]}
    )
    agents.change(by=bob, agent=agent, content={"chat_model": changed})
    agent.refresh_from_db()
    assert agent.chat_model["settings"] == {"temperature": 1}


def test_a_restored_version_leaves_out_keys_that_are_gone(alice):
    key = factories.api_key(alice)
    agent = factories.agent(alice, chat_model=model(key, fallbacks=[model(key)]))
    agents.change(by=alice, agent=agent, content={"chat_model": None})
    key.delete()
    agents.restore_version(by=alice, version=agent.versions.get())
    agent.refresh_from_db()
    assert agent.chat_model == model(None, fallbacks=[model(None)])


# ---- copied, deleted ------------------------------------------------------------------------------------
def test_a_copy_is_private_and_without_foreign_keys(alice, carol):
    mine, shared = factories.api_key(carol), factories.api_key()
    chosen = model(factories.api_key(alice), settings={"temperature": 1}, fallbacks=[model(mine), model(shared)])
    agent = factories.agent(alice, name="A" * 100, visibility="readonly", chat_model=chosen)
    copy = agents.duplicate(by=carol, agent=agent, workspace=Workspace(carol))
    assert (copy.user, copy.team, copy.visibility, copy.is_active) == (carol, None, "private", True)
    assert copy.name.startswith("Copy of A")
    assert len(copy.name) == 100
    assert copy.chat_model == chosen | model(None, fallbacks=[model(mine), model(shared)])
    assert copy.instructions == agent.instructions
    agent.refresh_from_db()
    assert agent.chat_model == chosen


def test_deleted_and_taken_back(alice, agent):
    agents.delete(by=alice, agent=agent)
    assert not access.rows(alice, Agent.objects.all()).exists()
    agents.restore(by=alice, agent=agent)
    assert access.rows(alice, Agent.objects.all()).get() == agent
    assert actions(alice) == ["agent.deleted", "agent.restored"]


def test_what_was_deleted_long_ago_goes(alice, agent):
    now = timezone.now()
    recent = factories.agent(alice, deleted_at=now - trash.KEPT + timedelta(minutes=1))
    old = factories.agent(alice, deleted_at=now - trash.KEPT - timedelta(minutes=1))
    trash.remove_old()
    assert set(Agent.objects.all()) == {agent, recent}
    assert not Agent.objects.filter(pk=old.pk).exists()


# ---- who sees it ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "may"), [(UserRole.USER, False), (UserRole.AGENT_ADMIN, True), (UserRole.ADMIN, True)]
)
@pytest.mark.parametrize("visibility", ["readonly", "public"])
def test_only_agent_admins_let_everybody_use_an_agent(alice, agent, role, may, visibility):
    alice.role = role
    if may:
        agents.set_visibility(by=alice, agent=agent, visibility=visibility)
    else:
        with pytest.raises(Refused):
            agents.set_visibility(by=alice, agent=agent, visibility=visibility)
    agent.refresh_from_db()
    assert agent.visibility == (visibility if may else "private")
    assert actions(alice) == (["agent.visibility_changed"] if may else [])


def test_anybody_takes_their_agent_back_from_everybody(alice, agent):
    Agent.objects.filter(pk=agent.pk).update(visibility="public")
    agents.set_visibility(by=alice, agent=agent, visibility="private")
    agent.refresh_from_db()
    assert agent.visibility == "private"


def test_one_person_is_granted_an_agent_and_loses_it(alice, carol, agent):
    agents.grant(by=alice, agent=agent, email=f" {carol.email.upper()} ")
    assert access.rows(carol, Agent.objects.all()).get() == agent
    assert not access.rows(carol, Agent.objects.all(), access.WRITE).exists()
    agents.revoke(by=alice, permission=AgentUserPermission.objects.get())
    assert not access.rows(carol, Agent.objects.all()).exists()
    assert actions(alice) == ["agent.granted", "agent.revoked"]


def test_a_grant_to_nobody_says_nothing(alice, carol, agent):
    carol.is_active = False
    carol.save()
    for email in ("nobody@example.org", carol.email, alice.email):
        agents.grant(by=alice, agent=agent, email=email)
    assert not AgentUserPermission.objects.exists()
    assert actions(alice) == []


def test_whoever_hides_what_was_granted_alone_gives_it_up(alice, carol, agent):
    agents.grant(by=alice, agent=agent, email=carol.email)
    assert agents.hide(by=carol, agent=agent) is False
    assert not access.rows(carol, Agent.objects.all()).exists()
    agents.grant(by=alice, agent=agent, email=carol.email)
    assert access.rows(carol, Agent.objects.all()).exists()


def test_whoever_hides_what_everybody_uses_still_may(carol, agent):
    Agent.objects.filter(pk=agent.pk).update(visibility="readonly")
    assert agents.hide(by=carol, agent=agent) is True
    agents.unhide(by=carol, agent=agent)
    assert not AgentUserPermission.objects.exists()


def test_unhiding_takes_no_grant_away(alice, carol, agent):
    agents.grant(by=alice, agent=agent, email=carol.email)
    agents.unhide(by=carol, agent=agent)
    assert access.rows(carol, Agent.objects.all()).exists()


def test_bookmarks(alice, agent):
    for is_on in (True, True):
        agents.set_bookmark(by=alice, agent=agent, is_on=is_on)
    assert AgentBookmark.objects.get().agent == agent
    agents.set_bookmark(by=alice, agent=agent, is_on=False)
    assert not AgentBookmark.objects.exists()


# ---- leaving --------------------------------------------------------------------------------------------
def test_personal_agents_go_with_their_person_and_the_teams_stay(bob, team):
    agent, shared = factories.agent(bob), factories.agent(bob, team)
    AgentVersion.objects.create(agent=shared, number=1, content=shared.content, created_by=bob)
    accounts.delete(by=bob)
    assert not Agent.objects.filter(pk=agent.pk).exists()
    shared.refresh_from_db()
    assert (shared.user, shared.team) == (None, team)
    assert shared.versions.get().created_by is None


def test_an_export_holds_ones_agents_without_keys(alice, team, agent):
    key = factories.api_key(alice)
    Agent.objects.filter(pk=agent.pk).update(chat_model=model(key))
    factories.agent(alice, team)
    factories.agent(UserFactory())
    with zipfile.ZipFile(io.BytesIO(accounts.export(by=alice).read())) as archive:
        names = [name for name in archive.namelist() if name.startswith("agents/")]
        text = archive.read(names[0]).decode()
    assert names == [f"agents/{agent.pk}.json"]
    assert json.loads(text)["name"] == "Editor"
    assert str(key.pk) not in text
