"""Who holds workflows, and what they did."""

import pytest

from agents.models import Run
from teams import access
from teams.models import UserRole
from teams.workspace import Workspace
from tests import factories
from workflows.models import Workflow, WorkflowNode, WorkflowRun

pytestmark = pytest.mark.django_db


def held(who, level=access.READ) -> bool:
    return access.rows(who, Workflow.objects.all(), level).exists()


def test_a_persons_own_is_theirs_alone(alice, bob):
    factories.workflow(alice)
    assert held(alice, access.MANAGE)
    assert not held(bob)


def test_a_teams_is_its_members(alice, bob, carol, team):
    factories.workflow(alice, team)
    assert held(Workspace(bob, team), access.WRITE)
    assert not held(bob, access.MANAGE)
    assert not held(carol)
    assert not held(Workspace(alice))


@pytest.mark.parametrize("visibility", ["readonly", "public"])
def test_a_shared_one_is_used_by_all_once_it_is_published(alice, carol, visibility):
    factories.workflow(alice, visibility=visibility)
    assert not held(carol)
    factories.published(alice, visibility=visibility)
    assert held(carol)
    assert not held(carol, access.WRITE)
    carol.role = UserRole.AGENT_ADMIN
    assert held(carol, access.WRITE) == (visibility == "public")
    carol.role = UserRole.ADMIN
    assert held(carol, access.MANAGE)


def test_what_was_deleted_is_nobodys(alice):
    made = factories.workflow(alice)
    Workflow.objects.update(deleted_at=made.created_at)
    assert not held(alice)
    assert access.deleted_rows(alice, Workflow.objects.all()).get() == made


def test_parts_go_with_the_workflow_and_runs_with_whoever_runs(alice, carol):
    shared = factories.published(alice, visibility="readonly")
    run = Run.objects.create(kind="workflow", requested_by=carol)
    WorkflowRun.objects.create(workflow=shared, run=run, structure=shared.structure)
    assert access.rows(carol, WorkflowNode.objects.all()).count() == 2
    assert access.rows(carol, WorkflowRun.objects.all()).exists()
    assert not access.rows(alice, WorkflowRun.objects.all()).exists()
