"""Admin pages of workflows: that they can be put away, and show nothing of what is in them."""

import pytest
from django.urls import reverse

from teams.models import AuditEntry, UserRole
from tests import factories
from tests.factories import UserFactory
from workflows.models import Workflow, WorkflowTrigger

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(sign_in):
    return sign_in(UserFactory(role=UserRole.ADMIN))


def _do(client, model: str, act: str, pk) -> None:
    path = reverse(f"admin:workflows_{model}_changelist")
    assert client.post(path, {"action": act, "_selected_action": [str(pk)]}).status_code == 302


def test_a_workflow_is_put_away_and_taken_back(admin, alice):
    made = factories.published(alice)
    trigger = WorkflowTrigger.objects.create(workflow=made, kind="webhook", runs_as=alice)
    _do(admin, "workflow", "put_away", made.pk)
    assert Workflow.objects.get().deleted_at
    trigger.refresh_from_db()
    assert not trigger.is_active
    _do(admin, "workflow", "take_back", made.pk)
    assert Workflow.objects.get().deleted_at is None
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"workflow.deleted", "workflow.restored"} <= actions


def test_a_trigger_is_put_to_rest(admin, alice):
    trigger = WorkflowTrigger.objects.create(workflow=factories.published(alice), kind="webhook", runs_as=alice)
    _do(admin, "workflowtrigger", "rest", trigger.pk)
    trigger.refresh_from_db()
    assert not trigger.is_active


def test_pages_show_nothing_of_what_is_inside(admin, alice):
    sketch = factories.line(("template", {"content": [{"text": "CANARY"}]}))
    made = factories.published(alice, sketch=sketch)
    node, version = made.nodes.all()[1], made.versions.get()
    for name, row in (("workflow", made), ("workflownode", node), ("workflowversion", version)):
        for path in (f"admin:workflows_{name}_changelist", f"admin:workflows_{name}_change"):
            args = [row.pk] if path.endswith("change") else []
            page = admin.get(reverse(path, args=args))
            assert page.status_code == 200
            assert b"CANARY" not in page.content
