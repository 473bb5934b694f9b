"""Schedules: what is due starts once, whoever looks; what was missed once or not at all; never on somebody gone."""

import threading
from datetime import UTC, datetime, timedelta
from time import monotonic, time

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Run
from sambung.lib.failures import Failure
from teams.models import Notification, TeamMember
from workflows.actions import clock, triggers
from workflows.models import WorkflowRun, WorkflowTrigger
from workflows.publishing import versions
from workflows.triggers import rights, schedules


def _due(trigger: WorkflowTrigger, ago: timedelta = timedelta(seconds=5), **config) -> datetime:
    """Let a schedule be due since so long."""
    at = timezone.now() - ago
    trigger.refresh_from_db()
    WorkflowTrigger.objects.filter(pk=trigger.pk).update(next_at=at, config=trigger.config | config)
    return at


def _end(run: WorkflowRun, status: str = "succeeded") -> None:
    Run.objects.filter(pk=run.run_id).update(status=status, finished_at=timezone.now())


def test_a_new_schedule_is_due_at_its_next_time(schedule):
    assert schedule.next_at.astimezone(UTC).hour == 0
    assert timezone.now() < schedule.next_at <= timezone.now() + timedelta(days=1)
    assert schedules.start_due() == 0


def test_what_is_due_starts_once_as_its_person(schedule, alice, workflow):
    due_at = _due(schedule)

    assert [schedules.start_due(), schedules.start_due()] == [1, 0]

    run = WorkflowRun.objects.get()
    assert (run.run.requested_by, run.run.team, run.trigger) == (alice, workflow.team, "schedule")
    assert (run.version, run.input) == (workflow.versions.get(), {"text": "Hi", "count": 1})
    assert datetime.fromisoformat(run.key) == due_at
    schedule.refresh_from_db()
    assert schedule.next_at > timezone.now()
    assert schedule.last_at >= due_at


@pytest.mark.parametrize(("missed", "runs"), [("once", 1), ("never", 0)])
def test_what_was_missed_comes_once_or_not_at_all(schedule, missed, runs):
    _due(schedule, timedelta(days=9), missed=missed)

    assert schedules.start_due() + schedules.start_due() == runs

    schedule.refresh_from_db()
    assert schedule.next_at > timezone.now()


@pytest.mark.parametrize(("overlap", "runs"), [("skip", 1), ("allow", 2)])
def test_while_the_run_before_goes_on(schedule, overlap, runs):
    _due(schedule, overlap=overlap)
    schedules.start_due()
    _due(schedule, overlap=overlap)
    schedules.start_due()

    assert WorkflowRun.objects.count() == runs
    schedule.refresh_from_db()
    assert schedule.next_at > timezone.now()


def test_one_waits_for_the_run_before_however_long(schedule):
    _due(schedule, overlap="queue", missed="never")
    schedules.start_due()
    due_at = _due(schedule, overlap="queue", missed="never")
    assert schedules.start_due() == 0
    _later = due_at - timedelta(hours=1)  # an hour has passed, in which several times have come
    WorkflowTrigger.objects.update(next_at=_later)
    _end(WorkflowRun.objects.get())

    assert [schedules.start_due(), schedules.start_due()] == [1, 0]

    schedule.refresh_from_db()
    assert (schedule.held_at, schedule.next_at > timezone.now()) == (None, True)


def test_two_workers_start_it_once(schedule, transactional_db):
    _due(schedule)
    began, at_once = [], threading.Barrier(4)

    def look():
        at_once.wait()
        try:
            began.append(schedules.start_due())
        finally:
            connection.close()

    workers = [threading.Thread(target=look) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert (sum(began), WorkflowRun.objects.count()) == (1, 1)


def test_one_that_cannot_start_keeps_no_other_waiting(schedule, workflow, alice):
    broken = triggers.create(by=alice, workflow=workflow, kind="schedule", config=schedule.config | {"input": {}})
    _due(broken.trigger, timedelta(seconds=9), input={})
    _due(schedule)

    assert schedules.start_due() == 1

    broken.trigger.refresh_from_db()
    assert (broken.trigger.last_error_code, broken.trigger.failures) == ("workflow_input", 1)
    assert broken.trigger.next_at > timezone.now()


# ---- rights ----------------------------------------------------------------------------------------------
def test_whoever_left_runs_nothing_and_the_admins_are_told(schedule, workflow, bob, alice):
    triggers.wake(by=bob, trigger=schedule)
    TeamMember.objects.filter(user=bob).delete()
    _due(schedule)

    assert schedules.start_due() == 0

    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.next_at, schedule.last_error_code) == (False, None, "trigger_nobody")
    assert [told.user for told in Notification.objects.filter(kind=rights.PAUSED)] == [alice]


def test_what_is_published_no_more_is_not_started(schedule, workflow, alice):
    versions.unpublish(workflow=workflow, by=alice)
    _due(schedule)

    assert schedules.start_due() == 0

    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.last_error_code) == (False, "trigger_unpublished")


def test_three_failures_in_a_row_let_it_rest(schedule, alice, bob, sign_in):
    why = Failure("workflow_gone")
    rights.note_end(schedule.pk, why)
    rights.note_end(schedule.pk, None)
    rights.note_end(schedule.pk, why)
    rights.note_end(schedule.pk, why)
    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.failures) == (True, 2)

    rights.note_end(schedule.pk, why)

    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.failure) == (False, why)
    told = Notification.objects.get(kind=rights.PAUSED)
    assert told.user == alice
    assert f"/workflows/{schedule.workflow_id}/triggers/" in sign_in(alice).get("/notifications/").text


def test_woken_it_begins_anew_as_whoever_woke_it(schedule, bob):
    for _ in range(3):
        rights.note_end(schedule.pk, Failure("workflow_gone"))

    triggers.wake(by=bob, trigger=schedule)

    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.runs_as, schedule.failures, schedule.failure) == (True, bob, 0, None)
    assert schedule.next_at > timezone.now()


def test_times_are_reckoned_again_as_zones_change(schedule):
    right = schedule.next_at
    WorkflowTrigger.objects.update(next_at=right + timedelta(hours=1))

    assert [schedules.set_anew(), schedules.set_anew()] == [1, 0]

    schedule.refresh_from_db()
    assert schedule.next_at == right


@pytest.mark.parametrize(("seconds", "is_set"), [(-3_600, True), (3_600, True), (2, False)])
def test_a_clock_that_was_set_lets_none_rest_until_a_time_that_was_never(schedule, seconds, is_set):
    far = timezone.now() + timedelta(days=400)
    WorkflowTrigger.objects.update(next_at=far)
    at = time() - monotonic()

    now = clock.follow(at + seconds)

    schedule.refresh_from_db()
    assert (schedule.next_at < timezone.now() + timedelta(days=2)) is is_set
    assert abs(now - at) < 1 if is_set else now == at + seconds
