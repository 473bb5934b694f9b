"""How well and how fast passages are found; a process of its own with Django: python -m bench.retrieval recall|speed.

Prints figures as JSON. `recall` fills the database that it is given with the sets of `bench/corpora.py`; `speed` asks
the one that `bench/haystack.py` has filled.
"""

import contextlib
import json
import math
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sambung.settings")
django.setup()  # before anything is imported that knows tables

from django.db import connection, transaction  # noqa: E402

from bench import corpora  # noqa: E402
from bench.meter import percentile  # noqa: E402
from documents.knowledge import extraction, index  # noqa: E402
from documents.knowledge.search import Place, search  # noqa: E402
from documents.knowledge.words import units  # noqa: E402
from documents.models import Collection, Document, DocumentExtraction, EmbeddingSpace  # noqa: E402
from documents.vectors.nearest import Asked, nearest, written  # noqa: E402
from teams.models import User  # noqa: E402
from teams.workspace import Workspace  # noqa: E402

Figures = dict[str, float]
Answers = list[tuple[str, "object"]]  # questions, each with the document that answers it
AT = 5  # of so many passages one must be of the right document
_BASELINE = """
SELECT document_id FROM document_chunk JOIN chunk_text ON chunk_id = document_chunk.id,
    websearch_to_tsquery(%(config)s, %(question)s) AS asked
WHERE scope = %(scope)s AND to_tsvector(%(config)s, text) @@ asked
ORDER BY ts_rank_cd(to_tsvector(%(config)s, text), asked) DESC LIMIT %(at)s
"""
_LEXEMES = """
SELECT document_id, array_agg(found.lexeme), array_agg(cardinality(found.positions))
FROM document_chunk, unnest(search) AS found WHERE scope = %s GROUP BY document_chunk.id
"""


# ---- recall ---------------------------------------------------------------------------------------------
def recall() -> Figures:
    """Recall of the three sets by words, beside exact BM25 and beside PostgreSQL's own search."""
    figures: Figures = {}
    sets = {
        "help_en": (corpora.help_pages("C"), "english"),
        "help_id": (corpora.help_pages("id"), "indonesian"),
        "python": (corpora.python_pages(), "english"),
    }
    for name, (pages, config) in sets.items():
        place, answers = indexed(name, pages)
        ours = _recall(answers, lambda question, place=place: _by_words(question, place))
        figures[f"{name}.words"] = ours
        figures[f"{name}.to_bm25"] = ours / _recall(answers, BM25(place.scope).best)
        if name != "python":
            plain = _recall(answers, lambda question, c=config, p=place: _by_postgres(question, c, p.scope))
            figures[f"{name}.to_postgres"] = ours / plain
    return figures


def indexed(name: str, pages: Sequence) -> tuple["object", Answers]:
    """Make a person who has these pages as documents; return where to look, and the questions."""
    person = User.objects.create(email=f"{name}@bench.example", name=name)
    answers: Answers = []
    for page in pages:
        document = Document.objects.create(user=person)
        packed = extraction.packed(page.blocks)
        DocumentExtraction.objects.create(document=document, sha256="0" * 64, version=1, blocks=packed)
        index.replace(document, page.blocks)
        if page.question:
            answers.append((page.question, document.pk))
    return Place(Workspace(person)), answers


def _recall(answers: Answers, find: Callable[[str], Sequence]) -> float:
    """The share of questions whose answer is among the first passages."""
    return sum(right in find(question)[:AT] for question, right in answers) / len(answers)


def _by_words(question: str, place) -> list:
    return [passage.document.pk for passage in search(question, place, AT).passages]


def _by_postgres(question: str, config: str, scope) -> list:
    """All words of the question, ranked by cover density: what applications usually do."""
    with connection.cursor() as cursor:
        cursor.execute(_BASELINE, {"config": config, "question": question, "scope": scope, "at": AT})
        return [document for (document,) in cursor.fetchall()]


class BM25:
    """Exact BM25 (k1 1.2, b 0.75) over the lexemes that we keep: as well as words can do."""

    def __init__(self, scope) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_LEXEMES, [scope])
            rows = [(document, dict(zip(words, counts, strict=True))) for document, words, counts in cursor]
        self._rows = [(document, counts, sum(filter(None, counts.values()))) for document, counts in rows]
        self._mean = sum(length for *_, length in self._rows) / len(self._rows)
        self._have = Counter(word for _, counts, _ in self._rows for word in counts)

    def best(self, question: str) -> list:
        """The documents of the best passages, best first."""
        asked = [unit.forms for unit in units(question)]
        scored = [(self._score(asked, counts, length), document) for document, counts, length in self._rows]
        return [document for score, document in sorted(scored, key=lambda one: -one[0])[:AT] if score]

    def _score(self, asked: Sequence[Sequence[str]], counts: dict[str, int], length: int) -> float:
        score = 0.0
        for forms in asked:
            if not (often := sum(counts.get(form) or 0 for form in forms)):
                continue
            have = min(sum(self._have[form] for form in forms), len(self._rows))
            idf = math.log(1 + (len(self._rows) - have + 0.5) / (have + 0.5))
            score += idf * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * length / self._mean))
        return score


