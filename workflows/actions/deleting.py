"""Putting workflows away, and taking them back."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from teams import audit
from teams.models import User
from workflows.models import Workflow, WorkflowTrigger


@transaction.atomic
def delete(*, by: User, workflow: Workflow) -> None:
    """Put a workflow away: nothing starts it any more, what runs goes on. `restore` takes it back."""
    Workflow.objects.filter(pk=workflow.pk, deleted_at=None).update(deleted_at=timezone.now())
    WorkflowTrigger.objects.filter(workflow=workflow).update(is_active=False)
    audit.record("workflow.deleted", by=by, target=workflow.pk, team=workflow.team)


def restore(found: QuerySet) -> int:
    """Take deleted workflows back; what started them rests until somebody turns it on."""
    return found.update(deleted_at=None)
