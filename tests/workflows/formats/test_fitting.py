"""What a file names is there, or is left out: nothing of another workspace is ever taken from a file."""

import json
import uuid

import pytest

from teams.workspace import Workspace
from tests import factories
from tests.workflows.formats import told
from workflows.formats import own, reading
from workflows.formats.fitting import fit

pytestmark = pytest.mark.django_db


def brought(user, *nodes: dict):
    """What is read of a file with these nodes, fitted to a person's own workspace."""
    whole = {"format": own.FORMAT, "version": own.VERSION, "name": "x", "nodes": list(nodes), "edges": []}
    return fit(reading.read(json.dumps(whole)), Workspace(user, None))


def node(kind: str, **data) -> dict:
    return {"id": kind, "type": kind, "position": {"x": 0, "y": 0}, "data": {"name": kind} | data}


def test_models_are_those_of_the_workspace(alice, bob):
    theirs = factories.api_key(bob, models=("gpt-test",))
    asked = node("llm", model={"apiKey": str(theirs.pk), "provider": "openai", "model": "gpt-test"}, messages=[])
    found = brought(alice, asked)
    assert told.data(found, "llm")["model"] is None
    assert told.said(found, "changed") == {("llm", "model_of_run")}


def test_the_same_model_under_ones_own_key_is_taken(alice):
    key = factories.api_key(alice, models=("gpt-test",))
    found = brought(alice, node("llm", model={"provider": key.provider, "model": "gpt-test"}, messages=[]))
    assert told.data(found, "llm")["model"] == {"apiKey": str(key.pk), "provider": key.provider, "model": "gpt-test"}


def test_agents_of_others_are_left_out(alice, bob):
    own_agent, other = factories.agent(alice), factories.agent(bob)
    assert told.data(brought(alice, node("agent", agent=str(own_agent.pk), message=[])), "agent")["agent"] == str(
        own_agent.pk
    )
    for named in (str(other.pk), str(uuid.uuid4()), "x", 5):
        found = brought(alice, node("agent", agent=named, message=[]))
        assert told.data(found, "agent")["agent"] is None
        assert told.said(found, "todo") == {("agent", "agent_gone")}


def test_tools_are_found_or_told(alice):
    built_in = {"kind": "toolkit", "source": "calculator", "name": "calculate", "title": "old", "digest": "x"}
    foreign = {"kind": "mcp", "source": str(uuid.uuid4()), "name": "t", "server": "Files"}
    found = brought(alice, node("tool", tool=built_in, arguments={}))
    assert told.data(found, "tool")["tool"]["source"] == "calculator"
    assert "digest" not in told.data(found, "tool")["tool"]
    assert told.said(found, "todo") == set()
    found = brought(alice, node("tool", tool=foreign, arguments={}))
    assert told.data(found, "tool")["tool"]["source"] == ""
    assert told.said(found, "todo") == {("tool", "choose_tool")}


def test_documents_and_people_of_others_are_left_out(alice, bob):
    theirs = factories.document(bob)
    asked = {"people": [str(alice.pk), str(bob.pk), 7], "role": "", "starter": False}
    found = brought(
        alice,
        node("document", action="read", document={"value": str(theirs.pk)}),
        node("approval", title=[], buttons=[], audience=asked),
        node("template", content=[], approvalBefore={"audience": dict(asked)}),
    )
    assert told.data(found, "document")["document"] == {"value": None}
    assert told.data(found, "approval")["audience"]["people"] == [str(alice.pk)]
    assert told.data(found, "template")["approvalBefore"]["audience"]["people"] == [str(alice.pk)]
    assert told.said(found, "todo") == {
        ("document", "document_gone"),
        ("approval", "choose_people"),
        ("template", "choose_people"),
    }
