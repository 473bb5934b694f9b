"""Each constraint of this app, broken once."""

from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from agents.models import Run
from tests import factories
from workflows.models import (
    Approval,
    Workflow,
    WorkflowChange,
    WorkflowEdge,
    WorkflowLink,
    WorkflowNode,
    WorkflowRun,
    WorkflowStep,
    WorkflowTrigger,
    WorkflowVersion,
)

pytestmark = pytest.mark.django_db


def _run(workflow, **fields) -> WorkflowRun:
    run = Run.objects.create(kind="workflow", requested_by=workflow.user)
    return WorkflowRun.objects.create(workflow=workflow, run=run, structure=workflow.structure, **fields)


def _step(workflow, **fields) -> WorkflowStep:
    told = {"node_id": "n", "node_type": "template", "path": "n", "status": "done"} | fields
    return WorkflowStep.objects.create(workflow_run=told.pop("workflow_run", None) or _run(workflow), **told)


def _twice(make) -> None:
    make()
    make()


def _same_edge(workflow) -> None:
    edge = workflow.edges.first()
    WorkflowEdge.objects.create(workflow=workflow, source=edge.source, target=edge.target)


def _same_step(workflow) -> None:
    step = _step(workflow)
    _step(workflow, workflow_run=step.workflow_run)


def _trigger(workflow, **fields) -> WorkflowTrigger:
    told = {"kind": "webhook", "runs_as": workflow.user} | fields
    return WorkflowTrigger.objects.create(workflow=workflow, **told)


def _change(workflow) -> None:
    WorkflowChange.objects.create(workflow=workflow, number=1, operation=UUID(int=1), act="add")


def _link(workflow, **fields) -> WorkflowLink:
    return WorkflowLink.objects.create(workflow=workflow, **{"token": "t", "mode": "live"} | fields)


BREAK = {
    "workflow_has_owner": lambda w: Workflow.objects.create(name="x"),
    "workflow_visibility_known": lambda w: Workflow.objects.create(user=w.user, visibility="x"),
    "workflow_published_has_nodes": lambda w: Workflow.objects.create(user=w.user, published=True),
    "workflow_node_type_known": lambda w: WorkflowNode.objects.create(workflow=w, type="x", position={}),
    "workflow_edge_once": _same_edge,
    "workflow_edge_not_to_itself": lambda w: WorkflowEdge.objects.create(
        workflow=w, source=w.nodes.first(), target=w.nodes.first()
    ),
    "workflow_version_workflow_number": lambda w: _twice(
        lambda: WorkflowVersion.objects.create(workflow=w, number=1, structure={})
    ),
    "workflow_version_number_from_one": lambda w: WorkflowVersion.objects.create(workflow=w, number=0, structure={}),
    "workflow_trigger_kind_known": lambda w: _trigger(w, kind="x"),
    "workflow_trigger_active_has_person": lambda w: _trigger(w, runs_as=None),
    "workflow_trigger_token": lambda w: _twice(lambda: _trigger(w, token_digest="1")),
    "workflow_trigger_former_ends": lambda w: _trigger(w, former_secret=b"1"),
    "workflow_trigger_one_form": lambda w: _twice(lambda: _trigger(w, kind="form")),
    "workflow_change_once": lambda w: _twice(lambda: _change(w)),
    "workflow_link_mode_known": lambda w: _link(w, mode="x"),
    "workflow_link_token_unique": lambda w: [_link(one, token="1") for one in (w, factories.workflow(w.user))],
    "workflow_run_trigger_known": lambda w: _run(w, trigger="x"),
    "workflow_run_key": lambda w: _twice(lambda: _run(w, key="1")),
    "workflow_step_once": _same_step,
    "workflow_step_status_known": lambda w: _step(w, status="x"),
    "workflow_step_effect_known": lambda w: _step(w, effect="x"),
    "workflow_step_ended_has_time": lambda w: _step(w, status="running", finished_at=timezone.now()),
    "workflow_step_keyed_has_key": lambda w: _step(w, effect="keyed"),
    "approval_needs_somebody": lambda w: Approval.objects.create(step=_step(w), needed=0),
    "approval_decided_has_time": lambda w: Approval.objects.create(step=_step(w), decision="x"),
}


@pytest.mark.parametrize("name", BREAK)
def test_each_is_kept(alice, name):
    workflow = factories.workflow(alice)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BREAK[name](workflow)


def test_none_is_left_out():
    named = {rule.name for model in apps.get_app_config("workflows").get_models() for rule in model._meta.constraints}
    assert named == set(BREAK)
    assert all(isinstance(rule, models.BaseConstraint) for rule in Workflow._meta.constraints)
