"""Whether there is anything of a kind at all, before it is asked whose it is.

Every message asks for the tools that it can be given. Most instances have neither MCP servers nor keys of search
services, and Django takes several milliseconds to write the queries that would find none.
"""

from django.db import connection
from django.db.models import Model


def any_row(model: type[Model]) -> bool:
    """Whether anybody has a row of this model."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS (SELECT FROM "{model._meta.db_table}")')
        return cursor.fetchone()[0]


def any_active(model: type[Model]) -> bool:
    """Whether anybody has an active row of this model."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS (SELECT FROM "{model._meta.db_table}" WHERE is_active)')
        return cursor.fetchone()[0]
