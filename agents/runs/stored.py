"""Frames made from the database alone: what polling gets, and what runs of other processes give."""

import uuid
from collections.abc import Iterable, Mapping

from agents.models import Run, RunStatus
from agents.runs import frames, log, registry
from agents.runs.frames import Frame
from agents.runs.registry import Result, Work

#: The seq of an end that is made again: above any that a viewer can have.
AFTER_ALL = 2**31 - 1


def read(topic: str, run_ids: list[str], after: Mapping[str, int]) -> list[Frame]:
    """Return a frame for each of the topic's runs that has more than the viewer has."""
    wanted = {uuid.UUID(run) for run in run_ids}
    runs = {run.pk: run for run in Run.objects.filter(pk__in=wanted)}
    results = [r for r in registry.followed(topic.partition(":")[0]).results(list(runs)) if r.topic == topic]
    return [frame for one in results for frame in _frames(runs[one.run_id], one, after.get(str(one.run_id), 0))]


def _frames(run: Run, result: Result, had: int) -> list[Frame]:
    """What a viewer lacks who has the run up to the seq `had`: one frame or none."""
    names = (result.topic, run.pk, result.subject, run.attempt)
    if run.status == RunStatus.WAITING:  # the end of a stretch; the next one goes on from this seq
        return [frames.end(*names, log.last_seq(run.pk), run.status, result.html)]
    if not run.is_active:
        return [frames.end(*names, AFTER_ALL, run.status, result.html)]
    state = registry.kind(run.kind).state(Work(run.pk, run.attempt, result.topic, result.subject))
    seq = log.read(run.pk, state)
    return [frames.snapshot(*names, seq, state.html)] if seq > had else []


def ends(run_ids: Iterable[uuid.UUID]) -> list[Frame]:
    """Return the ends of runs that were ended past those who follow them."""
    made = []
    for run in Run.objects.filter(pk__in=run_ids):
        for result in registry.followed(run.kind).results([run.pk]):
            names = (result.topic, run.pk, result.subject, run.attempt)
            made.append(frames.end(*names, AFTER_ALL, run.status, result.html))
    return made
