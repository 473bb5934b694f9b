"""Runs go so many days after their end; what is on its way stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Run, RunStatus
from teams import retention
from teams.models import Instance
from tests import factories
from tests.factories.workflow_runs import workflow_run, workflow_step
from workflows.history import keeping
from workflows.models import StepStatus, WorkflowRun, WorkflowStep

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
