"""The index: a document's passages take the place of those that it had, and the counts of words follow.

The caller holds the document's row, so that two never index it at once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import QuerySet

from documents.knowledge import chunking, words
from documents.knowledge.chunking import Chunk
from documents.models import Document, DocumentChunk
from sambung.lib.files.blocks import Block
from sambung.lib.ids import uuid7

_HAD = """
SELECT language, word, count(*) FROM document_chunk, unnest(tsvector_to_array(search)) AS word
WHERE document_id = ANY(%s) GROUP BY language, word
"""
_HAD_LENGTHS = (
    "SELECT language, count(*), sum(length(search)) FROM document_chunk WHERE document_id = ANY(%s) GROUP BY 1"
)
_DROP = (
    "DELETE FROM chunk_text USING document_chunk"
    " WHERE chunk_text.chunk_id = document_chunk.id AND document_chunk.document_id = ANY(%s)",
    "DELETE FROM document_chunk WHERE document_id = ANY(%s)",
)
_ADD = """
INSERT INTO document_chunk (id, document_id, scope, position, language, search, anchor)
SELECT given.id, %s::uuid, %s::uuid, given.position, given.language, given.search::tsvector, given.anchor::jsonb
FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[], %s::text[])
    AS given(id, position, language, search, anchor)
"""
_ADD_TEXTS = "INSERT INTO chunk_text (id, chunk_id, text) SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[])"
#: In the order of the words, so that two who count never wait for one another.
_FEWER = """
UPDATE search_word SET documents = greatest(0, documents - given.n) FROM (
    SELECT search_word.id, given.n FROM search_word
    JOIN unnest(%s::text[], %s::text[], %s::int[]) AS given(config, word, n) USING (config, word)
    ORDER BY word, config FOR UPDATE OF search_word
) AS given WHERE search_word.id = given.id
"""
_MORE = """
INSERT INTO search_word (id, config, word, documents)
SELECT gen_random_uuid(), config, word, n FROM unnest(%s::text[], %s::text[], %s::int[]) AS given(config, word, n)
ORDER BY word, config
ON CONFLICT (word, config) DO UPDATE SET documents = search_word.documents + excluded.documents
"""
_TOTALS = """
INSERT INTO search_totals (id, config, chunks, mean_length)
SELECT gen_random_uuid(), config, greatest(0, chunks), greatest(0, length / greatest(1, chunks))
FROM (VALUES (%s::text, %s::int, %s::float)) AS given(config, chunks, length)
ON CONFLICT (config) DO UPDATE SET
    chunks = greatest(0, search_totals.chunks + %s::int),
    mean_length = greatest(
        0, (search_totals.mean_length * search_totals.chunks + %s::float) / greatest(1, search_totals.chunks + %s::int)
    )
"""
_COUNT_ANEW = (
    "DELETE FROM search_word",
    "DELETE FROM search_totals",
    "INSERT INTO search_totals (id, config, chunks, mean_length)"
    " SELECT gen_random_uuid(), language, count(*), avg(length(search)) FROM document_chunk GROUP BY language",
)
_COUNT_WORDS = """
INSERT INTO search_word (id, config, word, documents)
SELECT gen_random_uuid(), %s::text, word, ndoc FROM ts_stat(%s)
"""
_OF_LANGUAGE = "SELECT search FROM document_chunk WHERE language = '{}'"


@dataclass(slots=True)
class _Change:
    """By how much the counts change: passages with a word by (language, word), passages and words by language."""

    words: Counter
    chunks: Counter
    lengths: Counter


def replace(document: Document, blocks: Sequence[Block]) -> int:
    """Index what a document says; return how many passages it has."""
    made = list(chunking.chunks(blocks))
    with transaction.atomic():
        change = _drop([document.pk])
        _add(document, made, change)
        _keep(change)
    return len(made)


def forget(documents: QuerySet[Document]) -> None:
    """Take documents out of the index for good."""
    with transaction.atomic():
        _keep(_drop(list(documents.values_list("pk", flat=True))))


def hide(documents: QuerySet[Document]) -> None:
    """Have none of the documents found until they are taken back."""
    DocumentChunk.objects.filter(document__in=documents).update(scope=None)


def show(documents: QuerySet[Document]) -> None:
    """Have the documents found again where they lie."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE document_chunk SET scope = coalesce(document.team_id, document.user_id) FROM document"
            " WHERE document.id = document_chunk.document_id AND document.id = ANY(%s)",
            [list(documents.values_list("pk", flat=True))],
        )


def count_anew() -> None:
    """Count all words afresh: rows that went along with a team or a person took none of them back."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in _COUNT_ANEW:
            cursor.execute(sql)
        for language in ("", *words.SMALL):
            cursor.execute(_COUNT_WORDS, [language, _OF_LANGUAGE.format(language)])


# ---- steps ----------------------------------------------------------------------------------------------
def _drop(documents: list[UUID]) -> _Change:
    change = _Change(Counter(), Counter(), Counter())
    with connection.cursor() as cursor:
        cursor.execute(_HAD, [documents])
        change.words.subtract({(language, word): n for language, word, n in cursor.fetchall()})
        cursor.execute(_HAD_LENGTHS, [documents])
        for language, chunks, length in cursor.fetchall():
            change.chunks[language] -= chunks
            change.lengths[language] -= int(length or 0)
        for sql in _DROP:
            cursor.execute(sql, [documents])
    return change


def _add(document: Document, made: Sequence[Chunk], change: _Change) -> None:
    indexed = [words.index(chunk.text, "\n".join((document.title, *chunk.heading))) for chunk in made]
    for one in indexed:
        change.words.update((one.language, word) for word in one.words)
        change.chunks[one.language] += 1
        change.lengths[one.language] += len(one.words)
    ids, scope = [uuid7() for _ in made], None if document.deleted_at else document.scope
    given = [
        [one.language for one in indexed],
        [one.search for one in indexed],
        [orjson.dumps(chunk.anchor).decode() for chunk in made],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [document.pk, scope, ids, list(range(len(made))), *given])
        cursor.execute(_ADD_TEXTS, [[uuid7() for _ in made], ids, [chunk.text for chunk in made]])


def _keep(change: _Change) -> None:
    """Write down the counts as they have changed."""
    with connection.cursor() as cursor:
        for sql, counted in ((_FEWER, -change.words), (_MORE, +change.words)):
            if counted:
                cursor.execute(sql, _columns(counted))
        for language in sorted(change.chunks):
            more = [change.chunks[language], change.lengths[language]]
            cursor.execute(_TOTALS, [language, *more, more[0], more[1], more[0]])


def _columns(counted: Mapping[tuple[str, str], int]) -> list[list]:
    rows: Iterable[tuple[str, str, int]] = [(*key, n) for key, n in counted.items()]
    return [list(column) for column in zip(*rows, strict=True)]
