"""What was found in a text, by the same words as in the index: where it stands, the stretch around it, the marks."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from chats.search.query import Term
from sambung.lib import lexemes
from sambung.lib.lexemes import Word

AROUND = 90  # characters of a snippet before the word; twice as many follow
FURTHER = 4000  # characters behind the first place in which a longer word is looked for
_MARKS = [
    (re.compile(mark, re.MULTILINE), instead)
    for mark, instead in (
        (r"^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)*(?:[ \t]*:?-{3,}:?)?[ \t]*$", ""),  # rules, and those of tables
        (r"^[ \t]*```.*$", ""),
        (r"^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+", ""),
        (r"(?<!\w)(?:\*\*|~~|`)(?=\S)|(?<=\S)(?:\*\*|~~|`)(?!\w)|\[\^\w+\]", ""),
        (r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1"),
        (r"^[ \t]*\||[ \t]*\|[ \t]*$|(?<= )\|(?= )", " "),
    )
]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `is_hit`: it is what was looked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term stands in a text."""

    term: Term
    start: int
    end: int


def places(text: str, terms: Sequence[Term]) -> Iterator[Place]:
    """Give each place of each term, in the order of their ends."""
    ends, beginnings = _ends(tuple(terms))
    before: deque[tuple[int, str]] = deque(maxlen=max((len(term.words) for term in terms), default=0) or 1)
    for at, words in lexemes.stretches(text) if terms else ():
        for word in words:
            said = word.text
            if said:
                before.append((at + word.start, said))
            if word.others or word.signs or said in ends or said.startswith(beginnings) or _has(ends, said):
                for term in terms:
                    if span := _span(term, word, at, before):
                        yield Place(term, *span)


@lru_cache(maxsize=100)
def _ends(terms: tuple[Term, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words and stems with which any of the terms may end, and beginnings of such: other words need no closer look."""
    lasts = {last for term in terms for last in (term.whole, *term.words[-1:]) if last}
    forms = (lexemes.forms(term.words[0]) for term in terms if len(term.words) == 1 and not term.is_exact)
    begun = (last for term in terms if term.is_prefix for last in (term.whole, *term.words[-1:]) if last)
    return frozenset(lasts.union(*forms)), tuple(begun)


def _has(ends: frozenset[str], word: str) -> bool:
    return not ends.isdisjoint(lexemes.stems(word))


def _span(term: Term, word: Word, at: int, before: deque[tuple[int, str]]) -> tuple[int, int] | None:
    """Where a term stands that is this word, or ends with it; None where none does. Its place counts from `at`."""
    if term.signs:
        return next((_with_sign(word, at, sign) for sign in word.signs if _is_sign(term, sign)), None)
    count, start, end = len(term.words), at + word.start, at + word.end
    if word.text and (count == 1 or term.whole):
        sought = term.whole or term.words[0]
        if whole := next((other for other in word.others if _is(term, sought, other)), ""):
            return start, max(end, start + len(whole))
        if _is(term, sought, word.text) or (count == 1 and _is_form(term, word.text)):
            return start, end
    if word.text and count > 1 and len(before) >= count and _is(term, term.words[-1], word.text):
        beside = list(before)[-count:-1]
        if all(said == known for (_start, said), known in zip(beside, term.words, strict=False)):
            return beside[0][0], end
    return None


def _is(term: Term, sought: str, word: str) -> bool:
    return word.startswith(sought) if term.is_prefix else word == sought


def _is_form(term: Term, word: str) -> bool:
    if term.is_exact:
        return False
    forms = lexemes.forms(term.words[0])
    return word in forms or not forms.isdisjoint(lexemes.stems(word))


def _is_sign(term: Term, sign: str) -> bool:
    return sign in term.signs or (term.is_prefix and sign.startswith(term.signs[-1]))


def _with_sign(word: Word, at: int, sign: str) -> tuple[int, int]:
    start, end = at + word.start, at + word.end
    if not word.text:
        return start, end
    return (start - 1, end) if sign[0] in ".#" else (start, max(end, start + len(sign)))


def cut(text: str, terms: Sequence[Term]) -> str:
    """The text around the first place of a term, in one line; of several the longest that is there says most."""
    found = _telling(text, terms)
    at, end = (found.start, found.end) if found else (0, 0)
    start, stop = max(at - AROUND, 0), end + 2 * AROUND
    before, after = plain(text[start:at]), plain(f"x{text[end:stop]}")[1:]  # it begins no line
    if start:
        before = f"…{before.partition(' ')[2] or before}"
    if stop < len(text):
        after = f"{after.rpartition(' ')[0] or after}…"
    return " ".join(f"{before}{text[at:end]}{after}".split())


def _telling(text: str, terms: Sequence[Term]) -> Place | None:
    """A place of the longest term: one where it stands as it was typed, else the first that is near those of others."""
    most = max(terms, key=lambda term: term.length, default=None)
    typed = text.lower().find(most.text.lower()) if most else -1
    if typed >= 0:
        start = max(text.rfind(" ", 0, typed), text.rfind("\n", 0, typed)) + 1
        found = next(places(text[start : typed + FURTHER], [most]), None)
        if found:
            return Place(most, start + found.start, start + found.end)
    return _nearest(text, terms)


def _nearest(text: str, terms: Sequence[Term]) -> Place | None:
    """The first place of the longest term that stands near the first one of all."""
    best, first = None, 0
    most = max((term.length for term in terms), default=0)
    for place in places(text, terms):
        if best is None or place.term.length > best.term.length:
            first = first if best else place.start
            best = place
        if best.term.length == most or place.start > first + FURTHER:
            break
    return best


def plain(text: str) -> str:
    """A stretch of Markdown without most of its marks; what may be code stays as it is."""
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return text


def marked(text: str, terms: Sequence[Term]) -> list[Piece]:
    """The text in pieces, those that were looked for apart."""
    pieces, at = [], 0
    for start, end in _joined(sorted((place.start, place.end) for place in places(text, terms))):
        pieces += [Piece(text[at:start]), Piece(text[start:end], True)]
        at = end
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of a text without those that lie in others, or touch them."""
    made: list[tuple[int, int]] = []
    for start, end in spans:
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def as_html(pieces: Iterable[Piece]) -> SafeString:
    """What was looked for stands in `mark`."""
    html = (f"<mark>{escape(piece.text)}</mark>" if piece.is_hit else escape(piece.text) for piece in pieces)
    return mark_safe("".join(html))  # noqa: S308  each piece was escaped
