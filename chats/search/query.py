"""What somebody types to search, as values: words, phrases, what must not be there, and operators."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

LONGEST = 300  # characters that are read
MOST_WORDS = 12
OPERATORS = ("in", "tag", "model", "from", "after", "before", "has", "is")
_VALUE = r'"(?P<{0}_quoted>[^"]*)"?|(?P<{0}_plain>[^\s"]{1})'
_PIECE = re.compile(
    rf"(?P<not>-)?(?:(?P<operator>{'|'.join(OPERATORS)}):(?:{_VALUE.format('of', '*')})|{_VALUE.format('word', '+')})",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TOKENS = re.compile(r"[^\W_]+")
_AGE = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_KNOWN = {"has": {"file"}, "is": {"pinned", "unread", "public"}}


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be there, or must not: words beside one another. `is_prefix`: the last may go on."""

    tokens: tuple[str, ...]
    is_exact: bool = False
    is_not: bool = False
    is_prefix: bool = False


@dataclass(slots=True)
class Query:
    """`filters` are operators with their values, in their order; `problems` what cannot be understood, for people."""

    terms: list[Term] = field(default_factory=list)
    filters: list[tuple[str, str]] = field(default_factory=list)
    after: datetime | None = None
    before: datetime | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.filters or self.after or self.before)

    @property
    def words(self) -> list[str]:
        """What is marked in what was found."""
        return [token for term in self.terms if not term.is_not for token in term.tokens]

    def of(self, operator: str) -> list[str]:
        return [value for name, value in self.filters if name == operator]


def parse(text: str, *, is_typing: bool = False) -> Query:
    """Read what was typed; no text makes this raise. `is_typing`: the last word may not be complete."""
    query, found = Query(), list(_PIECE.finditer(text[:LONGEST]))
    last = next((piece for piece in reversed(found) if not piece["operator"]), None)
    for piece in found:
        if operator := piece["operator"]:
            _add_filter(query, operator.lower(), (piece["of_quoted"] or piece["of_plain"] or "").strip())
            continue
        quoted = piece["word_quoted"]
        whole = piece["word_plain"] if quoted is None else quoted
        is_last = is_typing and piece is last and quoted is None and not text[:LONGEST][-1:].isspace()
        if tokens := tokens_of(whole):
            query.terms.append(Term(tokens, quoted is not None, bool(piece["not"]), is_last and not piece["not"]))
    if len(query.terms) > MOST_WORDS:
        query.problems.append(_("Only the first %(n)s words are searched for.") % {"n": MOST_WORDS})
        query.terms = query.terms[:MOST_WORDS]
    return query


def tokens_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are indexed: identifiers in their parts."""
    return tuple(token.lower() for token in _TOKENS.findall(_CAMEL.sub(" ", text)))


def _add_filter(query: Query, operator: str, value: str) -> None:
    if not value:
        query.problems.append(_("“%(name)s:” needs a value.") % {"name": operator})
    elif operator in ("after", "before"):
        moment = _moment(value)
        if moment is None:
            said = _("“%(value)s” is no date. Write 2026-03-31, or 7d, 2w, 3m for so long ago.")
            query.problems.append(said % {"value": value})
        else:
            setattr(query, operator, moment)
    elif operator in _KNOWN and value.lower() not in _KNOWN[operator]:
        known = ", ".join(f"{operator}:{one}" for one in sorted(_KNOWN[operator]))
        query.problems.append(
            _("There is no %(found)s, only %(known)s.") % {"found": f"{operator}:{value}", "known": known}
        )
    else:
        query.filters.append((operator, value.lower() if operator in _KNOWN else value))


def _moment(value: str) -> datetime | None:
    """The beginning of that day for whoever reads; None where it is none."""
    try:
        if age := _AGE.fullmatch(value.lower()):
            day = timezone.localdate() - timedelta(days=int(age[1]) * _DAYS[age[2]])
        else:
            day = date.fromisoformat(value)
        return timezone.make_aware(datetime.combine(day, time.min))
    except (ValueError, OverflowError):
        return None


# ---- for PostgreSQL -------------------------------------------------------------------------------------
def tsquery(terms: list[Term]) -> tuple[str, list[str]]:
    """Return the SQL of a tsquery that all terms fit, and its parameters."""
    pieces, params = [], []
    for term in terms:
        sql, given = _term(term)
        pieces.append(f"(!! {sql})" if term.is_not else sql)
        params += given
    return f"({' && '.join(pieces)})", params


def _term(term: Term) -> tuple[str, list[str]]:
    """A word fits as it is, and by its stem in either language; several beside one another as they are.

    Exact ones have the weight A in the index: else the stem "roast" of "roasting" would be an exact word too.
    """
    is_exact = term.is_exact or len(term.tokens) > 1
    weight = ":A" if is_exact else ""
    exact = " <-> ".join(f"'{token}'{weight}" for token in term.tokens)  # tokens hold letters and digits alone
    if term.is_prefix:
        exact += "*" if is_exact else ":*"
    sql, params = "to_tsquery('pg_catalog.simple', %s)", [exact]
    if not is_exact:
        for language in ("english", "indonesian"):
            sql += f" || plainto_tsquery('pg_catalog.{language}', %s)"
            params.append(term.tokens[0])
    return f"({sql})", params
