"""Passages whose vectors lie nearest to that of a question: all are looked at where they are few, else by the index."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from psycopg.sql import SQL

from agents import engine
from agents.catalog import Reference, embedding
from agents.errors import Unavailable
from agents.usage import meter
from agents.usage.meter import Payer
from documents.models import EmbeddingSpace
from documents.vectors import tables
from documents.vectors.spaces import EXACT, SOUGHT, written
from sambung.lib.threads import in_thread

logger = logging.getLogger(__name__)

WITHIN = 5.0  # seconds for the model to read a question; then words must do
_SEARCHED = 600  # neighbours that the index follows at a time: with 400 one question in twenty ends among others' texts
_LOOKED = 600  # of a place that it gives: the more, the surer the nearest are among them


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a vector of the space in use, [] where its model did not answer."""

    space: UUID
    vector: list[float]


async def asked(question: str, payer: Payer) -> Asked | None:
    """Return the question as a vector; None where no space is in use. That a model does not answer is logged."""
    space = await in_thread(EmbeddingSpace.objects.filter(state=EmbeddingSpace.State.LIVE).first)
    if space is None:
        return None
    try:
        async with asyncio.timeout(WITHIN):
            reached = await in_thread(embedding.reach, Reference(space.api_key_id, space.provider, space.model))
            (vector,) = await meter.embed(reached, [question], payer, is_query=True)
    except (engine.EngineError, Unavailable, TimeoutError) as error:
        logger.warning("A question could not be embedded; it is answered by words alone: %s", error)
        vector = []
    return Asked(space.pk, vector if len(vector) == space.dimensions else [])


# Values stand in these statements, so that the vector is read once and not for each row.
#: `place` is asked of the vectors, whose rows hold all that it needs; what was deleted meanwhile is left out.
_NEAR = SQL("""
WITH near AS MATERIALIZED (
    SELECT chunk, {away} AS away FROM {table} WHERE space = {space} AND {place} ORDER BY {away} LIMIT {looked}
)
SELECT chunk, document_id FROM near
JOIN document_chunk ON document_chunk.id = chunk AND document_chunk.scope IS NOT NULL
ORDER BY away, chunk LIMIT {most}
""")
#: How far away a vector is: as the index has it, and otherwise.
_INDEXED = SQL("embedding::halfvec({dimensions}) <=> {vector}::halfvec({dimensions})")
_EXACT = SQL("embedding <=> {vector}::halfvec")
_OF_SCOPE = SQL("scope = {}")
#: The documents of collections, and those beside them.
ITEMS = SQL("SELECT document_id FROM collection_item WHERE collection_id = ANY({}) UNION ALL SELECT unnest({}::uuid[])")
_OF_ITEMS = SQL("chunk IN (SELECT id FROM document_chunk WHERE document_id IN ({}))")
#: The same, asked of one row after the other as the index gives them: the planner would sort all of them instead.
_IS_OF_ITEMS = SQL("""
(SELECT EXISTS (
    SELECT FROM document_chunk LEFT JOIN collection_item USING (document_id)
    WHERE document_chunk.id = chunk AND (collection_id = ANY({}) OR document_id = ANY({}))
))
""")
_WALK = f"SET LOCAL hnsw.iterative_scan = relaxed_order; SET LOCAL hnsw.ef_search = {_SEARCHED}"


def nearest(
    question: Asked,
    passages: int,
    *,
    scope: UUID | None = None,
    collections: Sequence[UUID] | None = None,
    documents: Sequence[UUID] = (),
    most: int = SOUGHT,
) -> list[tuple[UUID, UUID]]:
    """Return (passage, document) of the nearest, of a scope or of these collections and documents: `most`, or all.

    `passages`: how many there are, counted up to more than EXACT.
    """
    if not question.vector:
        return []
    place, away = _OF_SCOPE.format(scope), _EXACT
    if collections is not None:
        place = _OF_ITEMS.format(ITEMS.format(list(collections), list(documents)))
    if passages > EXACT:
        place = place if collections is None else _IS_OF_ITEMS.format(list(collections), list(documents))
        away = _INDEXED
    away = away.format(vector=written(question.vector), dimensions=len(question.vector))
    given = {"table": SQL(tables.TABLE), "space": question.space, "place": place, "away": away, "most": most}
    with transaction.atomic(), connection.cursor() as cursor:
        if passages > EXACT:
            cursor.execute(_WALK)
        for looked in (max(2 * most, _LOOKED), EXACT):
            cursor.execute(_NEAR.format(looked=looked, **given))
            found = cursor.fetchall()
            if len(found) == most or passages <= looked:  # else much of it was deleted
                break
    return found
