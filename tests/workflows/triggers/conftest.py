"""Workflows that are published, and what starts them."""

import pytest

from tests import factories
from tests.factories.workflows import line
from workflows.actions import triggers
from workflows.models import Workflow, WorkflowTrigger

TEXT = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "count": {"type": "integer", "default": 1}},
    "required": ["text"],
}
DAILY = {"cron": "0 7 * * *", "zone": "Asia/Jakarta", "missed": "once", "overlap": "skip", "input": {"text": "Hi"}}
HOOK = {"scheme": "standard", "into": "", "answer": "accepted"}
FORM = {"most": 2, "thanks": "We have it."}


@pytest.fixture
def workflow(alice, team) -> Workflow:
    """A published workflow of Alice's team, which takes a text."""
    return factories.published(alice, team, line(("template", {"content": []}), schema=TEXT), name="Report")


@pytest.fixture
def schedule(workflow, alice) -> WorkflowTrigger:
    """Due each day at seven in Jakarta."""
    return triggers.create(by=alice, workflow=workflow, kind="schedule", config=dict(DAILY)).trigger


@pytest.fixture
def form(workflow, alice) -> WorkflowTrigger:
    return triggers.create(by=alice, workflow=workflow, kind="form", config=dict(FORM)).trigger
