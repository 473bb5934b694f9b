"""Passages whose vectors lie nearest to that of a question: all are looked at where they are few, else by the index."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

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
_SEARCHED = 100  # neighbours that the index follows


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


#: `{place}` is asked of the vectors, whose rows hold all that it needs; what was deleted meanwhile is left out.
_EXACT = f"""
WITH here AS MATERIALIZED (SELECT chunk, embedding FROM {tables.TABLE} WHERE space = '{{space}}' AND {{place}})
SELECT chunk, document_id FROM here
JOIN document_chunk ON document_chunk.id = chunk AND document_chunk.scope IS NOT NULL
ORDER BY embedding <=> %(vector)s::halfvec, chunk LIMIT %(most)s
"""
_INDEXED = f"""
WITH near AS MATERIALIZED (
    SELECT chunk, embedding::halfvec({{dimensions}}) <=> %(vector)s::halfvec({{dimensions}}) AS away
    FROM {tables.TABLE} WHERE space = '{{space}}' AND {{place}}
    ORDER BY embedding::halfvec({{dimensions}}) <=> %(vector)s::halfvec({{dimensions}}) LIMIT %(more)s
)
SELECT chunk, document_id FROM near
JOIN document_chunk ON document_chunk.id = chunk AND document_chunk.scope IS NOT NULL
ORDER BY away, chunk LIMIT %(most)s
"""
_COUNT = f"""
SELECT count(*) FROM (SELECT FROM {tables.TABLE} WHERE space = '{{space}}' AND {{place}} LIMIT {EXACT + 1}) AS few
"""
_OF_DOCUMENTS = "chunk IN (SELECT id FROM document_chunk WHERE document_id = ANY(%(documents)s))"


def nearest(
    question: Asked, *, scope: UUID | None = None, documents: Sequence[UUID] | None = None, most: int = SOUGHT
) -> list[tuple[UUID, UUID]]:
    """Return (passage, document) of the nearest, of a scope or of these documents: `most`, or all there are."""
    if not question.vector:
        return []
    place = "scope = %(scope)s" if documents is None else _OF_DOCUMENTS
    given = {"scope": scope, "documents": list(documents or ()), "vector": written(question.vector), "most": most}
    named = {"space": question.space, "place": place, "dimensions": len(question.vector)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT.format(**named), given)
        if documents is not None or cursor.fetchone()[0] <= EXACT:
            cursor.execute(_EXACT.format(**named), given)
        else:
            cursor.execute(f"SET LOCAL hnsw.iterative_scan = relaxed_order; SET LOCAL hnsw.ef_search = {_SEARCHED}")
            cursor.execute(_INDEXED.format(**named), given | {"more": 2 * most})
        return cursor.fetchall()
