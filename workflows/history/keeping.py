"""Runs go by age: so many days after their end, which admins of the instance say. Values go before, where asked."""

import json
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agents.models import ACTIVE, Run, RunKind
from sambung.lib.files import store
from teams.models import Instance
from teams.retention import Kind
from workflows.engine import files, values
from workflows.models import WorkflowRun, WorkflowStep

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


def empty() -> int:
    """Take from runs that have ended what their steps took and gave, where the workflow keeps none; return how many.

    What a run itself took and gave stays, with its files.
    """
    over = WorkflowRun.objects.filter(is_emptied=False, workflow__keeps_values=False, run__finished_at__isnull=False)
    found = list(over.values_list("pk", "run")[:BATCH])
    return sum(_empty(pk, run) for pk, run in found)


@transaction.atomic
def _empty(pk: UUID, run: UUID) -> bool:
    """Empty one run, unless it goes on again."""
    held = Run.objects.select_for_update().filter(pk=run).exclude(status__in=ACTIVE).first()
    if held is None:
        return False
    WorkflowStep.objects.filter(workflow_run=pk).update(input=None, output=None, input_file="", output_file="")
    own = WorkflowRun.objects.values_list("input", "output").get(pk=pk)
    WorkflowRun.objects.filter(pk=pk).update(is_emptied=True, file_bytes=files.size_of(list(own), pk))
    named = json.dumps(own)
    left = [key for key in store.stored_in(f"{values.FOLDER}/{pk.hex}") if key not in named]
    transaction.on_commit(lambda: store.drop(left))
    return True


RUNS = Kind(forget=lambda: 0, delete=_delete, announce=lambda: 0)
