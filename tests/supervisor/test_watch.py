"""When a dead process is started again, and when no more. The clock is the test's."""

import pytest

from sambung.supervisor.watch import DELAYS, STEADY, Watched


class Process:
    """A process that dies when told, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.starts = 0
        self.alive = False
        self.fails = False
        self.said: list[str] = []

    def start(self) -> None:
        self.starts += 1
        if self.fails:
            raise OSError("It does not start.")
        self.alive = True

    def watched(self, **more) -> Watched:
        return Watched("It", self.start, lambda: self.alive, "gone", errors=(OSError,), clock=lambda: self.now, **more)


@pytest.fixture
def process():
    return Process()


def test_the_living_are_left_alone(process):
    watched = process.watched()
    watched.begin()

    watched.tend(process.said.append)

    assert (process.starts, process.said) == (1, [])


def test_the_first_death_is_answered_at_once(process):
    watched = process.watched()
    watched.begin()
    process.alive = False

    watched.tend(process.said.append)

    assert process.starts == 2
    assert process.said == ["It stopped; starting it again."]


def test_later_deaths_wait_longer(process):
    watched = process.watched()
    watched.begin()
    for _ in range(2):
        process.alive = False
        watched.tend(process.said.append)
    assert process.starts == 2

    process.now += DELAYS[1] / 2
    watched.tend(process.said.append)
    assert process.starts == 2

    process.now += DELAYS[1]
    watched.tend(process.said.append)
    assert process.starts == 3


@pytest.mark.parametrize("fails", [False, True])
def test_quick_deaths_end_it(process, fails):
    watched = process.watched()
    watched.begin()
    process.fails = fails
    for _ in range(3 * len(DELAYS)):
        process.alive = False
        watched.tend(process.said.append)
        process.now += max(DELAYS)

    assert watched.has_given_up
    assert process.starts == 1 + len(DELAYS)
    assert ("It does not start." in process.said) == fails


def test_a_long_life_forgives(process):
    watched = process.watched()
    watched.begin()
    for _ in range(3 * len(DELAYS)):
        process.now += STEADY + 1
        process.alive = False
        watched.tend(process.said.append)

    assert not watched.has_given_up
    assert process.starts == 1 + 3 * len(DELAYS)


def test_what_may_not_return_does_not(process):
    watched = process.watched(may_return=lambda: False)
    watched.begin()
    process.alive = False

    watched.tend(process.said.append)

    assert watched.has_given_up
    assert (process.starts, process.said) == (1, [])
