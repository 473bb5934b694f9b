"""Passages that answer a question, by their words and, where there is a model for that, by their meaning.

Words that tell much together find passages (`candidates.py`), all of them rank them: PostgreSQL's own ranks know
nothing of how rare a word is, so that of `ts_rank` only is taken how often each word stands there, and BM25 reckoned
with it. No word must be there. Passages found by meaning are put between those by the ranks of both. What a person may
read is asked in the query, and asked again of the documents that were found.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from uuid import UUID

from django.db import connection
from psycopg.sql import SQL, Composed

from documents.knowledge.candidates import MOST as MOST_ROWS
from documents.knowledge.candidates import WANTED, Query, Weighted, any_of, telling
from documents.knowledge.words import Unit, units
from documents.models import Document
from documents.vectors.nearest import ITEMS, Asked, nearest
from documents.vectors.spaces import EXACT
from teams import access
from teams.workspace import Workspace

MOST = 20  # passages of one answer
CANDIDATES = 200  # that are ranked by all words
A_DOCUMENT, OF = 3, 10  # of ten passages so many may be of one document, where others have some
SMALL = 1_500  # passages of a place up to which any with a word is looked at
_COUNTED = 5_000  # passages of a place that are counted
_LARGE = 0.5  # of all passages: what a place with more is taken for, until it gives too few
_MORE = 10  # times as many passages are looked at then
_OF_ONE = 20  # candidates of one document
_SATURATION, _LENGTHS, _USUAL = 2.0, 0.9, 950.0  # BM25's k1 and b, and the characters of a usual passage
#: What `ts_rank` makes of a word that stands there once, twice and so on.
_RANKS = [rank / 1.64493406685 for rank in accumulate(1 / n**2 for n in range(1, 41))]
_RANKED, _FUSED = 60, 50  # passages of each list that are fused, by 1 / (60 + rank)
_TELLING = 0.05  # of all passages in which a word stands that tells something, at the most
_COVERED = 0.4  # of what a question's words tell, that a passage without a telling one must hold to fit

# Values stand in these statements: they are planned for them, and the words are read once, not for each row. One that
# the connection keeps prepared knows none.
#: What is known of the words, of all passages, and of those here.
_KNOWN = SQL("""
SELECT (SELECT coalesce(sum(chunks), 0) FROM search_totals),
    (SELECT count(*) FROM (SELECT FROM {place} LIMIT {most}) AS here),
    array_agg(word), array_agg(n)
FROM (SELECT word, sum(documents) AS n FROM search_word WHERE word = ANY({forms}) GROUP BY word) AS known
""")
#: Passages by how much the words in them tell, and of these the best by how often they stand there.
_FIND = SQL("""
WITH asked AS (
    SELECT ctid AS at, id, document_id, {present} AS told
    FROM document_chunk WHERE search @@ {query}::tsquery AND {place} {limit}
), best AS MATERIALIZED (
    SELECT at FROM (
        SELECT at, id, told, row_number() OVER (PARTITION BY document_id ORDER BY told DESC, id) AS n FROM asked
    ) AS numbered WHERE n <= {of_one} ORDER BY told DESC, id LIMIT {most}
)
SELECT id, document_id,
    coalesce((anchor->>'length')::int, (anchor->>'end')::int - (anchor->>'start')::int), ARRAY[{ranks}]
FROM document_chunk JOIN best ON document_chunk.ctid = at
""")
_PRESENT, _RANK = SQL("{} * (search @@ {}::tsquery)::int"), SQL("{} * ts_rank('{{1,1,1,1}}', search, {}::tsquery)")
_OF_SCOPE, _OF_COLLECTIONS = SQL("scope = {}"), SQL("scope IS NOT NULL AND document_id IN ({})")
_SCOPE_ROWS = SQL("document_chunk WHERE scope = {}")
_COLLECTION_ROWS = SQL("({}) AS item JOIN document_chunk USING (document_id)")
_SHOW = """
SELECT document_chunk.id, chunk_text.text, document_chunk.anchor, document_chunk.position,
    document_extraction.version, document_extraction.sha256
