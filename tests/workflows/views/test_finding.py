"""Rows that an address names: found by whoever may, in the workspace of the page; nobody else learns of them."""

from types import SimpleNamespace

import pytest
from django.http import Http404

from teams.workspace import Workspace
from tests import factories
from tests.factories.workflow_runs import approval, workflow_run, workflow_step
from workflows.models import TriggerKind, WorkflowTest, WorkflowTrigger
from workflows.views import finding

pytestmark = pytest.mark.django_db
KINDS = ["own", "usable", "version", "trigger", "pinned", "run", "step", "approval"]


def asked_by(person, team=None) -> SimpleNamespace:
    """What a finder needs of a request."""
    workspace = Workspace(person, team)
    return SimpleNamespace(user=person, workspace=workspace)


def rows(alice, team) -> dict:
    """A row of each kind, of a published workflow of the team."""
    workflow = factories.published(alice, team)
    run = workflow_run(alice, workflow)
    return {
        "own": workflow,
        "usable": workflow,
        "version": workflow.versions.get(),
        "trigger": WorkflowTrigger.objects.create(workflow=workflow, kind=TriggerKind.FORM, runs_as=alice),
        "pinned": WorkflowTest.objects.create(workflow=workflow, name="Kept", input={}, mocks={}, expected={}),
        "run": run,
        "step": workflow_step(run, run.structure["nodes"][0]["data"]["name"]),
        "approval": approval(alice, workflow=None, audience={"people": [str(alice.pk)], "role": "", "starter": False}),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_found_by_whoever_may_and_by_nobody_else(alice, carol, team, kind):
    row = rows(alice, team)[kind]
    find = getattr(finding, kind)
    assert find(asked_by(alice, team), row.pk) == row
    with pytest.raises(Http404):
        find(asked_by(carol), row.pk)


@pytest.mark.parametrize("kind", ["own", "trigger", "run", "step"])
def test_a_row_of_a_team_is_not_found_in_another_workspace(alice, team, kind):
    row = rows(alice, team)[kind]
    with pytest.raises(Http404):
        getattr(finding, kind)(asked_by(alice), row.pk)


@pytest.mark.parametrize("kind", ["usable", "version", "trigger", "pinned"])
def test_whoever_may_only_run_a_workflow_changes_nothing_of_it(alice, carol, kind):
    workflow = factories.published(alice, visibility="readonly")
    made = {
        "usable": workflow,
        "version": workflow.versions.get(),
        "trigger": WorkflowTrigger.objects.create(workflow=workflow, kind=TriggerKind.FORM, runs_as=alice),
        "pinned": WorkflowTest.objects.create(workflow=workflow, name="Kept", input={}, mocks={}, expected={}),
    }[kind]
    asked = asked_by(carol)
    assert getattr(finding, kind)(asked, made.pk, finding.READ) == made
    assert not finding.may_edit(asked, workflow)
    with pytest.raises(Http404):
        getattr(finding, kind)(asked, made.pk, finding.WRITE)
