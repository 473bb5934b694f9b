"""Whether there is anything of a kind at all, before it is asked whose it is.

Every message asks for the tools that it can be given. Most instances have neither MCP servers nor keys of search
services, and Django takes several milliseconds to write the queries that would find none. What is looked for is read by
one statement for all kinds of tools.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.db.models import Model

_known: list["Look"] = []
_seen: ContextVar[dict["Look", Any] | None] = ContextVar("seen", default=None)


class Look:
    """One value of the database, as a scalar expression of SQL. Each is made once, where a module is loaded."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        _known.append(self)

    @property
    def value(self) -> Any:
        """What it is now; inside `together` what it was at the first look."""
        seen = _seen.get()
        if seen is None:
            return _read([self])[self]
        if self not in seen:
            seen |= _read(_known)
        return seen[self]


def any_row(model: type[Model], where: str = "TRUE") -> Look:
    """Whether anybody has a row of this model, of which `where` (SQL of ours) is true."""
    return Look(f'EXISTS (SELECT FROM "{model._meta.db_table}" WHERE {where})')


@contextmanager
def together() -> Iterator[None]:
    """Inside, the first look reads everything that is looked for."""
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def _read(looks: Sequence[Look]) -> dict[Look, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(look.sql for look in looks)}")
        return dict(zip(looks, cursor.fetchone(), strict=True))
