"""Workflows as tools: offered where they are published, given to agents by name, one run for each call."""

import asyncio
from dataclasses import replace

import pytest
from django.utils import timezone

from agents import tools
from agents.models import Run, ToolApproval
from agents.tools import Caller, Later, binding
from chats.models import ChatDocument  # noqa: F401  the apps above are there
from sambung.lib.ids import uuid7
from teams.workspace import Workspace
from tests import factories
from tests.factories.workflows import line
from workflows.actions import calling
from workflows.models import StepStatus, WorkflowRun
from workflows.publishing import tool_config, versions
from workflows.tools import KIND, WorkflowTools

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


@pytest.fixture
def workflow(alice):
    made = factories.workflow(alice, sketch=line(("template", {"content": []}), schema=TEXT), name="Report")
    told = {"name": "report", "description": "Writes a report.", "when": "a report is asked for."}
    versions.publish(workflow=made, by=alice, draft_version=made.draft_version, tool=told)
    made.refresh_from_db()
    return made


def _tools(workspace, **given) -> list[str]:
    return [tool.ref for tool in binding.bind(workspace, **given).tools.values() if tool.kind == KIND]


def _tool(workflow, person) -> tools.Tool:
    found = WorkflowTools().sources(Workspace(person))
    return next(tool for source in found for tool in source.tools if tool.source == str(workflow.pk))


def _end(pk, status="succeeded", **run) -> None:
    row = WorkflowRun.objects.get(pk=pk)
    WorkflowRun.objects.filter(pk=pk).update(**run)
    Run.objects.filter(pk=row.run_id).update(status=status, finished_at=timezone.now())


# ---- offered ---------------------------------------------------------------------------------------------
def test_what_is_published_is_a_tool_of_its_workspace(workflow, alice, team, bob):
    (tool,) = [one for one in binding.bind(Workspace(alice)).tools.values() if one.kind == KIND]

    assert (tool.ref, tool.title) == (f"workflow:{workflow.pk}:report", "Report")
    assert tool.description == "Writes a report. Use it when: a report is asked for."
    assert (tool.parameters["required"], tool.parameters["additionalProperties"]) == (["text"], False)
    assert _tools(Workspace(alice, team)) == _tools(Workspace(bob)) == []


def test_taken_back_or_deleted_it_is_none(workflow, alice):
    versions.unpublish(workflow=workflow, by=alice)
    assert _tools(Workspace(alice)) == []


def test_one_that_is_open_is_everybodys(workflow, bob):
    type(workflow).objects.update(visibility="readonly")
    assert _tools(Workspace(bob)) == [f"workflow:{workflow.pk}:report"]


def test_an_agent_has_those_it_was_given_and_no_others(workflow, alice):
    agent, ref = factories.agent(alice), f"workflow:{workflow.pk}:report"
    assert _tools(Workspace(alice), agent=agent) == []

    agent.allowed_workflows = [str(workflow.pk)]

    assert _tools(Workspace(alice), agent=agent) == [ref]
    assert _tools(Workspace(alice), agent=agent, chosen=["toolkit:clock"]) == []


def test_an_agent_misses_one_that_is_gone(workflow, alice):
    agent = factories.agent(alice, allowed_workflows=[str(workflow.pk)])
    versions.unpublish(workflow=workflow, by=alice)

    bound = binding.bind(Workspace(alice), agent=agent)

    assert [(one.ref, one.why.code) for one in bound.missing] == [(f"workflow:{workflow.pk}", "tool_gone")]


def test_the_editor_of_an_agent_offers_them(workflow, alice, sign_in):
    agent = factories.agent(alice, name="Writer")
    client = sign_in(alice)
    path = f"/app/agents/{agent.pk}/edit/"
    assert "Report" in client.get(path).text

    client.post(path, {"name": "Writer", "icon_id": "default", "given_workflows": [str(workflow.pk)]})
    agent.refresh_from_db()
    assert agent.allowed_workflows == [str(workflow.pk)]

    client.post(path, {"name": "Writer", "icon_id": "default"})
    agent.refresh_from_db()
    assert agent.allowed_workflows == []


def test_what_is_not_offered_now_stays_given(workflow, alice, sign_in):
    other = str(uuid7())
    agent = factories.agent(alice, name="Writer", allowed_workflows=[other])
    sign_in(alice).post(f"/app/agents/{agent.pk}/edit/", {"name": "Writer", "icon_id": "default"})
    agent.refresh_from_db()
    assert agent.allowed_workflows == [other]


