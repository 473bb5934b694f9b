"""Stopping a run, wherever it is."""

from django.db import transaction

from agents.models import Run
from agents.runs import lifecycle, runtime, stored


@transaction.atomic
def stop(*, run: Run) -> None:
    """Ask for the end of a run, wherever it is; its text is kept. One that waits for a person ends at once."""
    if lifecycle.request_stop(run):
        runtime.show_on_commit(stored.ends([run.pk]))
    runtime.stop_on_commit(run.pk)