FROM document_chunk JOIN chunk_text ON chunk_text.chunk_id = document_chunk.id
JOIN document_extraction USING (document_id) WHERE document_chunk.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where is looked: in what lies in a workspace, or in these collections and documents alone, whoever's they are."""

    workspace: Workspace
    collections: tuple[UUID, ...] | None = None
    documents: tuple[UUID, ...] = ()  # besides what lies in the collections

    @property
    def items(self) -> Composed:
        """The documents of the collections, and those beside them."""
        return ITEMS.format(list(self.collections), list(self.documents))

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
class _Hit:
    """A passage; `has` says of each unit whether it is there, () of one that was found by its meaning alone."""

    chunk: UUID
    document: UUID
    score: float
    has: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before anything is looked for: the words with what they tell, the rarest first; how many passages.

    `here`: those of the place, as far as they are counted.
    """

    words: list[Weighted]
    passages: int
    here: int


def search(question: str, place: Place, most: int = 10, meaning: Asked | None = None) -> Found:
    """Return the passages that fit a question best, at most so many, and as many as there are.

    `meaning`: the question as a vector, None where documents are searched by words alone.
    """
    counted = EXACT + 1 if meaning and meaning.vector else _COUNTED
    known = _known(units(question), place, counted)
    words = [one.unit.text for one in known.words if not one.unit.is_extra]
    by_words = _hits(known, place, most) if known.words else []
    near = _near(meaning, place, known.here) if meaning and not _is_name(question) else []
    hits = _fused(by_words, near) if near else by_words
    shown, documents = _shown(place, hits, most)
    partial = meaning is not None and not meaning.vector
    return Found(_passages(shown, documents), words, _fits(shown, known.words), bool(near), partial)


# ---- meaning --------------------------------------------------------------------------------------------
def _is_name(question: str) -> bool:
    """Whether one thing is asked for by its name, such as PRX-7731: a model would only give what looks like it."""
    return len(question.split()) == 1 and any(sign.isdigit() for sign in question)


def _near(meaning: Asked, place: Place, here: int) -> list[_Hit]:
    where = {"scope": place.scope}
    if place.collections is not None:
        where = {"collections": place.collections, "documents": place.documents}
    return [_Hit(chunk, document, 0.0) for chunk, document in nearest(meaning, here, **where, most=_FUSED)]


def _fused(by_words: Sequence[_Hit], near: Sequence[_Hit]) -> list[_Hit]:
    """Both lists as one, by the sum of what the ranks in them say (reciprocal rank fusion)."""
    known = {hit.chunk: hit for hit in [*near, *by_words]}
    scores = dict.fromkeys(known, 0.0)
    for hits in (by_words[:_FUSED], near):
        for rank, hit in enumerate(hits, start=1):
            scores[hit.chunk] += 1 / (_RANKED + rank)
    return sorted((replace(known[chunk], score=score) for chunk, score in scores.items()), key=lambda hit: -hit.score)


# ---- words ----------------------------------------------------------------------------------------------
def _known(asked: Sequence[Unit], place: Place, counted: int) -> _Known:
    rows = _SCOPE_ROWS.format(place.scope)
    if place.collections is not None:
        rows = _COLLECTION_ROWS.format(place.items)
    forms = [form for unit in asked for form in unit.forms]
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN.format(place=rows, forms=forms, most=counted))
        passages, here, words, counts = cursor.fetchone()
    have = dict(zip(words or (), counts or (), strict=True))
    weighted = [
        Weighted.of(unit, int(min(sum(have.get(form, 0) for form in unit.forms), passages)), passages) for unit in asked
    ]
    return _Known(sorted(weighted, key=lambda one: -one.idf), passages, here)


def _score(asked: Sequence[Weighted], ranks: Sequence[float], length: int) -> float:
    """BM25 of a passage of so many characters, by what `ts_rank` says of each unit."""
    room = _SATURATION * (1 - _LENGTHS + _LENGTHS * length / _USUAL)
    counts = (bisect_left(_RANKS, rank - 1e-6) + 1 if rank else 0 for rank in ranks)
    return sum(one.idf * n * (_SATURATION + 1) / (n + room) for one, n in zip(asked, counts, strict=True))


def _fits(hits: Sequence[_Hit], asked: Sequence[Weighted]) -> bool:
    """Whether any of the passages answers: it has a word that tells something, or most of what was asked."""
    whole = sum(one.idf for one in asked if not one.unit.is_extra) or 1.0
    for hit in hits:
        here = [one for one, has in zip(asked, hit.has, strict=bool(hit.has)) if has]
        covered = sum(one.idf for one in here if not one.unit.is_extra) / whole
        if covered >= _COVERED or any(one.share <= _TELLING for one in here):
            return True
    return False


# ---- rows -----------------------------------------------------------------------------------------------
def _hits(known: _Known, place: Place, most: int) -> list[_Hit]:
    """The best passages, ranked. Where those that tell most are too few, more are looked at, and at last all."""
    where = _where(place)
    if known.here <= SMALL:
        return _found(any_of(known.words, known.here), known.words, where)
    here = known.here if known.here < _COUNTED else max(known.here, _LARGE * known.passages)
    query = None
    for wanted in (WANTED, _MORE * WANTED):
        former, query = query, telling(known.words, here, wanted)
        if query == former:
            break
        hits = _found(query, known.words, where)
        if len(hits) >= most or query.is_any:
            return hits
    return _found(any_of(known.words, here), known.words, where)


def _found(query: Query, asked: Sequence[Weighted], where: Composed) -> list[_Hit]:
    """The best passages that fit the query, ranked by all words that are asked."""
    given = {
        "query": query.text,
        "place": where,
        "limit": SQL("LIMIT {}").format(MOST_ROWS) if query.expected > MOST_ROWS else SQL(""),
        "of_one": _OF_ONE,
        "most": CANDIDATES,
        "present": SQL(" + ").join(_PRESENT.format(one.idf, one.unit.query) for one in asked),
        "ranks": SQL(", ").join(_RANK.format(len(one.unit.forms), one.unit.query) for one in asked),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(**given))
        hits = [
            _Hit(chunk, document, _score(asked, ranks, length), tuple(rank > 0 for rank in ranks))
            for chunk, document, length, ranks in cursor.fetchall()
        ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk))


def _where(place: Place) -> Composed:
    if place.collections is None:
        return _OF_SCOPE.format(place.scope)
    return _OF_COLLECTIONS.format(place.items)


def _shown(place: Place, hits: Sequence[_Hit], most: int) -> tuple[list[_Hit], dict[UUID, Document]]:
    """The passages that are shown, with their documents. All are asked about only where one may not be read."""
    shown = _varied(hits, most)
    documents = _readable(place, shown)
    if any(hit.document not in documents for hit in shown):
        documents = _readable(place, hits)
        shown = _varied([hit for hit in hits if hit.document in documents], most)
    return shown, documents


def _readable(place: Place, hits: Iterable[_Hit]) -> dict[UUID, Document]:
    """The documents of these that the person may read at this moment."""
    who = place.workspace if place.collections is None else place.workspace.user
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
