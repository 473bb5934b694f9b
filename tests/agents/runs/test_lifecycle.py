"""The states of a run: begun once, written by its holder alone, ended once, rescued when the holder is gone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from agents.generation.reply import Reply
from agents.generation.report import Report
from agents.models import RunEvent
from agents.runs import lifecycle, log, registry
from agents.runs.lifecycle import Fenced
from agents.runs.registry import Outcome
from chats.replies.kind import ChatRuns
from teams.models import User
from tests.factories import ChatFactory, begin, message, run

pytestmark = pytest.mark.django_db

AGO, DAYS = timedelta(minutes=5), timedelta(days=2)


@pytest.fixture
def reply(chat):
    """A reply that waits to be written."""
    asked = message(chat)
    return message(chat, "assistant", "", parent=asked, run=run(chat, lock_key=f"chat:{asked.pk}"))


def entry(run, seq: int, text: str, attempt: int = 1) -> log.Entry:
    return log.Entry(
        run.pk, attempt, seq, "start" if seq == 1 else "delta", {"deltas": [{"type": "text", "text": text}]}
    )


def outcome(text: str, status: str = "succeeded") -> Outcome:
    written = Reply("x")
    written.apply([{"type": "text", "text": text}])
    return Outcome(status, written)


@pytest.mark.parametrize(("owner", "status", "attempt"), [("one", "running", 1), ("", "queued", 0)])
def test_a_run_is_under_way_where_somebody_serves_it(chat, owner, status, attempt):
    made = lifecycle.begin(owner, kind="chat", provider=chat.provider, model=chat.model)
    made.refresh_from_db()
    assert (made.status, made.attempt, made.owner) == (status, attempt, owner)
    assert (made.lease_until is not None and made.lease_until > timezone.now()) == bool(owner)


def test_what_a_run_needs_is_the_branch_above_its_reply(reply):
    work = begin(reply.run_id, "one")
    assert (work.attempt, work.subject, work.topic) == (1, f"message:{reply.pk}", f"chat:{reply.chat_id}")
    assert [(turn.role, turn.parts[0]["text"]) for turn in work.context.turns] == [("user", "Hello")]


def test_finish_writes_the_reply_once(reply):
    work = begin(reply.run_id, "one")
    html = lifecycle.finish(work.run_id, work.attempt, outcome("**done**"))
    reply.refresh_from_db()
    assert (reply.content, reply.html, reply.run.status) == ("**done**", html, "succeeded")
    with pytest.raises(Fenced):
        lifecycle.finish(work.run_id, work.attempt, outcome("again"))
    reply.refresh_from_db()
    assert reply.content == "**done**"


def test_a_fenced_attempt_writes_nothing(reply):
    """The rescue took the run over: its former holder can store neither a tick nor an end."""
    work = begin(reply.run_id, "one")
    log.append([entry(reply.run, 1, "seen")])
    assert lifecycle.rescue(sole_owner="two") == [reply.run_id]
    with pytest.raises(Fenced):
        lifecycle.finish(work.run_id, work.attempt, outcome("late"), [entry(reply.run, 9, "late")])
    reply.refresh_from_db()
    assert (reply.content, reply.run.status, reply.run.attempt) == ("seen", "interrupted", 2)
    assert list(RunEvent.objects.filter(run=reply.run).values_list("kind", flat=True)) == ["start", "end"]


@pytest.mark.parametrize(
    ("given", "is_rescued"),
    [
        ({"status": "running", "lease_until": -AGO}, True),
        ({"status": "running", "lease_until": AGO}, False),
        ({"status": "queued", "created_at": -DAYS}, True),
        ({"status": "queued", "created_at": -DAYS, "heartbeat_at": -AGO}, False),
        ({"status": "queued", "created_at": -AGO}, False),
        ({"status": "waiting", "lease_until": -AGO}, False),
        ({"status": "succeeded", "finished_at": -AGO, "lease_until": -AGO}, False),
    ],
    ids=["lease-over", "alive", "never-begun", "queued-again", "queued", "waits-for-approval", "ended"],
)
def test_which_runs_are_dead(reply, given, is_rescued):
    moved = {name: timezone.now() + value if isinstance(value, timedelta) else value for name, value in given.items()}
    type(reply.run).objects.filter(pk=reply.run_id).update(owner="gone", **moved)
    assert lifecycle.rescue() == ([reply.run_id] if is_rescued else [])


def test_the_rescue_leaves_what_its_own_process_is_at(reply):
    """A process that stood still for minutes finds its leases over, and goes on."""
    begin(reply.run_id, "one")
    type(reply.run).objects.filter(pk=reply.run_id).update(lease_until=timezone.now() - AGO)
    assert lifecycle.rescue(held=[reply.run_id]) == []
    assert lifecycle.rescue() == [reply.run_id]


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_jumps_ends_nothing(reply, monkeypatch, jump):
    """Leases go by the database's clock: that of a process, or of another machine, decides nothing."""
    begin(reply.run_id, "one")
    now = timezone.now() + jump
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert lifecycle.beat("one", [reply.run_id]) == set()
    begun = lifecycle.begin("one", kind="chat", provider="", model="")
    assert lifecycle.rescue() == []
    for run_id in (reply.run_id, begun.pk):
        lease = type(reply.run).objects.get(pk=run_id).lease_until
        assert abs(lease - (now - jump)) < 2 * lifecycle.LEASE


