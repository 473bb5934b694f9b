"""Passages that answer a question, by their words and, where there is a model for that, by their meaning.

Rare words find passages, all of them rank them: PostgreSQL's own ranks know nothing of how rare a word is, so that of
`ts_rank` only is taken how often each word stands there, and BM25 reckoned with it. No word must be there. Passages
found by meaning are put between those by the ranks of both. What a person may read is asked in the query, and asked
again of the documents that were found.
"""

import json
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from uuid import UUID

from django.db import connection

from documents.knowledge.words import Unit, units
from documents.models import Document
from documents.vectors.nearest import Asked, nearest
from teams import access
from teams.workspace import Workspace

MOST = 20  # passages of one answer
CANDIDATES = 200  # that are ranked by all words
A_DOCUMENT, OF = 3, 10  # of ten passages so many may be of one document, where others have some
_ROWS = 20_000  # that a question's rare words may find
_OF_ONE = 20  # candidates of one document
_SATURATION, _LENGTHS, _USUAL = 2.0, 0.9, 950.0  # BM25's k1 and b, and the characters of a usual passage
#: What `ts_rank` makes of a word that stands there once, twice and so on.
_RANKS = [rank / 1.64493406685 for rank in accumulate(1 / n**2 for n in range(1, 41))]
_RANKED, _FUSED = 60, 50  # passages of each list that are fused, by 1 / (60 + rank)
_TELLING = 0.05  # of all passages in which a word stands that tells something, at the most
_COVERED = 0.4  # of what a question's words tell, that a passage without a telling one must hold to fit

_KNOWN = "SELECT word, sum(documents) FROM search_word WHERE word = ANY(%s) GROUP BY word"
_TOTALS = "SELECT coalesce(sum(chunks), 0) FROM search_totals"
#: Passages by how much the words in them tell, and of these the best by how often they stand there.
_FIND = """
WITH asked AS (
    SELECT id, document_id, {present} AS told FROM document_chunk WHERE search @@ %(any)s::tsquery AND {place} {limit}
), best AS MATERIALIZED (
    SELECT id FROM (
        SELECT id, told, row_number() OVER (PARTITION BY document_id ORDER BY told DESC, id) AS n FROM asked
    ) AS numbered WHERE n <= %(of_one)s::int ORDER BY told DESC, id LIMIT %(candidates)s::int
)
SELECT id, document_id, coalesce((anchor->>'length')::int, (anchor->>'end')::int - (anchor->>'start')::int), ARRAY[{ranks}]
FROM document_chunk JOIN best USING (id)
"""
_SHOW = """
SELECT document_chunk.id, chunk_text.text, document_chunk.anchor, document_chunk.position,
    document_extraction.version, document_extraction.sha256
FROM document_chunk JOIN chunk_text ON chunk_text.chunk_id = document_chunk.id
JOIN document_extraction USING (document_id) WHERE document_chunk.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where is looked: in what lies in a workspace, or in these documents alone, whoever's they are."""

    workspace: Workspace
    documents: tuple[UUID, ...] | None = None

    @property
    def scope(self) -> UUID:
        return self.workspace.team.pk if self.workspace.team else self.workspace.user.pk


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was found. `anchor` as in DocumentChunk; `version` of a document that people write, else None."""

    document: Document
    text: str
    anchor: dict
    position: int
    version: int | None
    sha256: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, best first. `fits`: by its words; `words` says what was looked for.

    `by_meaning`: some may answer in other words. `is_partial`: the search by meaning did not answer.
    """

    passages: list[Passage] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    fits: bool = False
    by_meaning: bool = False
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class _Weighted:
    """A unit of the question with how much it tells: `share` of all passages have it."""

    unit: Unit
    idf: float
    passages: int
    share: float


@dataclass(frozen=True, slots=True)
class _Hit:
    """A passage; `has` says of each unit whether it is there, () of one that was found by its meaning alone."""

    chunk: UUID
    document: UUID
    score: float
    has: tuple[bool, ...] = ()


def search(question: str, place: Place, most: int = 10, meaning: Asked | None = None) -> Found:
    """Return the passages that fit a question best, at most so many, and as many as there are.

    `meaning`: the question as a vector, None where documents are searched by words alone.
    """
    asked = _weighed(units(question))
    words = [one.unit.text for one in asked if not one.unit.is_extra]
    by_words = _hits(asked, place, most) if asked else []
    near = _near(meaning, place) if meaning and not _is_name(question) else []
    hits = _fused(by_words, near) if near else by_words
    documents = _readable(place, hits)
    hits = _varied([hit for hit in hits if hit.document in documents], most)
    partial = meaning is not None and not meaning.vector
    return Found(_passages(hits, documents), words, _fits(hits, asked), bool(near), partial)


# ---- meaning --------------------------------------------------------------------------------------------
def _is_name(question: str) -> bool:
    """Whether one thing is asked for by its name, such as PRX-7731: a model would only give what looks like it."""
    return len(question.split()) == 1 and any(sign.isdigit() for sign in question)


def _near(meaning: Asked, place: Place) -> list[_Hit]:
    where = {"scope": place.scope} if place.documents is None else {"documents": place.documents}
    return [_Hit(chunk, document, 0.0) for chunk, document in nearest(meaning, **where, most=_FUSED)]


