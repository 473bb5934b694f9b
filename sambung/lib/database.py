"""What an error says of the database, or of the disk: whether what failed can be done later."""

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

logger = logging.getLogger(__name__)
T = TypeVar("T")

#: SQLSTATEs of PostgreSQL, or what they begin with: undone for another's sake, a lock that was held, given up.
_OVERTAKEN = ("40", "55P03", "57014")
#: And: the connection, read-only, resources such as the disk, ended by its operator, its system.
_PASSING = ("08", "25006", "53", "57", "58", *_OVERTAKEN)
_FULL = "53100"
AGAIN = 1.0  # seconds until another try
#: Raised without a SQLSTATE where the server did not say anything: it was not reached, or went away.
_UNREACHED = (InterfaceError, OperationalError, psycopg.InterfaceError, psycopg.OperationalError, PoolTimeout)


def will_pass(error: BaseException | None) -> bool:
    """Whether the database is away, read-only, full or overtaken: what failed may go well another time."""
    states = list(_states(error))
    return any(state.startswith(_PASSING) for state in states if state) if any(states) else bool(states)


def is_away(error: BaseException | None) -> bool:
    """Whether it is the database that cannot be reached or takes nothing, not one act that was overtaken."""
    return will_pass(error) and not any(state.startswith(_OVERTAKEN) for state in _states(error))


async def patiently(act: Callable[[], Awaitable[T]]) -> T:
    """Return what `act` gives; while the database is away or refuses, it is done again."""
    while True:
        try:
            return await act()
        except Exception as error:
            if not will_pass(error):
                raise
        await asyncio.sleep(AGAIN)


@contextmanager
def incidental() -> Iterator[None]:
    """Around what is written by the way while somebody reads: where the database takes nothing, the reading goes on."""
    try:
        yield
    except Exception as error:
        if not will_pass(error):
            raise
        logger.info("The database took nothing that was by the way: %s", error)


def is_full(error: BaseException | None) -> bool:
    """Whether a disk has no room: the database's, or that of files."""
    return _FULL in _states(error) or any(
        isinstance(one, OSError) and one.errno in {errno.ENOSPC, errno.EDQUOT} for one in _chain(error)
    )


def _states(error: BaseException | None) -> Iterator[str]:
    """The SQLSTATEs behind an error; "" where the database could not be asked."""
    for one in _chain(error):
        if state := getattr(one, "sqlstate", None):
            yield state
        elif isinstance(one, _UNREACHED):
            yield ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it was made of: Django and the job queue wrap the driver's."""
    while error is not None:
        yield error
        error = error.__cause__