# ---- speed ----------------------------------------------------------------------------------------------
QUESTIONS = 60  # of each scope
AMONG = 20  # vectors whose recall is counted
_COVER_DENSITY = """
SELECT id FROM bench.wide WHERE scope = %(scope)s AND search @@ %(any)s::tsquery
ORDER BY ts_rank_cd(search, %(any)s::tsquery) DESC LIMIT 10
"""
_IN_THREE = """
SELECT string_agg(word::text, ' | ') FROM unnest(%s::text[]) AS asked, LATERAL (
    VALUES (plainto_tsquery('pg_catalog.simple', asked)), (plainto_tsquery('pg_catalog.english', asked)),
        (plainto_tsquery('pg_catalog.indonesian', asked))
) AS forms (word) WHERE numnode(word) > 0
"""
_ALL_COUNTED = "SELECT count(*) FROM vectors.chunk_vector WHERE space = %(space)s AND {place}"
_ALL = """
SELECT chunk FROM vectors.chunk_vector WHERE space = %(space)s AND {place}
ORDER BY embedding <=> %(vector)s::halfvec LIMIT %(among)s
"""
_SOME = "SELECT text FROM chunk_text TABLESAMPLE SYSTEM (0.5) REPEATABLE (7) LIMIT %s"
_SOME_VECTORS = """
SELECT (SELECT array_agg(one + 0.2 * (random() - 0.5)) FROM unnest(embedding::real[]) AS one)
FROM vectors.chunk_vector TABLESAMPLE SYSTEM (0.5) REPEATABLE (7) LIMIT %s
"""


def speed() -> Figures:
    """Milliseconds of searches in the haystack at each share of it, and how many of the nearest the index finds."""
    questions, space = _questions(), _space()
    _rows("SELECT setseed(0.7)::text", [])  # the same vectors each time
    vectors = [Asked(space, vector) for vector in _rows(_SOME_VECTORS, [QUESTIONS])]
    figures: Figures = {}
    for name, place in _places().items():
        words = [_milliseconds(lambda q=q, p=place: search(q, p)) for q in questions]
        both = [
            _milliseconds(lambda q=q, p=place, v=v: search(q, p, meaning=v))
            for q, v in zip(questions, vectors, strict=True)
        ]
        figures |= _percentiles(f"words.{name}", words) | _percentiles(f"hybrid.{name}", both)
        figures[f"near.{name}"] = sum(_share_found(asked, place) for asked in vectors) / len(vectors)
        if name == "50":
            plain = [_milliseconds(lambda q=q, p=place: _by_cover_density(q, p)) for q in questions[:10]]
            ours = [_milliseconds(lambda q=q, p=place: search(q, p)) for q in questions[:10]]
            figures["cover_density.times"] = statistics.median(plain) / statistics.median(ours)
    return figures


def _places() -> dict[str, "object"]:
    """Where is looked, by the share of all passages in percent."""
    people = {name: User.objects.get(email=f"{name}@bench.example") for name in ("s0", "s1", "m0", "t0")}
    every = tuple(Collection.objects.values_list("pk", flat=True))
    made = {"50": people["s0"], "20": people["s1"], "2": people["m0"], "0.05": people["t0"]}
    return {"100": Place(Workspace(people["s0"]), every)} | {name: Place(Workspace(one)) for name, one in made.items()}


def _questions() -> list[str]:
    """Some words of a passage each, of those that are in the haystack."""
    dice = random.Random(11)
    return [" ".join(dice.sample(text.split(), 5)) for text in _rows(_SOME, [QUESTIONS])]


def _space():
    return EmbeddingSpace.objects.get(state="live").pk


def _rows(sql: str, given: list) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [row[0] for row in cursor.fetchall()]


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _percentiles(name: str, found: list[float]) -> Figures:
    return {f"{name}.p50": statistics.median(found), f"{name}.p95": percentile(found, 0.95)}


def _share_found(asked, place) -> float:
    """How many of the nearest vectors the search gives, of those that a look at all of them does."""
    where = {"scope": place.scope} if place.collections is None else {"collections": place.collections}
    here = "scope = %(scope)s" if place.collections is None else "true"
    given = {"space": asked.space, "vector": written(asked.vector), "among": AMONG, "scope": place.scope}
    with _without_index(), connection.cursor() as cursor:
        cursor.execute(_ALL_COUNTED.format(place=here), given)
        (passages,) = cursor.fetchone()
        cursor.execute(_ALL.format(place=here), given)
        right = {chunk for (chunk,) in cursor.fetchall()}
    found = {chunk for chunk, _document in nearest(asked, passages, **where, most=AMONG)}
    return len(right & found) / len(right)


@contextlib.contextmanager
def _without_index():
    """Have PostgreSQL look at all rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
        yield


def _by_cover_density(question: str, place) -> None:
    """Any of the words, in three configurations, ranked as PostgreSQL's documentation does it, in a wide table."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_THREE, [[unit.text for unit in units(question)]])
        cursor.execute(_COVER_DENSITY, {"scope": place.scope, "any": cursor.fetchone()[0]})
        cursor.fetchall()


def main() -> None:
    print(json.dumps({"recall": recall, "speed": speed}[sys.argv[1]]()))


if __name__ == "__main__":
    main()
