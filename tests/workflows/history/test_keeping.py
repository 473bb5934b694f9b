"""Runs go so many days after their end; what is on its way stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Run, RunStatus
from sambung.lib.files import store
from teams import retention
from teams.models import Instance
from tests import factories
from tests.factories.workflow_runs import workflow_run, workflow_step
from workflows.engine import values
from workflows.history import keeping, replay
from workflows.models import StepStatus, Workflow, WorkflowRun, WorkflowStep
from workflows.nodes.graph import Graph

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(alice) -> dict[str, WorkflowRun]:
    """An old run, one of today, and one that has waited for long."""
    workflow = factories.published(alice)
    made = {"old": workflow_run(alice, workflow), "new": workflow_run(alice, workflow)}
    made["waiting"] = workflow_run(alice, workflow, RunStatus.WAITING)
    for run in made.values():
        workflow_step(run, "input")
    Run.objects.filter(pk=made["old"].run_id).update(finished_at=timezone.now() - timedelta(days=91))
    Run.objects.filter(pk=made["waiting"].run_id).update(created_at=timezone.now() - timedelta(days=200))
    return made


def left() -> set[WorkflowRun]:
    return set(WorkflowRun.objects.all())


def test_old_runs_go_with_their_steps(runs):
    Instance.present()
    retention.enforce()
    assert left() == {runs["new"], runs["waiting"]}
    assert WorkflowStep.objects.count() == 2
    assert not Run.objects.filter(pk=runs["old"].run_id).exists()


@pytest.mark.parametrize(("days", "n"), [(None, 3), (92, 3), (90, 2)])
def test_the_instance_says_how_long(runs, days, n):
    Instance.present()
    Instance.objects.update(workflow_run_days=days)
    assert bool(keeping.RUNS.delete()) == (n == 2)
    assert len(left()) == n


def test_a_run_whose_child_is_on_its_way_stays(runs, alice):
    step = workflow_step(runs["old"], "output", StepStatus.WAITING_CHILD)
    workflow_run(alice, runs["old"].workflow, RunStatus.WAITING, parent_step=step)
    Instance.present()
    assert keeping.RUNS.delete() == 0


# ---- values ---------------------------------------------------------------------------------------------
@pytest.fixture
def unkept(alice, runs) -> WorkflowRun:
    """A run of a workflow that keeps no values, with a file of its own and one of a step."""
    run = runs["new"]
    keys = [values.FOLDER + f"/{run.pk.hex}/" + name * 64 for name in "ab"]
    for key in keys:
        store.save(key, b"x")
    paper = {"file": keys[0], "name": "a", "mimeType": "text/plain", "size": 1}
    given = {"input": {"paper": paper}, "output": {"result": [1, paper]}, "file_bytes": 2}
    WorkflowRun.objects.filter(pk=run.pk).update(**given)
    run.steps.update(input={"a": 1}, output={"preview": "x"}, output_file=keys[1])
    Workflow.objects.update(keeps_values=False)
    return run


def test_values_of_steps_go_with_the_end_where_they_are_not_kept(unkept, runs, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert (keeping.empty(), keeping.empty()) == (2, 0)

    unkept.refresh_from_db()
    step = unkept.steps.get()
    assert (unkept.is_emptied, step.input, step.output, step.output_file, step.status) == (True, None, None, "", "done")
    paper = unkept.input["paper"]
    assert (paper["file"][-1], unkept.output, unkept.file_bytes) == ("a", {"result": [1, paper]}, 1)
    assert store.stored_in(f"{values.FOLDER}/{unkept.pk.hex}") == [unkept.input["paper"]["file"]]
    runs["waiting"].refresh_from_db()
    assert not runs["waiting"].is_emptied


def test_they_stay_where_they_are_kept(runs):
    assert keeping.empty() == 0


def test_a_run_that_was_emptied_is_run_again_from_its_start(unkept):
    keys = [node["id"] for node in unkept.structure["nodes"]]
    assert replay.reusable(unkept, Graph(unkept.structure), keys[1:]).keys() == {keys[0]}
    unkept.is_emptied = True
    assert replay.reusable(unkept, Graph(unkept.structure), keys[1:]) == {}
