"""Words for rows that have none: those from before there were such columns, and those changed past the application.

The job works in batches, each its own transaction, and passes by what others hold: it may be killed at any moment and
goes on with what is left. The search reads the new columns once they are full.
"""

import asyncio
import time

from django.db import connection, transaction
from procrastinate.contrib.django import app

from sambung.lib import lexemes
from sambung.lib.threads import in_thread

BATCH = 100  # rows at once
TURN = 50.0  # seconds; the next minute's job goes on
_SAID = "words IS NULL AND role IN ('user', 'assistant')"
_HAS_LEFT = f"SELECT EXISTS (SELECT FROM messages WHERE {_SAID}) OR EXISTS (SELECT FROM chats WHERE words IS NULL)"
_LEFT = {
    "messages": f"SELECT id, content FROM messages WHERE {_SAID} ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED",
    "chats": "SELECT id, title FROM chats WHERE words IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
}
_FILL = """
UPDATE {table} SET words = given.words::tsvector{more}
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS given(id, words, pairs) WHERE {table}.id = given.id
"""
_MORE = {"messages": ", pairs = given.pairs::int2[]", "chats": ""}


class Columns:
    """Whether the new columns have been full once: from then on they are read, whatever comes past the application."""

    _are_full = False

    def are_full(self) -> bool:
        """Look, until they are."""
        if not self._are_full:
            self._are_full = not _has_left()
        return self._are_full


columns = Columns()


def _has_left() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_HAS_LEFT)
        return cursor.fetchone()[0]


@transaction.atomic
def fill_batch() -> int:
    """Give some rows their words; return how many. Rows that somebody holds now are left for later."""
    done = 0
    with connection.cursor() as cursor:
        for table, left in _LEFT.items():
            cursor.execute(left, [BATCH])
            rows = cursor.fetchall()
            made = [lexemes.index(text) for _pk, text in rows]
            if rows:
                given = [[pk for pk, _text in rows], [one.words for one in made], [one.pairs for one in made]]
                cursor.execute(_FILL.format(table=table, more=_MORE[table]), given)
            done += len(rows)
    return done


@app.periodic(cron="* * * * *")
@app.task(name="chats.fill_words", queueing_lock="chats.fill_words", pass_context=False)
async def fill_words(timestamp: int) -> None:
    """Make the words of rows that have none, for as long as a turn lasts. Half of the time belongs to others."""
    ends = time.monotonic() + TURN
    while (begun := time.monotonic()) < ends:
        if not await in_thread(fill_batch):
            return
        await asyncio.sleep(time.monotonic() - begun)
