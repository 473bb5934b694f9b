"""200,000 passages to search in, made once and kept: python -m bench.haystack, over the database of the environment.

Words are those of Python's documentation, as frequent as there; vectors lie in clusters, as those of texts do. Half of
the documents are one person's, a fifth another's; ten have a fiftieth each, two hundred a two-thousandth. All of them
stand in collections that are open. Beside the passages of the first stands what applications usually make of them: a
table with text and words in three configurations of PostgreSQL.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Callable
from itertools import accumulate, product
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sambung.settings")
django.setup()  # before anything is imported that knows tables

from django.db import connection  # noqa: E402

from bench import corpora  # noqa: E402
from documents.actions import collections  # noqa: E402
from documents.knowledge import index, words  # noqa: E402
from documents.models import Collection, CollectionItem, Document, DocumentExtraction, EmbeddingSpace  # noqa: E402
from documents.vectors import tables  # noqa: E402
from sambung.lib.ids import uuid7  # noqa: E402
from teams.models import User  # noqa: E402

DOCUMENTS, PASSAGES, WORDS = 10_000, 20, 150
SHARES = (*((f"s{n}", share) for n, share in enumerate((0.5, 0.2))), *((f"m{n}", 0.02) for n in range(10)))
SMALL = 200  # people of a two-thousandth each
DIMENSIONS, CLUSTERS = 384, 500
MODEL = "synthetic"
_CENTRES = f"""
CREATE TEMPORARY TABLE cluster AS
SELECT n, (SELECT array_agg(random() - 0.5 + 0 * i * n) FROM generate_series(1, {DIMENSIONS}) AS i) AS middle
FROM generate_series(0, {CLUSTERS - 1}) AS n
"""
_VECTORS = f"""
INSERT INTO vectors.chunk_vector (chunk, space, scope, embedding)
SELECT id, %(space)s, scope, (
    SELECT array_agg(middle + 0.6 * (random() - 0.5) + 0 * document_chunk.position)
    FROM unnest(cluster.middle) AS middle
)::halfvec
FROM document_chunk JOIN cluster ON n = (hashtext(document_id::text) & 65535) %% {CLUSTERS}
"""
_WORDS_INDEX = "CREATE INDEX document_chunk_search ON document_chunk USING gin (search) WITH (fastupdate = off)"
_WIDE = """
CREATE SCHEMA bench;
CREATE TABLE bench.wide AS SELECT document_chunk.id, scope, text,
    setweight(to_tsvector('pg_catalog.simple', text), 'A')
    || to_tsvector('pg_catalog.english', text) || to_tsvector('pg_catalog.indonesian', text) AS search
FROM document_chunk JOIN chunk_text ON chunk_id = document_chunk.id
WHERE scope = (SELECT id FROM users WHERE email = 's0@bench.example');
CREATE INDEX wide_search ON bench.wide USING gin (search);
"""
_CHUNKS = """
COPY document_chunk (id, document_id, scope, position, language, search, anchor) FROM STDIN
"""


def owners() -> list[tuple[str, int]]:
    """Who has how many documents."""
    held = [(name, round(DOCUMENTS * share)) for name, share in SHARES]
    rest = DOCUMENTS - sum(count for _name, count in held)
    return [*held, *((f"t{n}", rest // SMALL) for n in range(SMALL))]


def vocabulary() -> tuple[list[str], list[int]]:
    """Words of Python's documentation, and how often up to each of them."""
    text = (block.text for page in corpora.python_pages() for block in page.blocks)
    counted = Counter(word for one in text for word in re.findall(r"[a-z]{2,}", one.lower()))
    return list(counted), list(accumulate(counted.values()))


def make() -> None:
    """Fill the database, which has only been migrated."""
    picked, weights = vocabulary()
    dice = random.Random(7)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX document_chunk_search")
        for name, count in owners():
            _add(name, count, lambda: " ".join(dice.choices(picked, cum_weights=weights, k=WORDS)))
        cursor.execute("SET maintenance_work_mem = '600MB'")
        cursor.execute(_WORDS_INDEX)
        index.count_anew()
        _add_vectors()
        _collect()
        cursor.execute(_WIDE)
        cursor.execute("VACUUM ANALYZE")


def _add(name: str, count: int, text: Callable[[], str]) -> None:
    """Add a person with so many documents, whose passages say what `text` gives."""
    person = User.objects.create(email=f"{name}@bench.example", name=name)
    rows = (Document(user=person, title=f"{name} {n}") for n in range(count))
    made = Document.objects.bulk_create(rows, batch_size=500)
    read = (DocumentExtraction(document=one, sha256="0" * 64, version=1, blocks=b"") for one in made)
    DocumentExtraction.objects.bulk_create(read, batch_size=500)
    said: list[tuple[UUID, UUID, str]] = []
    with connection.cursor() as cursor:
        with cursor.copy(_CHUNKS) as copy:
            for document, position in product(made, range(PASSAGES)):
                said.append((uuid7(), uuid7(), text()))
                _, pk, words_of = said[-1]
                indexed = words.index(words_of, document.title)
                anchor = f'{{"start": {position * 1000}, "end": {position * 1000 + len(words_of)}}}'
                copy.write_row((pk, document.pk, person.pk, position, indexed.language, indexed.search, anchor))
        with cursor.copy("COPY chunk_text (id, chunk_id, text) FROM STDIN") as copy:
            for row in said:
                copy.write_row(row)


def _add_vectors() -> None:
    tables.make()
    space = EmbeddingSpace.objects.create(provider="ollama", model=MODEL, dimensions=DIMENSIONS, state="live")
    with connection.cursor() as cursor:
        cursor.execute(_CENTRES)
        cursor.execute(_VECTORS, {"space": space.pk})
    tables.make_index(space.pk, DIMENSIONS)


def _collect() -> None:
    """Put all documents into collections of the first person that everybody may search, as full as they may be."""
    owner = User.objects.get(email="s0@bench.example")
    ids = list(Document.objects.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(ids), collections.MOST):
        made = Collection.objects.create(user=owner, name=f"Part {at}", visibility="readonly")
        rows = (CollectionItem(collection=made, document_id=pk) for pk in ids[at : at + collections.MOST])
        CollectionItem.objects.bulk_create(rows, batch_size=1_000)


if __name__ == "__main__":
    make()
