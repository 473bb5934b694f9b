"""What becomes of workflows when their person goes, and what a person takes with them."""

import pytest

from agents.models import Run
from tests import factories
from workflows.actions import personal_data
from workflows.models import Workflow, WorkflowRun, WorkflowTrigger

pytestmark = pytest.mark.django_db


def test_ones_own_go_and_a_teams_stay_at_rest(alice, team):
    own, teams = factories.published(alice), factories.published(alice, team)
    for one in (own, teams):
        WorkflowTrigger.objects.create(workflow=one, kind="webhook", runs_as=alice)
        run = Run.objects.create(kind="workflow", requested_by=alice, team=one.team)
        WorkflowRun.objects.create(workflow=one, run=run, structure=one.structure)
    personal_data.delete_personal(alice)
    assert list(Workflow.objects.all()) == [teams]
    assert not WorkflowTrigger.objects.get().is_active
    assert Run.objects.get().team == team
    alice.delete()
    assert Workflow.objects.get().user is None


def test_ones_own_are_taken_along_with_what_they_did(alice, bob):
    made = factories.published(alice, name="Mine")
    factories.published(bob, name="Not mine")
    run = Run.objects.create(kind="workflow", requested_by=alice)
    ran = WorkflowRun.objects.create(workflow=made, run=run, structure=made.structure, input={"x": 1})
    ran.steps.create(node_id="n", node_type="input", path="n", status="done", output={"x": 1})
    files = dict(personal_data.export(alice))
    assert set(files) == {f"workflows/{made.pk}.json", f"workflow-runs/{ran.pk}.json"}
    told = files[f"workflows/{made.pk}.json"]
    assert (told["name"], len(told["draft"]["nodes"]), len(told["versions"])) == ("Mine", 2, 1)
    assert files[f"workflow-runs/{ran.pk}.json"]["steps"][0]["output"] == {"x": 1}