def test_files_and_dates_are_told_to_models():
    schema = {
        "type": "object",
        "properties": {
            "when": {"type": "string", "format": "date", "title": "Day"},
            "paper": {"type": "string", "format": "file"},
            "long": {"type": "string", "format": "multiline", "description": "A text."},
        },
        "order": ["paper", "when"],
        "required": ["when", "gone"],
    }
    structure = {"nodes": [{"id": "a", "type": "input", "data": {"schema": schema}}], "edges": []}

    told = tool_config.parameters(structure)

    assert list(told["properties"]) == ["paper", "when", "long"]
    assert told["properties"]["when"] == {"type": "string", "format": "date", "description": "Day"}
    assert told["properties"]["paper"]["required"] == ["file"]
    assert told["required"] == ["when"]


# ---- called ----------------------------------------------------------------------------------------------
@pytest.fixture
def caller(alice) -> Caller:
    """A chat's run of Alice's, which makes a call."""
    run = Run.objects.create(kind="chat", requested_by=alice)
    return Caller(Workspace(alice), "chat:x", run=run.pk, call="c1")


def test_a_call_begins_one_run_however_often_it_is_made(workflow, caller, alice):
    first = calling.begin(str(workflow.pk), {"text": "Hi"}, caller)

    assert calling.begin(str(workflow.pk), {"text": "other"}, caller) == first
    assert calling.begin(str(workflow.pk), {"text": "Hi"}, replace(caller, call="c2")) != first
    run = WorkflowRun.objects.get(pk=first)
    assert (run.trigger, run.called_by_id, run.run.requested_by) == ("chat", caller.run, alice)
    assert run.version == workflow.versions.get()


def test_what_was_published_anew_does_not_change_a_call_that_runs(workflow, caller, alice):
    pk = calling.begin(str(workflow.pk), {"text": "Hi"}, caller)
    versions.publish(workflow=workflow, by=alice, draft_version=workflow.draft_version)

    assert WorkflowRun.objects.get(pk=pk).version.number == 1
    again = calling.begin(str(workflow.pk), {"text": "Hi"}, replace(caller, call="c2"))
    assert WorkflowRun.objects.get(pk=again).version.number == 2


def test_one_that_is_not_for_the_person_is_not_called(workflow, caller, bob):
    with pytest.raises(tools.Failed) as failed:
        calling.begin(str(workflow.pk), {"text": "Hi"}, replace(caller, workspace=Workspace(bob)))
    assert failed.value.failure.code == "workflow_gone"


def _inside(workflow, run: WorkflowRun, node: str = "n1") -> Caller:
    """A step of a workflow's run, which makes a call."""
    step = run.steps.create(node_id=node, node_type="tool", path=node, status=StepStatus.WAITING_CHILD)
    return Caller(Workspace(run.run.requested_by), run=run.run_id, call=str(step.pk))


def test_a_workflow_that_calls_itself_is_refused_by_the_chain(workflow, caller):
    outer = WorkflowRun.objects.get(pk=calling.begin(str(workflow.pk), {"text": "Hi"}, caller))

    with pytest.raises(tools.Failed) as failed:
        calling.begin(str(workflow.pk), {"text": "Hi"}, _inside(workflow, outer))
    assert failed.value.failure.params["names"] == "Report → Report"


def test_calls_lie_in_one_another_five_deep(caller, alice):
    at = caller
    for n in range(calling.DEEPEST):
        made = factories.published(alice, sketch=line(("template", {"content": []}), schema=TEXT), name=f"W{n}")
        run = WorkflowRun.objects.get(pk=calling.begin(str(made.pk), {"text": "Hi"}, at))
        at = _inside(made, run)
    last = factories.published(alice, sketch=line(("template", {"content": []}), schema=TEXT), name="Last")

    with pytest.raises(tools.Failed) as failed:
        calling.begin(str(last.pk), {"text": "Hi"}, at)
    assert failed.value.failure.code == "workflow_calls_deep"


@pytest.mark.django_db(transaction=True)
def test_a_call_gives_the_outputs_and_nothing_else(workflow, caller, alice):
    tool = _tool(workflow, alice)
    _end(calling.begin(tool.source, {"text": "Hi"}, caller), output={"result": "Done"})

    result = asyncio.run(tools.call(tool, {"text": "Hi"}, caller, lambda text: None))

    assert (result.content, result.is_error) == ({"result": "Done"}, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "code"), [("failed", "workflow_run_failed"), ("stopped", "workflow_run_stopped")])
