"""Slots: one for a person, so many in all, had at once or not at all."""

import pytest

from agents.runs import runtime
from sambung.lib.waiting import ACTS, FULL, YOURS, Act, Busy, TwiceAtOnce, asks_for
from tests.slots import full, held


@pytest.fixture
def act():
    """A kind of wait for two people."""
    yield Act("test", 2)
    ACTS.pop()


@pytest.fixture
def alone():
    """Ask as this person; asking ends with the test."""
    before = asks_for.set("alice")
    yield
    asks_for.reset(before)


@pytest.mark.usefixtures("alone")
def test_a_person_has_one_slot(act):
    with act.slot():
        with pytest.raises(TwiceAtOnce, match=YOURS) as refused, act.slot():
            pytest.fail("It is the second.")
        asks_for.set("bob")
        with act.slot():
            pass
        asks_for.set("alice")
    assert refused.value.status == 429
    with act.slot():
        pass


@pytest.mark.usefixtures("alone")
def test_a_person_has_one_slot_of_each_kind():
    with ACTS[0].slot(), ACTS[1].slot():
        pass


def test_there_are_so_many(act):
    with full(act), pytest.raises(Busy, match=FULL) as refused, act.slot():
        pytest.fail("It is one too many.")
    assert refused.value.status == 503


@pytest.mark.usefixtures("alone")
def test_what_fails_gives_its_slot_back(act):
    with pytest.raises(ValueError), act.slot():
        raise ValueError
    with act.slot():
        pass


def test_a_job_asks_for_nobody_and_is_never_refused(act):
    with held(act, "alice", "bob"), act.slot(), act.slot():
        pass


@pytest.mark.usefixtures("alone")
@pytest.mark.filterwarnings("error")
def test_what_finds_no_slot_is_never_begun(act):
    async def ask():
        pytest.fail("It was begun.")

    asking = ask()
    with held(act, "alice"), pytest.raises(Busy):
        runtime.wait(asking, 1, act)
    assert asking.cr_frame is None, "it is closed"
