"""What becomes of workflows when their person goes, and what a person takes with them."""

import pytest

from agents.models import Run
from sambung.lib.files import store
from teams.workspace import Workspace
from tests import factories
from workflows.actions import personal_data
from workflows.engine import files as run_files
from workflows.engine import values
from workflows.engine.order import Order
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
    assert (files[f"workflow-runs/{ran.pk}.json"]["cost"], told["triggers"]) == (None, [])
    assert (told["name"], len(told["draft"]["nodes"]), len(told["versions"])) == ("Mine", 2, 1)
    assert files[f"workflow-runs/{ran.pk}.json"]["steps"][0]["output"] == {"x": 1}


def test_files_that_steps_made_go_along_and_go_with_the_account(alice):
    made = factories.published(alice)
    made.tests.create(name="Usual", input={"x": 1})
    made.triggers.create(kind="schedule", runs_as=alice, config={"often": "daily"}, limits={"steps": 5})
    run = Run.objects.create(kind="workflow", requested_by=alice)
    ran = WorkflowRun.objects.create(workflow=made, run=run, structure=made.structure, version=made.versions.get())
    order = Order(ran.pk, run.pk, 1, made.pk, made.structure, {}, Workspace(alice))
    file = run_files.made(order, b"\x89PNG", "a.png", "image/png")
    (large,) = values.kept(ran.pk, "x" * 100_000)
    ran.steps.create(node_id="n", node_type="http", path="n", status="done", output=file, output_file=large.file)

    found = dict(personal_data.export(alice))

    told, folder = found[f"workflow-runs/{ran.pk}.json"], f"workflow-runs/{ran.pk}"
    step = told["steps"][0]
    assert found[f"{folder}/{step['output']['file'].rpartition('/')[2]}"] == b"\x89PNG"
    assert found[f"{folder}/{step['output_file'].rpartition('/')[2]}"] == large.whole
    assert (told["version"], told["structure"]) == (1, made.structure)
    whole = found[f"workflows/{made.pk}.json"]
    assert [one["name"] for one in whole["tests"]] == ["Usual"]
    assert [(one["kind"], one["limits"]) for one in whole["triggers"]] == [("schedule", {"steps": 5})]


@pytest.mark.django_db(transaction=True)
def test_what_is_under_way_is_stopped_and_its_bytes_go(alice, team):
    own, teams = factories.published(alice), factories.published(alice, team)
    waits = Run.objects.create(kind="workflow", requested_by=alice, status="waiting")
    ran = WorkflowRun.objects.create(workflow=own, run=waits, structure=own.structure)
    values.kept(ran.pk, "x" * 100_000)
    in_team = Run.objects.create(kind="workflow", requested_by=alice, team=team, status="waiting")
    WorkflowRun.objects.create(workflow=teams, run=in_team, structure=teams.structure)

    personal_data.delete_personal(alice)

    assert store.stored_in(f"{values.FOLDER}/{ran.pk.hex}") == []
    assert [(run.pk, run.status) for run in Run.objects.all()] == [(in_team.pk, "stopped")]