def test_or_why_there_are_none(workflow, caller, alice, status, code):
    tool = _tool(workflow, alice)
    _end(calling.begin(tool.source, {"text": "Hi"}, caller), status)

    result = asyncio.run(tools.call(tool, {"text": "Hi"}, caller, lambda text: None))

    assert (result.is_error, result.failure.code) == (True, code)


def test_what_is_very_long_is_a_file_behind_its_beginning(workflow, caller, alice):
    pk = calling.begin(str(workflow.pk), {"text": "Hi"}, caller)
    _end(pk, output={"result": "x" * 200_000})

    content = calling.standing(pk, Workspace(alice)).result.content

    assert len(content) == calling.LONGEST
    assert f"/app/workflows/runs/{pk}/value/output/" in content[-200:]


@pytest.mark.django_db(transaction=True)
def test_a_call_whose_run_waits_comes_later(workflow, caller, alice):
    tool, told = _tool(workflow, alice), []
    pk = calling.begin(tool.source, {"text": "Hi"}, caller)
    run = WorkflowRun.objects.get(pk=pk)
    node = run.structure["nodes"][1]
    run.steps.create(node_id=node["id"], node_type="template", path=node["id"], status=StepStatus.WAITING_PERSON)
    Run.objects.filter(pk=run.run_id).update(status="waiting")

    with pytest.raises(Later):
        asyncio.run(tools.call(tool, {"text": "Hi"}, caller, told.append))

    assert told == ["✓ 0 · template0"]


@pytest.mark.django_db(transaction=True)
def test_a_stopped_call_stops_its_run(workflow, caller, alice):
    tool = _tool(workflow, alice)
    pk = calling.begin(tool.source, {"text": "Hi"}, caller)

    async def stopped():
        call = asyncio.create_task(tools.call(tool, {"text": "Hi"}, caller, lambda text: None))
        await asyncio.sleep(0.2)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)

    asyncio.run(stopped())

    assert (
        WorkflowRun.objects.get(pk=pk).run.status in {"stopped"} or WorkflowRun.objects.get(pk=pk).run.stop_requested_at
    )


# ---- ended -----------------------------------------------------------------------------------------------
def test_a_chat_that_waits_is_woken_when_the_run_has_ended(workflow, caller, alice):
    pk = calling.begin(str(workflow.pk), {"text": "Hi"}, caller)
    Run.objects.filter(pk=caller.run).update(status="waiting", attempt=1)
    about = {"tool": f"workflow:{workflow.pk}:report", "digest": "x"}
    ToolApproval.objects.create(run_id=caller.run, call_id="c1", status="pending", **about)
    ToolApproval.objects.create(run_id=caller.run, call_id="c2", status="waiting", **about)
    assert calling.wake() == 0
    _end(pk)

    assert [calling.wake(), calling.wake()] == [1, 0]

    assert ToolApproval.objects.get(call_id="c1").status == "came"


def test_runs_whose_caller_has_ended_are_stopped(workflow, caller):
    pk = calling.begin(str(workflow.pk), {"text": "Hi"}, caller)
    assert calling.stop_orphans() == 0

    Run.objects.filter(pk=caller.run).update(status="stopped", finished_at=timezone.now())

    assert calling.stop_orphans() == 1
    run = WorkflowRun.objects.get(pk=pk).run
    assert run.status == "stopped" or run.stop_requested_at


@pytest.mark.parametrize(("status", "then"), [("succeeded", "done"), ("failed", "failed")])
def test_a_step_that_waits_goes_on_with_what_its_run_gave(workflow, caller, alice, status, then):
    outer = WorkflowRun.objects.get(pk=calling.begin(str(workflow.pk), {"text": "Hi"}, caller))
    inner = factories.published(alice, sketch=line(("template", {"content": []}), schema=TEXT), name="Inner")
    at = _inside(workflow, outer)
    pk = calling.begin(str(inner.pk), {"text": "Hi"}, at)
    assert (WorkflowRun.objects.get(pk=pk).trigger, calling.wake()) == ("child", 0)
    _end(pk, status, output={"result": "Done"})

    assert [calling.wake(), calling.wake()] == [1, 0]

    step = outer.steps.get(pk=at.call)
    assert step.status == then
