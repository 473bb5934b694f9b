"""Runs go by age: so many days after their end, which admins of the instance say."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from agents.models import ACTIVE, Run, RunKind
from teams.models import Instance
from teams.retention import Kind

BATCH = 500  # runs at once


@transaction.atomic
def _delete() -> int:
    """Remove a batch of runs that ended long enough ago, with their steps. Nobody is told: a history thins out."""
    days = Instance.present().workflow_run_days
    if days is None:
        return 0
    over = Run.objects.filter(kind=RunKind.WORKFLOW, finished_at__lt=timezone.now() - timedelta(days=days))
    going = over.exclude(status__in=ACTIVE).exclude(workflow_run__steps__children__run__status__in=ACTIVE)
    ids = list(going.order_by("finished_at").values_list("pk", flat=True)[:BATCH])
    Run.objects.filter(pk__in=ids).delete()
    return len(ids)


RUNS = Kind(forget=lambda: 0, delete=_delete, announce=lambda: 0)