def test_a_start_leaves_what_is_queued(reply):
    assert lifecycle.rescue(sole_owner="new") == []


# ---- queued where nothing is served ----------------------------------------------------------------------
def test_what_is_queued_is_claimed_once(reply):
    (work,) = lifecycle.claim("one")
    assert (work.run_id, work.attempt, work.topic) == (reply.run_id, 1, f"chat:{reply.chat_id}")
    assert lifecycle.claim("two") == []
    reply.run.refresh_from_db()
    assert (reply.run.status, reply.run.owner) == ("running", "one")
    assert reply.run.started_at is not None
    assert lifecycle.rescue() == []
    lifecycle.finish(work.run_id, work.attempt, outcome("answered"))
    reply.refresh_from_db()
    assert reply.content == "answered"


def test_what_was_queued_first_is_claimed_first(chat, monkeypatch):
    monkeypatch.setattr(lifecycle, "CLAIMED", 2)
    asked = [message(chat, "assistant", "", run=run(chat, lock_key=str(n))) for n in range(3)]
    assert [work.run_id for work in lifecycle.claim("one")] == [asked[0].run_id, asked[1].run_id]
    assert [work.run_id for work in lifecycle.claim("two")] == [asked[2].run_id]


def test_a_queued_run_without_its_message_is_dropped(chat):
    gone = run(chat, lock_key="gone")
    assert lifecycle.claim("one") == []
    gone.refresh_from_db()
    assert gone.status == "stopped"


def test_one_queued_run_that_cannot_be_read_holds_up_no_other(reply, chat, monkeypatch):
    other = message(chat, "assistant", "", run=run(chat, lock_key="other"))
    load = registry.kind("chat").load
    monkeypatch.setattr(registry.kind("chat"), "load", lambda run: load(run) if run.pk == other.run_id else 1 / 0)
    assert [work.run_id for work in lifecycle.claim("one")] == [other.run_id]
    monkeypatch.undo()
    assert lifecycle.rescue() == [reply.run_id]


def test_who_claims_a_run_learns_that_it_was_stopped(reply):
    assert lifecycle.request_stop(reply.run) is False
    (work,) = lifecycle.claim("one")
    assert lifecycle.beat("one", [work.run_id]) == {reply.run_id}


def test_a_run_that_went_on_elsewhere_is_claimed_as_a_later_attempt(reply):
    work = begin(reply.run_id, "one")
    lifecycle.finish(work.run_id, work.attempt, replace(outcome("so far", "waiting"), report=Report()))
    waiting = type(reply.run).objects.get(pk=reply.run_id)
    lifecycle.resume(waiting, "")
    assert lifecycle.rescue() == []
    (again,) = lifecycle.claim("two")
    assert again.attempt > work.attempt
    assert again.base == ({"type": "text", "text": "so far"},)


def test_the_rescue_keeps_what_the_log_holds(reply):
    begin(reply.run_id, "gone")
    log.append([entry(reply.run, 1, "one "), entry(reply.run, 2, "**two**")])
    lifecycle.rescue(sole_owner="new")
    reply.refresh_from_db()
    assert (reply.content, reply.run.status) == ("one **two**", "interrupted")
    assert "<strong>two</strong>" in reply.html
    replayed = Reply("x")
    seq = log.replay(reply.run_id, replayed)
    assert (replayed.parts, seq) == (reply.parts, 3)


def test_a_stopped_run_whose_process_died_is_stopped(reply):
    begin(reply.run_id, "gone")
    lifecycle.request_stop(reply.run)
    lifecycle.rescue(sole_owner="new")
    reply.run.refresh_from_db()
    assert reply.run.status == "stopped"


def test_a_continued_reply_that_died_before_its_first_line_keeps_its_text(reply):
    reply.parts = [{"type": "text", "text": "the first half"}]
    reply.save()
    begin(reply.run_id, "gone")
    lifecycle.rescue(sole_owner="new")
    reply.refresh_from_db()
    assert reply.content == "the first half"


