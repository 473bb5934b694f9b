"""Runs kept as tests: what is kept of them, and what is told when something else comes out."""

import pytest

from agents.models import RunStatus
from sambung.lib.errors import Refused
from sambung.lib.threads import in_thread
from teams.models import AuditEntry
from tests import factories
from tests.factories.workflow_runs import workflow_run, workflow_step
from tests.workflows.engine.conftest import host  # noqa: F401  a fixture
from workflows import testing
from workflows.editing import draft
from workflows.models import StepStatus, WorkflowRun, WorkflowTest
from workflows.testing import pinning

SCHEMA = {"type": "object", "properties": {"topic": {"type": "string"}}}
MESSAGE = [{"role": "user", "content": [{"text": "Write."}]}]


@pytest.fixture
def sketch():
    """input → llm → template → output."""
    made = factories.Sketch().node("input", "input", schema=SCHEMA).node("ask", "llm", messages=MESSAGE)
    made.node("text", "template", content=made.text("Dear ", ("ask", "answer")))
    made.node("output", "output", values=[{"name": "result", "value": made.value("text", "text")}])
    return made.edge("input", "ask", "text", "output")


@pytest.fixture
def run(alice, sketch) -> WorkflowRun:
    made = workflow_run(
        alice, factories.published(alice, sketch=sketch), input={"topic": "Coffee"}, output={"result": "Dear all"}
    )
    workflow_step(made, "input", output={"topic": "Coffee"})
    workflow_step(made, "ask", StepStatus.FAILED, error_code="unexpected")
    workflow_step(made, "ask", attempt=2, output={"answer": "all"})
    workflow_step(made, "text", output={"text": "Dear all"})
    return made


@pytest.mark.django_db
def test_a_run_is_kept_with_what_it_was_answered(run, alice, sketch):
    assert pinning.suggested_name(run) == "Coffee"
    test = pinning.pin(run=run, by=alice, name="Coffee")
    assert (test.input, test.expected) == ({"topic": "Coffee"}, {"output": {"result": "Dear all"}})
    assert test.mocks["nodes"] == {sketch.ids["ask"]: {"output": {"answer": "all"}, "handle": ""}}
    pinning.delete(test=test, by=alice)
    assert not WorkflowTest.objects.exists()
    assert list(AuditEntry.objects.order_by("created_at").values_list("action", flat=True)) == [
        "workflow_test.kept",
        "workflow_test.deleted",
    ]


@pytest.mark.django_db
def test_only_what_has_succeeded_is_kept(run, alice):
    run.run.status = RunStatus.FAILED
    with pytest.raises(Refused, match="succeeded"):
        pinning.pin(run=run, by=alice, name="x")


@pytest.mark.django_db
def test_there_is_nothing_to_keep_without_values(run, alice):
    run.workflow.keeps_values = False
    with pytest.raises(Refused, match="keeps no values"):
        pinning.pin(run=run, by=alice, name="x")


@pytest.mark.django_db(transaction=True)
async def test_tests_run_on_the_draft_and_tell_what_differs(host, run, alice, sketch):  # noqa: F811
    await in_thread(lambda: pinning.pin(run=run, by=alice, name="Coffee"))
    (result,) = await in_thread(lambda: testing.run_all(run.workflow, by=alice))
    assert result.is_passed
    assert await in_thread(WorkflowRun.objects.count) == 1  # what passed leaves nothing
    changed = await in_thread(draft.structure_of, run.workflow)
    node = next(node for node in changed["nodes"] if node["data"]["name"] == "text")
    node["data"]["content"][0]["text"] = "Hello "
    await in_thread(draft.write, run.workflow, changed)
    (result,) = await in_thread(lambda: testing.run_all(run.workflow, by=alice))
    assert result.problem == "Something else came out."
    (change,) = result.changes
    assert [kind for kind, _text in change.lines if kind in "+-"] == ["-", "+"]
    left = await in_thread(WorkflowRun.objects.select_related("run").get, pk=result.run)
    assert (left.trigger, left.output) == ("test", {"result": "Hello all"})


@pytest.mark.django_db(transaction=True)
async def test_a_graph_that_cannot_run_fails_its_tests(host, run, alice):  # noqa: F811
    await in_thread(lambda: pinning.pin(run=run, by=alice, name="Coffee"))
    broken = {"nodes": [], "edges": []}
    (result,) = await in_thread(lambda: testing.run_all(run.workflow, by=alice, structure=broken))
    assert "input" in result.problem
