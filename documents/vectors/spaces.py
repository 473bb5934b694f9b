"""Embedding spaces: opened beside the one in use, filled by a job, taken into use once whole, closed."""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from agents import engine
from agents.catalog import Reference, embedding
from agents.errors import Unavailable, failure
from agents.models import BUNDLED
from agents.usage import meter
from agents.usage.meter import Payer
from documents.models import Document, EmbeddingSpace, Status
from documents.vectors import tables
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed, Failure, columns
from sambung.lib.threads import in_thread

logger = logging.getLogger(__name__)

State = EmbeddingSpace.State
QUEUE = "vectors"  # of jobs: what waits for an embedding model holds up nothing else
BATCH = engine.BATCH  # passages of one request
BATCH_EXTRA = (
    4  # of the extra model: each takes it a third of a second, or some on a busy machine, and none may be late
)
SPELL = 45.0  # seconds of one turn of the job, which comes every minute
EXACT = 10_000  # vectors up to which all are looked at: an index would not be faster, and finds less
SOUGHT = 50  # passages that a search by meaning gives


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that has no vector yet, as the model reads it."""

    chunk: UUID
    text: str


# ---- acts -----------------------------------------------------------------------------------------------
@transaction.atomic
def open_space(reference: Reference) -> EmbeddingSpace:
    """Have the passages embedded by this model, beside the space in use; another that was being made is given up.

    Raises Refused where the model is the one in use.
    """
    list(EmbeddingSpace.objects.select_for_update())
    if there := refusal(reference):
        raise Refused(there)
    EmbeddingSpace.objects.filter(state=State.BUILDING).update(state=State.OLD)
    return EmbeddingSpace.objects.create(**_named(reference))


def refusal(reference: Reference) -> Failure | None:
    """Why no space of this model can be opened."""
    there = EmbeddingSpace.objects.filter(**_named(reference)).exclude(state=State.OLD).exists()
    return Failure("space_there") if there else None


def _named(reference: Reference) -> dict:
    return {"api_key_id": reference.api_key, "provider": reference.provider, "model": reference.model}


def close_space(space: EmbeddingSpace) -> None:
    """Give a space up. If it was the one in use, documents are searched by words alone, and that is all there is."""
    EmbeddingSpace.objects.filter(pk=space.pk).update(state=State.OLD)
    if not EmbeddingSpace.objects.filter(state=State.LIVE).exists():
        Document.objects.filter(status=Status.WORDS_ONLY).update(status=Status.INDEXED)


@transaction.atomic
def _take_into_use(space: EmbeddingSpace) -> None:
    """Search the space that is whole from now on. What was searched goes with the next turn of the job."""
    states = dict(EmbeddingSpace.objects.select_for_update().values_list("pk", "state"))
    if states.get(space.pk) == State.BUILDING:
        EmbeddingSpace.objects.filter(state=State.LIVE).update(state=State.OLD)
        EmbeddingSpace.objects.filter(pk=space.pk).update(state=State.LIVE)


# ---- the job --------------------------------------------------------------------------------------------
async def work() -> None:
    """Take every space a turn further, the one in use first. What fails is kept with its space.

    The extra model's space is opened by itself, where there is no other.
    """
    for space in await in_thread(_present):
        await _advance(space)


def _present() -> list[EmbeddingSpace]:
    """The spaces that are filled. Old ones are removed."""
    for space in EmbeddingSpace.objects.filter(state=State.OLD):
        tables.drop(space.pk)
        space.delete()
    extra = embedding.extra()
    if extra and not EmbeddingSpace.objects.exists():
        open_space(extra)
    return list(EmbeddingSpace.objects.select_related("api_key").order_by("created_at"))


async def _advance(space: EmbeddingSpace) -> None:
    try:
        is_whole = await _fill(space)
    except (engine.EngineError, Unavailable, Failed) as error:
        reason = error.failure if isinstance(error, Failed) else failure(error)
        logger.warning("Passages could not be embedded: %s", reason.code)
        await in_thread(_keep_failure, space, reason)
        return
    await in_thread(_keep_failure, space, None)
    if is_whole:
        await in_thread(_finish, space)


def _keep_failure(space: EmbeddingSpace, reason: Failure | None) -> None:
    stored = columns(reason)
    if (space.error_code, space.error_params) != (stored["error_code"], stored["error_params"]):
        EmbeddingSpace.objects.filter(pk=space.pk).update(**stored)


async def _fill(space: EmbeddingSpace) -> bool:
    """Embed passages that have no vector yet; return whether all have. Raises EngineError, Unavailable, Failed."""
    await in_thread(tables.make)
    reached = await in_thread(embedding.reach, Reference(space.api_key_id, space.provider, space.model))
    if not space.dimensions:
        (vector,) = await meter.embed(reached, ["dimensions"], Payer())
        space.dimensions = len(vector)
        await in_thread(space.save, update_fields=["dimensions"])
    ends = time.monotonic() + SPELL
    while time.monotonic() < ends:
        passages = await in_thread(_missing, space)
        if not passages:
            return True
        vectors = await meter.embed(reached, [passage.text for passage in passages], Payer())
        if any(len(vector) != space.dimensions for vector in vectors):
            raise Failed("dimensions_changed", model=space.model)
        await in_thread(_keep, space, passages, vectors)
    return False


def status_of_new() -> Status:
    """How a document is found that was indexed just now: by its words, until its passages have their vectors."""
    return Status.WORDS_ONLY if EmbeddingSpace.objects.filter(state=State.LIVE).exists() else Status.INDEXED


def _finish(space: EmbeddingSpace) -> None:
    """Index the vectors, where they are many, and take a new space into use."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {tables.TABLE} WHERE space = %s", [space.pk])
        (vectors,) = cursor.fetchone()
    if vectors > EXACT:
        tables.make_index(space.pk, space.dimensions)
    _take_into_use(space)
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, {"space": space.pk})


