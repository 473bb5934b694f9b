"""Which errors pass by themselves, and which would come again each time."""

import errno

import psycopg
import pytest
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from sambung.lib import database


def of_server(kind: type[psycopg.Error], outer: type[Exception] = OperationalError) -> Exception:
    """The driver's error as Django hands it on."""
    error = outer("said by the server")
    error.__cause__ = kind("said by the server")
    return error


PASSING = [
    of_server(psycopg.errors.ReadOnlySqlTransaction),
    of_server(psycopg.errors.DiskFull),
    of_server(psycopg.errors.TooManyConnections),
    of_server(psycopg.errors.AdminShutdown),
    of_server(psycopg.errors.CannotConnectNow),
    of_server(psycopg.errors.DeadlockDetected),
    of_server(psycopg.errors.LockNotAvailable),
    of_server(psycopg.errors.IoError),
    of_server(psycopg.OperationalError),
    of_server(psycopg.errors.DiskFull, ConnectorException),
    psycopg.errors.ReadOnlySqlTransaction("straight from the driver"),
    InterfaceError("the connection is closed"),
    PoolTimeout("none came free"),
]
STAYING = [
    of_server(psycopg.errors.ProgramLimitExceeded),  # such as a text too long for a tsvector: an OperationalError, too
    of_server(psycopg.errors.UniqueViolation),
    of_server(psycopg.errors.InFailedSqlTransaction),
    ValueError("a bug"),
    OSError(errno.ENOSPC, "full"),  # no database's
    None,
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_passes(error):
    assert database.will_pass(error)


@pytest.mark.parametrize("error", STAYING, ids=repr)
def test_what_stays(error):
    assert not database.will_pass(error)


@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (of_server(psycopg.errors.ReadOnlySqlTransaction), True),
        (PoolTimeout(), True),
        (of_server(psycopg.errors.DeadlockDetected), False),
        (of_server(psycopg.errors.LockNotAvailable), False),
        (ValueError(), False),
    ],
    ids=repr,
)
def test_what_says_that_the_database_is_away(error, is_away):
    assert database.is_away(error) is is_away


def test_what_is_by_the_way_breaks_nothing():
    with database.incidental():
        raise of_server(psycopg.errors.ReadOnlySqlTransaction)
    with pytest.raises(ValueError, match="a bug"), database.incidental():
        raise ValueError("a bug")


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (OSError(errno.ENOSPC, ""), True),
        (OSError(errno.EDQUOT, ""), True),
        (OSError(errno.EACCES, ""), False),
        (of_server(psycopg.errors.DiskFull), True),
        (of_server(psycopg.errors.ReadOnlySqlTransaction), False),
        (None, False),
    ],
    ids=repr,
)
def test_what_is_full(error, is_full):
    assert database.is_full(error) is is_full


@pytest.mark.django_db
def test_a_write_that_a_read_only_database_refuses(chat):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        with pytest.raises(InternalError, match="read-only transaction") as refused:
            chat.save()
        transaction.set_rollback(True)
    assert database.will_pass(refused.value)


async def test_what_fails_for_a_while_is_done_again(monkeypatch):
    monkeypatch.setattr(database, "AGAIN", 0)
    faults = [PoolTimeout(), OperationalError()]

    async def act():
        if faults:
            raise faults.pop()
        return "done"

    assert await database.patiently(act) == "done"


async def test_what_is_no_fault_of_the_database_is_done_once():
    async def act():
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await database.patiently(act)


@pytest.mark.django_db
def test_a_connection_notices_within_seconds_that_its_host_is_gone():
    connection.ensure_connection()
    asked = connection.connection.info.get_parameters()
    assert int(asked["tcp_user_timeout"]) <= 20_000
    silence = [int(asked[f"keepalives_{name}"]) for name in ("idle", "interval", "count")]
    assert silence[0] + silence[1] * silence[2] <= 20
