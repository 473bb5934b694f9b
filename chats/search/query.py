"""What somebody types to search, as values: words, phrases, what must not be there, and operators."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from sambung.lib import lexemes

LONGEST = 300  # characters that are read
MOST_WORDS = 12
OPERATORS = ("in", "tag", "model", "from", "after", "before", "has", "is")
_VALUE = r'"(?P<{0}_quoted>[^"]*)"?|(?P<{0}_plain>[^\s"]{1})'
_NUMBER = r"(?P<number>[0-9]{1,3}(?: [0-9]{3}){2,})(?!\S)"  # its groups, set apart by spaces
#: A name with a space behind it is a word that was pasted.
_OPERATOR = rf"(?P<operator>{'|'.join(OPERATORS)}):(?=\S|\s*$)(?:{_VALUE.format('of', '*')})"
_PIECE = re.compile(rf"(?<!\S){_NUMBER}|(?P<not>-)?(?:{_OPERATOR}|{_VALUE.format('word', '+')})", re.IGNORECASE)
_AGE = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_KNOWN = {"has": {"file"}, "is": {"pinned", "unread", "public"}}
#: Operators of others, and the nearest that there is.
_FOREIGN = {
    "after:": "on date during since newer newer_than created updated",
    "before:": "until older older_than",
    "from:": "to by author sender user cc bcc with assignee mentions involves dm",
    "tag:": "label labels topic",
    "in:": "folder channel stream project repo",
    "has:file": "filename filetype attachment type",
    "is:": "state status",
    "": "title subject body text",
}
_NEAREST = {name: nearest for nearest, names in _FOREIGN.items() for name in names.split()}
_LOOKS_FOREIGN = re.compile(rf"({'|'.join(_NEAREST)}):[^\s:/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be there, or must not: `words` beside one another, and their `signs` (`c++`, a picture).

    `whole`: the words of an identifier as one. `is_prefix`: the last may go on. `text` is what was typed.
    """

    text: str
    words: tuple[str, ...]
    signs: tuple[str, ...] = ()
    whole: str = ""
    is_exact: bool = False
    is_not: bool = False
    is_prefix: bool = False

    @property
    def length(self) -> int:
        """Letters and signs: the longest of several says most."""
        return sum(map(len, self.words or self.signs))


class Filter(NamedTuple):
    """An operator with its value. `is_not`: the others."""

    name: str
    value: str
    is_not: bool = False


@dataclass(slots=True)
class Query:
    """`filters` stand in their order; `problems` are what cannot be understood as it stands, for people."""

    terms: list[Term] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    after: datetime | None = None
    before: datetime | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.filters or self.after or self.before)

    @property
    def sought(self) -> list[Term]:
        """What is marked in what was found."""
        return [term for term in self.terms if not term.is_not]

    def with_flags(self) -> "Query | None":
        """The same, with what had a minus before it as words: a command line was pasted, perhaps. None without such."""
        flags = [term.text for term in self.terms if term.is_not and not term.is_exact]
        if not flags:
            return None
        terms = [replace(term, is_not=term.is_not and term.is_exact) for term in self.terms]
        said = _("Nothing was found without “%(words)s”, so it was looked for as well.")
        return replace(self, terms=terms, problems=[*self.problems, said % {"words": " ".join(flags)}])


def parse(text: str, *, is_typing: bool = False) -> Query:
    """Read what was typed; no text makes this raise. `is_typing`: the last word may not be complete."""
    query, text = Query(), text[:LONGEST]
    found = list(_PIECE.finditer(text))
    last = next((piece for piece in reversed(found) if not piece["operator"]), None)
    for piece in found:
        if operator := piece["operator"]:
            value = (piece["of_quoted"] or piece["of_plain"] or "").strip()
            _add_filter(query, operator.lower(), value, is_not=bool(piece["not"]))
        elif term := _term(piece, goes_on=is_typing and piece is last and not text[-1:].isspace()):
            query.terms.append(term)
            _tell_foreign(query, piece["word_plain"] or "")
    if len(query.terms) > MOST_WORDS:
        query.problems.append(_("Only the first %(n)s words are searched for.") % {"n": MOST_WORDS})
        query.terms = query.terms[:MOST_WORDS]
    return query


def _term(piece: re.Match, *, goes_on: bool) -> Term | None:
    """One word or phrase; None where it holds nothing that can be found."""
    quoted, plain = piece["word_quoted"], piece["word_plain"] or piece["number"] or ""
    is_flag = quoted is None and (plain.startswith("-") or plain[:1].isdigit())  # --force, -5
    read = list(lexemes.read(plain if quoted is None else quoted))
    words = tuple(word.text for word in read if word.text)
    signs = tuple(sign for word in read for sign in word.signs)
    if not words and not signs:
        return None
    is_not = bool(piece["not"]) and not is_flag
    may_go_on = goes_on and quoted is None and not is_not and not (words and lexemes.is_letter(words[-1]))
    whole = "".join(words) if len(words) > 1 and "".join(words) in read[0].others else ""
    return Term(piece[0].strip('-"'), words, signs, whole, quoted is not None, is_not, may_go_on)


def _tell_foreign(query: Query, word: str) -> None:
    """Say of what looks like an operator that it is none, and which one may be meant."""
    if not (found := _LOOKS_FOREIGN.match(word)):
        return
    if nearest := _NEAREST[found[1].lower()]:
        said = _("There is no “%(name)s:”; it was looked for as words. Perhaps “%(nearest)s” is meant.")
    else:
        said = _(
            "There is no “%(name)s:”; it was looked for as words. Words are looked for in titles and messages alike."
        )
    query.problems.append(said % {"name": found[1], "nearest": nearest})


def _add_filter(query: Query, operator: str, value: str, *, is_not: bool) -> None:
    if not value:
        query.problems.append(_("“%(name)s:” needs a value.") % {"name": operator})
    elif operator in ("after", "before"):
        _add_date(query, ("before" if operator == "after" else "after") if is_not else operator, value)
    elif operator in _KNOWN and value.lower() not in _KNOWN[operator]:
        known = ", ".join(f"{operator}:{one}" for one in sorted(_KNOWN[operator]))
        query.problems.append(
            _("There is no %(found)s, only %(known)s.") % {"found": f"{operator}:{value}", "known": known}
        )
    else:
        query.filters.append(Filter(operator, value.lower() if operator in _KNOWN else value, is_not))


def _add_date(query: Query, side: str, value: str) -> None:
    moment = _moment(value)
    if moment is None:
        said = _("“%(value)s” is no date. Write 2026-03-31, or 7d, 2w, 3m for so long ago.")
        query.problems.append(said % {"value": value})
    else:
        setattr(query, side, moment)


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
