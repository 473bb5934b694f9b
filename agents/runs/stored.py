"""Frames made from the database alone: what polling gets, and what runs of other processes give."""

import uuid
from collections.abc import Iterable, Mapping

from agents.models import Run, RunStatus
from agents.runs import frames, log, registry
from agents.runs.frames import Frame

#: The seq of an end that is made again: above any that a viewer can have.
AFTER_ALL = 2**31 - 1


def read(topic: str, run_ids: list[str], after: Mapping[str, int]) -> list[Frame]:
    """Return a frame for each of the topic's runs that has more than the viewer has."""
    wanted = {uuid.UUID(run) for run in run_ids}
    runs = {run.pk: run for run in Run.objects.filter(pk__in=wanted)}
    results = [r for r in registry.kind(topic.partition(":")[0]).results(list(runs)) if r.topic == topic]
    made = []
    for result in results:
        run = runs[result.run_id]
        names = (topic, run.pk, result.subject, run.attempt)
        if run.is_active:
            reply, seq = log.replay(run.pk, str(result.subject))
            if run.status == RunStatus.WAITING:  # the end of a stretch; the next one goes on from this seq
                made.append(frames.end(*names, seq, run.status, result.html))
            elif seq > after.get(str(run.pk), 0):
                made.append(frames.snapshot(*names, seq, reply.html))
        else:
            made.append(frames.end(*names, AFTER_ALL, run.status, result.html))
    return made


def ends(run_ids: Iterable[uuid.UUID]) -> list[Frame]:
    """Return the ends of runs that were ended past those who follow them."""
    made = []
    for run in Run.objects.filter(pk__in=run_ids):
        for result in registry.kind(run.kind).results([run.pk]):
            names = (result.topic, run.pk, result.subject, run.attempt)
            made.append(frames.end(*names, AFTER_ALL, run.status, result.html))
    return made