def test_the_rescue_leaves_its_own_runs(reply):
    begin(reply.run_id, "me")
    assert lifecycle.rescue(sole_owner="me") == []


def test_a_run_whose_message_is_gone_ends_and_holds_up_nobody(reply, chat):
    begin(reply.run_id, "gone")
    other = message(chat, "assistant", "", run=run(chat, lock_key="other"))
    begin(other.run_id, "gone")
    given = reply.run
    reply.delete()
    assert set(lifecycle.rescue(sole_owner="new")) == {given.pk, other.run_id}
    given.refresh_from_db()
    assert (given.status, given.finished_at is None) == ("stopped", False)


def test_one_run_that_cannot_be_rescued_holds_up_nobody(reply, chat, monkeypatch):
    load = ChatRuns.load
    other = message(chat, "assistant", "", run=run(chat, lock_key="other"))
    for given in (reply, other):
        begin(given.run_id, "gone")

    def broken(self, given):
        if given.pk == reply.run_id:
            raise ValueError("a bug")
        return load(self, given)

    monkeypatch.setattr(ChatRuns, "load", broken)
    assert lifecycle.rescue(sole_owner="new") == [other.run_id]


def test_finish_of_a_run_whose_message_is_gone_ends_it(reply):
    given, work = reply.run, begin(reply.run_id, "one")
    reply.delete()
    assert lifecycle.finish(work.run_id, work.attempt, outcome("nobody reads this")) == ""
    given.refresh_from_db()
    assert given.status == "succeeded"


def test_a_run_that_cannot_be_ended_is_left_to_the_rescue(reply):
    work = begin(reply.run_id, "one")
    log.append([entry(reply.run, 1, "seen")])
    lifecycle.abandon(reply.run_id, work.attempt)
    lifecycle.beat("one", [reply.run_id])
    assert lifecycle.rescue() == [reply.run_id]


def test_the_beat_renews_leases_and_tells_of_stops(reply):
    begin(reply.run_id, "one")
    type(reply.run).objects.filter(pk=reply.run_id).update(lease_until=timezone.now() - AGO)
    assert lifecycle.beat("one", [reply.run_id]) == set()
    assert lifecycle.rescue() == []
    lifecycle.request_stop(reply.run)
    assert lifecycle.beat("one", [reply.run_id]) == {reply.run_id}
    assert lifecycle.beat("two", [reply.run_id]) == set()


@pytest.mark.parametrize("is_gone", [False, True])
def test_the_beat_tells_of_runs_whose_person_was_deactivated(reply, chat, is_gone):
    begin(reply.run_id, "one")
    User.objects.filter(pk=chat.user_id).update(is_active=not is_gone)
    assert lifecycle.beat("one", [reply.run_id]) == ({reply.run_id} if is_gone else set())


@pytest.mark.parametrize("end", ["remove", "delete", "deactivate", None])
def test_the_beat_tells_of_runs_whose_person_left_the_team(team, bob, end):
    shared = run(ChatFactory(user=bob, team=team), lock_key="shared")
    begin(shared.pk, "one")
    assert lifecycle.beat("one", [shared.pk]) == set()
    match end:
        case "remove":
            team.members.get(user=bob).delete()
        case "delete":
            bob.delete()
        case "deactivate":
            User.objects.filter(pk=bob.pk).update(is_active=False)
    assert lifecycle.beat("one", [shared.pk]) == ({shared.pk} if end else set())


def test_a_run_that_its_process_lost_sight_of_is_not_kept_alive(reply):
    begin(reply.run_id, "one")
    type(reply.run).objects.filter(pk=reply.run_id).update(lease_until=timezone.now() - AGO)
    lifecycle.beat("one", [])
    assert lifecycle.rescue() == [reply.run_id]


def test_logs_are_dropped_a_day_after_the_end(reply, chat):
    young = message(chat, "assistant", "", run=run(chat, lock_key="young"))
    for given, hours in ((reply.run, 25), (young.run, 23)):
        log.append([entry(given, 1, "x")])
        type(given).objects.filter(pk=given.pk).update(
            status="succeeded", finished_at=timezone.now() - timedelta(hours=hours)
        )
    assert lifecycle.drop_old_events() == 1
    assert list(RunEvent.objects.values_list("run_id", flat=True)) == [young.run_id]


def test_the_log_of_an_active_run_is_kept_however_old(reply):
    type(reply.run).objects.filter(pk=reply.run_id).update(created_at=timezone.now() - timedelta(days=9))
    log.append([entry(reply.run, 1, "x")])
    assert lifecycle.drop_old_events() == 0
