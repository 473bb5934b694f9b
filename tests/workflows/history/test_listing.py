"""Runs in a history: found by state, trigger, version, time, person, and words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import RunStatus
from teams.workspace import Workspace
from tests import factories
from tests.factories.workflow_runs import approval, asking, workflow_run, workflow_step
from workflows.history import listing, scope
from workflows.history.listing import Asked
from workflows.models import Trigger, WorkflowRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow(alice):
    return factories.published(alice)


def found(**asked) -> list[WorkflowRun]:
    return list(listing.found(WorkflowRun.objects.all(), Asked(**asked)))


def test_the_newest_stands_first(alice, workflow):
    runs = [workflow_run(alice, workflow) for _ in range(3)]
    assert found() == runs[::-1]


def test_states_are_asked_for_as_people_call_them(alice, workflow):
    runs = {status: workflow_run(alice, workflow, status) for status in RunStatus.values}
    waiting = approval(alice, workflow=factories.published(alice, sketch=asking()))
    assert set(found(state="failed")) == {runs["failed"], runs["interrupted"]}
    assert found(state="stopped") == [runs["stopped"]]
    assert found(state="asks") == [waiting.step.workflow_run]
    assert len(found(state="active")) == 4
    assert found(state="asks")[0].asks
    assert len(found(state="nonsense")) == 8


def test_triggers_versions_people_and_days_narrow_it_down(alice, bob, workflow):
    by_bob = workflow_run(bob, workflow)
    drafted = workflow_run(alice, workflow, version=None, trigger=Trigger.SCHEDULE)
    old = workflow_run(alice, workflow)
    day = timezone.localdate() - timedelta(days=3)
    WorkflowRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    assert found(person=bob.pk) == [by_bob]
    assert found(version="draft") == found(trigger="schedule") == [drafted]
    assert set(found(version="1")) == {by_bob, old}
    assert found(version="7") == []
    assert found(until=day) == [old]
    assert set(found(since=day)) == {by_bob, drafted, old}
    assert set(found(since=day + timedelta(days=1))) == {by_bob, drafted}


def test_words_are_found_in_what_went_in_and_came_out_of_run_and_steps(alice, workflow):
    one = workflow_run(alice, workflow, input={"topic": "Kopi Gayo"}, output={"result": "Müll"})
    two = workflow_run(alice, workflow)
    workflow_step(two, "input", output={"text": "gayo and toraja"})
    for words, runs in (("gayo", {one, two}), ("GAYO toraja", {two}), ("müll", {one}), ("nothing", set())):
        assert set(found(q=words)) == runs, words


def test_a_workspace_shows_its_own_runs(alice, bob, team, workflow):
    own = workflow_run(alice, workflow)
    shared = workflow_run(bob, factories.published(alice, team))
    assert list(scope.held(Workspace(alice))) == [own]
    assert list(scope.held(Workspace(alice, team))) == [shared]
    assert list(scope.held(Workspace(bob))) == []
