"""Publishing: what was looked at and nothing else becomes what runs, and all that was stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sambung.lib.errors import Refused
from teams.models import AuditEntry
from teams.workspace import Workspace
from tests import factories
from tests.factories.workflows import Sketch, line
from workflows.editing import draft
from workflows.models import Workflow
from workflows.nodes.checking import faults
from workflows.publishing import known, tool_config, versions

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


@pytest.fixture
def workflow(alice):
    return factories.workflow(alice, sketch=line(("template", {"content": [{"text": "Hello"}]}), schema=TEXT))


def _publish(workflow, by, **given):
    workflow.refresh_from_db()
    return versions.publish(workflow=workflow, by=by, **{"draft_version": workflow.draft_version} | given)


def _redraw(workflow, text: str) -> None:
    structure = draft.structure_of(workflow)
    node = next(node for node in structure["nodes"] if node["type"] == "template")
    node["data"]["content"] = [{"text": text}]
    draft.write(workflow, structure)
    workflow.refresh_from_db()


def test_the_draft_becomes_a_version_and_what_runs(workflow, alice):
    made = _publish(workflow, alice, note="The first one.")

    workflow.refresh_from_db()
    assert (made.number, made.note, made.created_by, made.draft_version) == (1, "The first one.", alice, 1)
    assert workflow.published
    assert workflow.structure == made.structure == draft.structure_of(workflow)
    assert made.tool_config["name"] == "plan"
    assert made.tool_config["parameters"]["required"] == ["text"]
    assert AuditEntry.objects.get(action="workflow.published").data == {"version": 1}


def test_a_draft_that_moved_on_is_not_published(workflow, alice):
    seen = workflow.draft_version
    _redraw(workflow, "Changed by somebody else")

    with pytest.raises(Refused) as refused:
        versions.publish(workflow=workflow, by=alice, draft_version=seen)

    assert refused.value.code == "outdated"
    assert not workflow.versions.exists()


def test_what_is_wrong_is_not_published(alice):
    broken = factories.workflow(alice, sketch=Sketch().node("input", "input", schema=TEXT))

    with pytest.raises(Refused) as refused:
        _publish(broken, alice)

    assert (refused.value.code, refused.value.params["count"] > 0) == ("workflow_has_faults", True)
    broken.refresh_from_db()
    assert not broken.published


def test_each_publication_is_a_version_that_stays(workflow, alice):
    first = _publish(workflow, alice)
    _redraw(workflow, "Good evening")
    second = _publish(workflow, alice)

    first.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.structure != second.structure
    assert versions.latest(workflow) == second


def test_restoring_makes_a_draft_and_leaves_what_is_published(workflow, alice):
    first = _publish(workflow, alice)
    _redraw(workflow, "Good evening")
    second = _publish(workflow, alice)

    versions.restore(version=first, by=alice)

    workflow.refresh_from_db()
    assert draft.structure_of(workflow) == first.structure
    assert (workflow.structure, workflow.published) == (second.structure, True)
    assert _publish(workflow, alice).number == 3


def test_taken_back_nothing_is_lost(workflow, alice):
    made = _publish(workflow, alice)

    versions.unpublish(workflow=workflow, by=alice)

    workflow.refresh_from_db()
    assert (workflow.published, workflow.structure) == (False, made.structure)
    assert workflow.versions.get() == made
    assert AuditEntry.objects.filter(action="workflow.unpublished").count() == 1


def test_a_deleted_workflow_is_not_published(workflow, alice):
    Workflow.objects.update(deleted_at=timezone.now() - timedelta(days=1))

    with pytest.raises(Refused) as refused:
        _publish(workflow, alice)
    assert refused.value.code == "gone"


# ---- names of tools --------------------------------------------------------------------------------------
def test_a_name_is_one_tools_in_its_place(workflow, alice, team, bob):
    _publish(workflow, alice, tool={"name": "report", "description": "", "when": ""})
    beside, elsewhere = factories.workflow(alice), factories.workflow(alice, team)

    with pytest.raises(Refused) as refused:
        _publish(beside, alice, tool={"name": "report", "description": "", "when": ""})

    assert (refused.value.code, refused.value.field) == ("name_taken", "name")
    assert _publish(elsewhere, alice, tool={"name": "report", "description": "", "when": ""}).number == 1
    versions.unpublish(workflow=workflow, by=alice)
    assert _publish(beside, alice, tool={"name": "report", "description": "", "when": ""}).number == 1


def test_a_taken_name_is_not_suggested(workflow, alice):
    _publish(workflow, alice)
    assert tool_config.suggested(factories.workflow(alice))["name"] == "plan_2"


def test_a_name_that_was_chosen_is_kept(workflow, alice):
    _publish(workflow, alice, tool={"name": "report", "description": "Reports.", "when": "Asked."})
    _redraw(workflow, "Other")

    assert _publish(workflow, alice).tool_config["when"] == "Asked."
    assert workflow.versions.first().tool_config["name"] == "report"


# ---- what it calls ---------------------------------------------------------------------------------------
def _calling(other: Workflow, name: str = "plan") -> Sketch:
    tool = {"kind": "workflow", "source": str(other.pk), "name": name, "title": "Other"}
    return line(("tool", {"tool": tool, "arguments": {"text": {"value": "x"}}}), schema=TEXT)


def test_a_workflow_that_calls_itself_is_not_published(workflow, alice):
    _publish(workflow, alice)
    draft.write(workflow, _calling(workflow).structure)

    with pytest.raises(Refused) as refused:
        _publish(workflow, alice)
    assert refused.value.code == "workflow_calls_itself"


def test_nor_one_that_others_lead_back_to(workflow, alice):
    _publish(workflow, alice)
    second = factories.workflow(alice, sketch=_calling(workflow), name="Second")
    _publish(second, alice)
    draft.write(workflow, _calling(second, "second").structure)

    with pytest.raises(Refused) as refused:
        _publish(workflow, alice)
    assert refused.value.params["names"] == "Plan → Second → Plan"


def test_nor_one_that_asks_an_agent_which_may_run_it(workflow, alice):
    _publish(workflow, alice)
    agent = factories.agent(alice, allowed_workflows=[str(workflow.pk)])
    asks = line(("agent", {"agent": str(agent.pk), "message": [{"text": "Go"}], "answer": {"type": "text"}}))
    draft.write(workflow, asks.structure)

    with pytest.raises(Refused) as refused:
        _publish(workflow, alice)
    assert refused.value.code == "workflow_calls_itself"


def test_calling_another_is_fine(workflow, alice):
    _publish(workflow, alice)
    assert _publish(factories.workflow(alice, sketch=_calling(workflow), name="Second"), alice).number == 1


def test_tools_are_pinned_by_their_digests(alice):
    calculator = {"kind": "toolkit", "source": "calculator", "name": "calculate"}
    sketch = line(("tool", {"tool": calculator, "arguments": {"expression": {"value": "1"}}}))

    made = _publish(factories.workflow(alice, sketch=sketch), alice)

    (tool,) = (node["data"]["tool"] for node in made.structure["nodes"] if node["type"] == "tool")
    assert tool["digest"] == known(Workspace(alice)).tools["toolkit:calculator:calculate"]


# ---- what may be named -----------------------------------------------------------------------------------
def _faults(sketch: Sketch, person, team=None) -> set[str]:
    return {fault.code for fault in faults(sketch.structure, known(Workspace(person, team))) if fault.is_error}


def test_what_is_somebody_elses_cannot_be_named(alice, bob, carol):
    agent = factories.agent(carol)
    asks = line(("agent", {"agent": str(agent.pk), "message": [{"text": "Go"}], "answer": {"type": "text"}}))
    key = factories.api_key(carol)
    model = {"apiKey": str(key.pk), "provider": key.provider, "model": "gpt-4o"}
    says = [{"role": "user", "content": [{"text": "Hi"}]}]
    writes = line(("llm", {"model": model, "messages": says, "answer": {"type": "text"}}))
    hers = factories.document(carol)
    reads = line(("document", {"action": "read", "document": {"value": str(hers.pk)}}))

    assert _faults(asks, alice) == {"workflow_agent_unknown"}
    assert _faults(asks, carol) == set()
    assert _faults(writes, alice) == {"workflow_model_unknown"}
    assert _faults(reads, alice) == {"workflow_document_unknown"}
    assert _faults(reads, carol) == set()


def test_people_are_those_of_the_team(alice, bob, carol, team):
    def asking(person):
        buttons = [{"id": "yes", "label": "Yes"}]
        audience = {"people": [str(person.pk)], "role": "", "starter": False}
        return line(("approval", {"title": [{"text": "?"}], "buttons": buttons, "audience": audience})).structure

    for person, workspace, told in ((bob, team, False), (carol, team, True), (bob, None, True), (alice, None, False)):
        found = faults(asking(person), known(Workspace(alice, workspace)))
        assert ("workflow_person_unknown" in {fault.code for fault in found}) == told
