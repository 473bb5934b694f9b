"""Threads: so many calls at a time, those not counted that stand aside; nothing waits in a transaction."""

import threading
from functools import partial

import pytest
from django.db import connection, transaction

from sambung.lib import threads
from sambung.lib.threads import Misplaced, Pool

WITHIN = 30  # seconds after which a wait is a failure


@pytest.fixture
def pool():
    """A pool for one call at a time."""
    made = Pool(1, "test")
    yield made
    made.shutdown()


def test_another_call_goes_on_while_one_stands_aside(pool):
    begun, go_on = threading.Event(), threading.Event()

    def wait():
        with threads.aside():
            begun.set()
            assert go_on.wait(WITHIN)
        return threading.current_thread()

    waiting = pool.submit(wait)
    assert begun.wait(WITHIN)
    others = [pool.submit(threading.current_thread).result(WITHIN) for _ in range(20)]
    go_on.set()
    assert waiting.result(WITHIN) not in others


def test_who_comes_back_waits_for_a_turn_like_everybody(pool):
    aside, go_on, end = threading.Event(), threading.Event(), threading.Event()

    def wait():
        with threads.aside():
            aside.set()
            assert go_on.wait(WITHIN)
        order.append("back")

    order = []
    back = pool.submit(wait)
    assert aside.wait(WITHIN)
    busy = pool.submit(end.wait, WITHIN)
    go_on.set()
    with pytest.raises(TimeoutError):
        back.result(0.05)
    later = pool.submit(order.append, "later")
    end.set()
    for call in (busy, back, later):
        call.result(WITHIN)
    assert order == ["back", "later"]


def test_no_more_than_so_many_run(pool):
    running, most, lock = set(), [], threading.Lock()

    def run(n: int) -> None:
        with lock:
            running.add(n)
            most.append(len(running))
        with lock:
            running.discard(n)

    for call in [pool.submit(run, n) for n in range(200)]:
        call.result(WITHIN)
    assert set(most) == {1}


def test_an_error_and_a_call_that_nobody_wants_any_more_hand_the_turn_on(pool):
    go_on = threading.Event()
    first = pool.submit(go_on.wait, WITHIN)
    unwanted, broken, last = pool.submit(pytest.fail), pool.submit(int, "x"), pool.submit(int, "7")
    assert unwanted.cancel()
    go_on.set()
    assert first.result(WITHIN)
    with pytest.raises(ValueError):
        broken.result(WITHIN)
    assert last.result(WITHIN) == 7


def test_calls_in_line_are_run_before_the_end():
    pool, go_on, aside = Pool(1, "test"), threading.Event(), threading.Event()

    def wait() -> str:
        with threads.aside():
            aside.set()
            assert go_on.wait(WITHIN)
        return "back"

    waiting = pool.submit(wait)
    assert aside.wait(WITHIN)
    calls = [pool.submit(go_on.is_set) for _ in range(20)]
    threading.Timer(0.05, go_on.set).start()
    pool.shutdown()
    assert all(call.done() for call in calls)
    assert waiting.result(0) == "back"


@pytest.mark.django_db(transaction=True)
def test_the_connection_is_given_back_meanwhile(pool):
    def wait() -> list[bool]:
        connection.ensure_connection()
        held = [connection.connection is not None]
        with threads.aside():
            held.append(connection.connection is not None)
        connection.ensure_connection()
        connection.close()
        return held

    assert pool.submit(wait).result(WITHIN) == [True, False]


@pytest.mark.django_db(transaction=True)
def test_nothing_waits_in_a_transaction(pool):
    def wait():
        with transaction.atomic(), threads.aside():
            pytest.fail("It holds rows.")

    with pytest.raises(Misplaced, match="transaction"):
        pool.submit(wait).result(WITHIN)
    assert pool.submit(int, "7").result(WITHIN) == 7


@pytest.mark.django_db
def test_a_test_s_own_transaction_is_none(alice):
    assert not threads.is_in_transaction()
    with threads.aside():
        alice.refresh_from_db()
    with transaction.atomic():
        assert threads.is_in_transaction()


async def test_nothing_waits_in_a_vital_thread():
    def wait():
        with threads.aside():
            pytest.fail("Heartbeats come late.")

    with pytest.raises(Misplaced, match="heartbeats"):
        await threads.in_vital_thread(wait)


async def test_vital_threads_are_free_while_the_pool_is_not(monkeypatch, pool):
    monkeypatch.setattr(threads, "pool", partial(lambda: pool))
    go_on = threading.Event()
    held = pool.submit(go_on.wait, WITHIN)
    assert await threads.in_vital_thread(int, "7") == 7
    assert not held.done()
    go_on.set()
    assert await threads.in_thread(int, "8") == 8
