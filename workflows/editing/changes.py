"""What was done to a draft, for whoever asks: since a version of it, and by whom."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from workflows.models import Workflow, WorkflowChange

KEPT = timedelta(days=90)


def since(workflow: Workflow, draft_version: int) -> QuerySet[WorkflowChange]:
    """What was done after a version of the draft, the first first, with its authors."""
    return workflow.changes.filter(number__gt=draft_version).select_related("user").order_by("number", "id")


def forget_old() -> int:
    """Remove what was done three months ago; return how many rows that were."""
    return WorkflowChange.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