_MISSING = f"""
SELECT document_chunk.id, document.title, document_chunk.anchor->'heading', chunk_text.text
FROM document_chunk JOIN document ON document.id = document_id JOIN chunk_text ON chunk_id = document_chunk.id
WHERE NOT EXISTS (SELECT FROM {tables.TABLE} WHERE space = %s AND chunk = document_chunk.id)
ORDER BY document_chunk.id LIMIT %s
"""
#: Documents all of whose passages have vectors by now.
_FOUND = f"""
UPDATE document SET status = 'indexed' WHERE status = 'words_only' AND NOT EXISTS (
    SELECT FROM document_chunk WHERE document_id = document.id
    AND NOT EXISTS (SELECT FROM {tables.TABLE} WHERE space = %(space)s AND chunk = document_chunk.id)
)
"""
_ADD = f"""
INSERT INTO {tables.TABLE} (chunk, space, scope, embedding)
SELECT given.chunk, %s, coalesce(document.team_id, document.user_id), given.embedding::halfvec
FROM unnest(%s::uuid[], %s::text[]) AS given(chunk, embedding)
JOIN document_chunk ON document_chunk.id = given.chunk JOIN document ON document.id = document_id
ON CONFLICT DO NOTHING
"""


def _missing(space: EmbeddingSpace) -> list[Passage]:
    """Some passages without a vector, with the headings that they stand under."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, [space.pk, BATCH_EXTRA if space.provider == BUNDLED else BATCH])
        rows = cursor.fetchall()
    return [Passage(pk, "\n".join((title, *json.loads(path or "[]"), text))) for pk, title, path, text in rows]


def _keep(space: EmbeddingSpace, passages: Sequence[Passage], vectors: Sequence[Sequence[float]]) -> None:
    """Store the vectors of those passages that are still there."""
    given = [[passage.chunk for passage in passages], [written(vector) for vector in vectors]]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [space.pk, *given])


def written(vector: Sequence[float]) -> str:
    """A vector as pgvector reads it."""
    return f"[{','.join(map(repr, vector))}]"
