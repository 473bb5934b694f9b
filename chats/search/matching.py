"""Terms as PostgreSQL is asked for them: a tsquery, and the pairs by which an index knows phrases that are nowhere."""

from dataclasses import dataclass, field
from itertools import pairwise

from chats.search.query import Term
from sambung.lib import lexemes


@dataclass(frozen=True, slots=True)
class Asked:
    """`words`: SQL of a tsquery that all terms fit, for `column`, with its parameters.

    `pairs`: what messages need where there are phrases; an index of them tells more than one of their words.
    `others`: a tsquery of the terms beside those phrases, "" without any.
    """

    column: str
    words: str
    params: list[str]
    pairs: list[int] = field(default_factory=list)
    others: str = ""

    def found_by(self) -> tuple[str, list]:
        """SQL by which indexes find messages, with its parameters: more than fit, where there are phrases."""
        if not self.pairs:
            return f"{self.column} @@ {self.words}", self.params
        sql, params = "pairs @> %s::int2[]", [self.pairs]
        return (f"{sql} AND {self.column} @@ %s::tsquery", [*params, self.others]) if self.others else (sql, params)


def asked(terms: list[Term]) -> Asked:
    """Return what the terms are in the columns of words and pairs."""
    sought = [term for term in terms if not term.is_not]
    pairs = {pair for term in sought for pair in _pairs(term)}
    others = " & ".join(_fits(term) for term in sought if not _pairs(term))
    query = " & ".join(f"!{_fits(term)}" if term.is_not else _fits(term) for term in terms)
    return Asked("words", "%s::tsquery", [query], sorted(pairs), others)


def _fits(term: Term) -> str:
    """A word fits as it is, and by its forms; several beside one another as they are, with their signs."""
    pieces = [_word(term)] if term.words else []
    for sign in term.signs:
        may_go_on = term.is_prefix and sign == term.signs[-1]
        pieces.append(_quoted(sign, goes_on=may_go_on))
    return f"({' & '.join(pieces)})"


def _word(term: Term) -> str:
    if len(term.words) == 1 and not term.is_exact:
        (word,) = term.words
        fitting = [_quoted(form) for form in sorted(lexemes.forms(word))]
        return f"({' | '.join([*fitting, _quoted(word, goes_on=True)] if term.is_prefix else fitting)})"
    *first, last = term.words
    phrase = " <-> ".join([*map(_quoted, first), _quoted(last, goes_on=term.is_prefix)])
    return f"({phrase} | {_quoted(term.whole, goes_on=term.is_prefix)})" if term.whole else f"({phrase})"


def _quoted(word: str, *, goes_on: bool = False) -> str:
    return lexemes.quoted(word) + (":*" if goes_on else "")


def _pairs(term: Term) -> list[int]:
    """Of words that all are known; an identifier may also stand there as a whole."""
    words = term.words[:-1] if term.is_prefix else term.words
    return [] if term.whole else [lexemes.pair(*both) for both in pairwise(words)]