def _fused(by_words: Sequence[_Hit], near: Sequence[_Hit]) -> list[_Hit]:
    """Both lists as one, by the sum of what the ranks in them say (reciprocal rank fusion)."""
    known = {hit.chunk: hit for hit in [*near, *by_words]}
    scores = dict.fromkeys(known, 0.0)
    for hits in (by_words[:_FUSED], near):
        for rank, hit in enumerate(hits, start=1):
            scores[hit.chunk] += 1 / (_RANKED + rank)
    return sorted((replace(known[chunk], score=score) for chunk, score in scores.items()), key=lambda hit: -hit.score)


# ---- words ----------------------------------------------------------------------------------------------
def _weighed(asked: Sequence[Unit]) -> list[_Weighted]:
    """The units, the rarest first, with what they tell."""
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS)
        (chunks,) = cursor.fetchone()
        cursor.execute(_KNOWN, [[form for unit in asked for form in unit.forms]])
        known = dict(cursor.fetchall())
    weighed = []
    for unit in asked:
        have = int(min(sum(known.get(form, 0) for form in unit.forms), chunks))
        idf = math.log(1 + (chunks - have + 0.5) / (have + 0.5))
        weighed.append(_Weighted(unit, idf, have, have / chunks if chunks else 0.0))
    return sorted(weighed, key=lambda one: -one.idf)


def _score(asked: Sequence[_Weighted], ranks: Sequence[float], length: int) -> float:
    """BM25 of a passage of so many characters, by what `ts_rank` says of each unit."""
    room = _SATURATION * (1 - _LENGTHS + _LENGTHS * length / _USUAL)
    counts = (bisect_left(_RANKS, rank - 1e-6) + 1 if rank else 0 for rank in ranks)
    return sum(one.idf * n * (_SATURATION + 1) / (n + room) for one, n in zip(asked, counts, strict=True))


def _fits(hits: Sequence[_Hit], asked: Sequence[_Weighted]) -> bool:
    """Whether any of the passages answers: it has a word that tells something, or most of what was asked."""
    whole = sum(one.idf for one in asked if not one.unit.is_extra) or 1.0
    for hit in hits:
        here = [one for one, has in zip(asked, hit.has, strict=bool(hit.has)) if has]
        covered = sum(one.idf for one in here if not one.unit.is_extra) / whole
        if covered >= _COVERED or any(one.share <= _TELLING for one in here):
            return True
    return False


# ---- rows -----------------------------------------------------------------------------------------------
def _hits(asked: Sequence[_Weighted], place: Place, most: int) -> list[_Hit]:
    """Candidates by rare words; where these find too few, by all."""
    rare, rows = [], 0
    for one in asked:
        rows += one.passages
        if rare and rows > _ROWS:
            break
        rare.append(one)
    hits = _found(rare, asked, place)
    return hits if len(hits) >= most or len(rare) == len(asked) else _found(asked, asked, place)


def _found(by: Sequence[_Weighted], asked: Sequence[_Weighted], place: Place) -> list[_Hit]:
    """The best passages that have any of the units `by`, ranked by all that are asked."""
    given = {"any": " | ".join(f"({one.unit.query})" for one in by), "of_one": _OF_ONE, "candidates": CANDIDATES}
    present, ranks = [], []
    for n, one in enumerate(asked):
        given |= {f"q{n}": one.unit.query, f"w{n}": one.idf, f"f{n}": len(one.unit.forms)}
        ranks.append(f"%(f{n})s::int * ts_rank('{{1,1,1,1}}', search, %(q{n})s::tsquery)")
        if one in by:
            present.append(f"%(w{n})s::float8 * (search @@ %(q{n})s::tsquery)::int")
    where, values = _where(place)
    parts = {"present": " + ".join(present), "ranks": ", ".join(ranks)}
    limit = f"LIMIT {_ROWS}" if len(by) == len(asked) else ""
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(**parts, place=where, limit=limit), given | values)
        hits = [
            _Hit(chunk, document, _score(asked, ranks, length), tuple(rank > 0 for rank in ranks))
            for chunk, document, length, ranks in cursor.fetchall()
        ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk))


def _where(place: Place) -> tuple[str, dict]:
    if place.documents is None:
        return "scope = %(scope)s", {"scope": place.scope}
    return "document_id = ANY(%(documents)s) AND scope IS NOT NULL", {"documents": list(place.documents)}


def _readable(place: Place, hits: Iterable[_Hit]) -> dict[UUID, Document]:
    """The documents of these that the person may read at this moment."""
    who = place.workspace if place.documents is None else place.workspace.user
    rows = Document.objects.filter(pk__in={hit.document for hit in hits}).defer("content").select_related("team")
    return {document.pk: document for document in access.rows(who, rows)}


def _varied(hits: Sequence[_Hit], most: int) -> list[_Hit]:
    """The best, of one document three in ten; what is left over fills up."""
    each = max(1, -(-most * A_DOCUMENT // OF))
    counted: dict[UUID, int] = {}
    first, later = [], []
    for hit in hits:
        counted[hit.document] = counted.get(hit.document, 0) + 1
        (first if counted[hit.document] <= each else later).append(hit)
    return (first + later)[:most]


def _passages(hits: Sequence[_Hit], documents: dict[UUID, Document]) -> list[Passage]:
    with connection.cursor() as cursor:
        cursor.execute(_SHOW, [[hit.chunk for hit in hits]])
        shown = {pk: (text, json.loads(anchor), *more) for pk, text, anchor, *more in cursor.fetchall()}
    return [Passage(documents[hit.document], *shown[hit.chunk], hit.score) for hit in hits if hit.chunk in shown]
