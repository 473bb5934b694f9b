"""Processes that are killed in the middle of effects: none is doubled unseen, none is lost, no run is stuck.

`make test-crash` kills fifty times; CRASH_ROUNDS says how often.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection

from agents.models import Run
from tests import databases
from tests.agents.toolkits.places import Answer, Place, serving
from tests.factories import Sketch, workflow
from tests.guards.imports import PROJECT
from workflows.engine import deciding, starting
from workflows.models import StepStatus, WorkflowRun, WorkflowStep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stack]
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "5"))
RUNS, EFFECTS = 20, 6  # of each kind, a run


@pytest.fixture
def place() -> Iterator[Place]:
    """A service that remembers what it was asked to do."""
    with serving() as found:
        yield found


def drawn(place: Place) -> Sketch:
    """Effects in a row, without a key and under one in turn, with a text between."""
    sketch = Sketch().node("input", "input", schema={"properties": {"run": {"type": "string"}}})
    names = ["input"]
    for n in range(EFFECTS):
        for kind, more in (("unsafe", {}), ("keyed", {"keyHeader": "Idempotency-Key"})):
            place.answers[f"/{kind}/{n}"] = Answer(b"{}", headers={"Content-Type": "application/json"})
            url = [{"text": f"{place.url}/{kind}/{n}?run="}, *sketch.text(("input", "run"))]
            sketch.node(f"{kind}{n}", "http", method="POST", url=url, **more)
            names.append(f"{kind}{n}")
        sketch.node(f"text{n}", "template", content=[{"text": str(n)}])
        names.append(f"text{n}")
    sketch.node("output", "output", values=[{"name": "x", "value": sketch.value(names[-1], "text")}])
    return sketch.edge(*names, "output")


@contextmanager
def carrying(place: Place, home) -> Iterator[subprocess.Popen]:
    """A process that carries runs; killed at the end, whatever it does."""
    settings = {"SAMBUNG_HOME": str(home), "EGRESS_ALLOW": f"127.0.0.1:{place.server_port}"}
    address = databases.url_of(connection.settings_dict["NAME"])
    command = [sys.executable, "-m", "tests.workflows.engine.worker", address]
    process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | settings, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def began(place: Place, alice) -> list[WorkflowRun]:
    """All runs, queued; each has a draft of its own."""
    made = []
    for n in range(RUNS):
        sketch = drawn(place)
        found = workflow(alice, sketch=sketch)
        made.append(starting.start(workflow=found, structure=sketch.structure, input={"run": str(n)}, by=alice))
    return made


def decide(place: Place) -> int:
    """Say of each effect that is unknown what a person would: the service knows whether it happened."""
    asked = [one.path for one in list(place.asked)]
    unknown = list(WorkflowStep.objects.filter(status=StepStatus.UNKNOWN).select_related("workflow_run"))
    for step in unknown:
        path = step.input["url"].partition(str(place.server_port))[2]
        if path in asked:
            deciding.answer_step(step, output={"status": 200})
        else:
            deciding.repeat_step(step)
    return len(unknown)


def until(is_so, seconds: float, what: str) -> None:
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.mark.timeout(240 + 20 * ROUNDS)
def test_killed_again_and_again_nothing_is_doubled_unseen_lost_or_stuck(alice, place, tmp_path):
    made, n_unknown = began(place, alice), 0

    def went_on(goal: int) -> bool:
        """Whether so much has happened; one kill may have left all runs for people to decide."""
        nonlocal n_unknown
        n_unknown += decide(place)
        return len(place.asked) >= goal or _are_done()

    for _ in range(ROUNDS):
        goal = len(place.asked) + random.randint(1, max(1, 2 * RUNS * EFFECTS // ROUNDS))
        with carrying(place, tmp_path):
            until(partial(went_on, goal), 60, f"no run went on: {_statuses()}")
        time.sleep(0.3)  # what was on the way when the process died has come by now
    with carrying(place, tmp_path):
        until(lambda: decide(place) is not None and _are_done(), 120, f"stuck: {_statuses()}")

    effects = Counter(one.path for one in place.asked)
    unsafe = [n for path, n in effects.items() if path.startswith("/unsafe")]
    assert (len(unsafe), set(unsafe)) == (RUNS * EFFECTS, {1})
    assert sum(path.startswith("/keyed") for path in effects) == RUNS * EFFECTS
    keys = Counter((one.path, one.headers["idempotency-key"]) for one in place.asked if one.path.startswith("/keyed"))
    assert len(keys) == RUNS * EFFECTS
    assert {one.run.status for one in WorkflowRun.objects.filter(pk__in=[row.pk for row in made])} == {"succeeded"}
    assert n_unknown or ROUNDS < 5, "no kill met an effect: it proves nothing"


def _statuses() -> Counter:
    return Counter(Run.objects.values_list("status", flat=True))


def _are_done() -> bool:
    return set(_statuses()) <= {"succeeded", "failed"}


@pytest.mark.timeout(120)
def test_a_process_that_froze_beyond_its_lease_writes_nothing_when_it_wakes(alice, place, tmp_path):
    sketch = drawn(place)
    made = starting.start(
        workflow=workflow(alice, sketch=sketch), structure=sketch.structure, input={"run": "x"}, by=alice
    )
    with carrying(place, tmp_path) as frozen:
        until(lambda: len(place.asked) >= 2, 30, "no effect")
        frozen.send_signal(signal.SIGSTOP)
        with carrying(place, tmp_path):
            until(lambda: Run.objects.get(pk=made.run_id).attempt >= 2, 40, "nobody took it over")
            until(lambda: decide(place) is not None and _are_done(), 40, f"stuck: {_statuses()}")
            rows = list(WorkflowStep.objects.order_by("pk").values_list("pk", "status", "run_attempt"))
            frozen.send_signal(signal.SIGCONT)
            time.sleep(2)
            assert list(WorkflowStep.objects.order_by("pk").values_list("pk", "status", "run_attempt")) == rows
    assert Run.objects.get(pk=made.run_id).status == "succeeded"
