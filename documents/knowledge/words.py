"""The words of a passage as PostgreSQL keeps them, and those of a question as they are looked for.

A passage holds each word in one form: its stem in the passage's language, which its small words tell; where they tell
none, in all of its forms. Letters of scripts without spaces stand in pairs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from sambung.lib import lexemes
from sambung.lib.lexemes import Word

MOST_UNITS = 32  # words of a question that are looked for
_LAST_PLACE, _MOST_PLACES = 16_383, 40  # of a word, as PostgreSQL keeps it
_ENOUGH = 2  # small words that tell a language
#: What a text says little with, and a question nothing.
SMALL = {
    "en": frozenset(
        "a about all also am an and any are as at be been but by can could did do does for from had has have he her"
        " here him his how i if in into is it its may me more most my no not of on one or our out shall she should so"
        " some such than that the their them then there these they this those to too up us was we were what when where"
        " which while who whom whose why will with would you your".split()
    ),
    "id": frozenset(
        "ada adalah agar akan aku anda antara apa apakah atas atau bagaimana bagi bahwa banyak beberapa begitu belum"
        " berapa bila bisa boleh bukan dalam dan dapat dari dengan di dia dimana harus hanya ia ini itu jadi jika juga"
        " kah kami kamu kapan karena ke kepada kita lagi maka mana mengapa mereka oleh pada para saat saja sampai"
        " sangat saya sebagai sebuah secara sedang sejak seperti serta setelah setiap siapa sudah suatu supaya tapi"
        " telah tentang tersebut tetapi tidak untuk yaitu yang".split()
    ),
}


class Indexed(NamedTuple):
    """A passage: `search` is a tsvector as it is written in SQL, `words` are those in it."""

    language: str
    search: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that a question looks for: `text` as it was asked, `forms` any of which fits.

    `is_extra`: a second way to find what stands beside it, such as an identifier as a whole. `goes_on`: words that
    begin so fit as well.
    """

    text: str
    forms: tuple[str, ...]
    is_extra: bool = False
    goes_on: bool = False

    @property
    def query(self) -> str:
        """A tsquery as it is written in SQL."""
        end = ":*" if self.goes_on else ""
        return " | ".join(lexemes.quoted(form) + end for form in self.forms)


# ---- passages -------------------------------------------------------------------------------------------
def index(text: str, above: str) -> Indexed:
    """Read a passage, and what stands `above` it: the document's title and the headings."""
    said, over = list(lexemes.read(text)), list(lexemes.read(above))
    language = _language(word.text for word in said)
    places: dict[str, list[str]] = {}
    at = 0
    for words, mark in ((over, "B"), (said, "")):
        for word, forms in _with_forms(words, language):
            at += bool(word.text)
            for form in forms:
                kept = places.setdefault(form, [])
                if len(kept) < _MOST_PLACES:
                    kept.append(f"{min(max(at, 1), _LAST_PLACE)}{mark}")
    written = " ".join(f"{lexemes.quoted(form)}:{','.join(dict.fromkeys(kept))}" for form, kept in places.items())
    return Indexed(language, written, frozenset(places))


def _language(words: Iterable[str]) -> str:
    """The language whose small words there are most of; "" where there are too few."""
    counted = dict.fromkeys(SMALL, 0)
    for word in words:
        for language, small in SMALL.items():
            counted[language] += word in small
    language = max(counted, key=counted.get)
    return language if counted[language] >= _ENOUGH else ""


def _with_forms(words: list[Word], language: str) -> Iterator[tuple[Word, tuple[str, ...]]]:
    """Each word with the forms under which it is found."""
    before: Word | None = None
    for word in words:
        if word.text and lexemes.is_letter(word.text):
            is_beside = before is not None and before.end == word.start
            yield word, (before.text + word.text, *word.signs) if is_beside else (word.text, *word.signs)
            before = word
        else:
            yield word, (*_forms(word.text, language), *word.others, *word.signs)
            before = None


@lru_cache(maxsize=20_000)
def _forms(word: str, language: str) -> tuple[str, ...]:
    if not word:
        return ()
    if language:
        return (lexemes.stem(word, language),)
    return tuple(dict.fromkeys((word, *(lexemes.stem(word, one) for one in lexemes.LANGUAGES))))


# ---- questions ------------------------------------------------------------------------------------------
def units(question: str) -> list[Unit]:
    """What a question looks for: its words without the small ones, unless there are no others; each once."""
    found = list(dict.fromkeys(_units(list(lexemes.read(question)))))
    telling = [unit for unit in found if not any(unit.text in small for small in SMALL.values())]
    return (telling or found)[:MOST_UNITS]


def typed(text: str) -> str:
    """A tsquery, as it is written in SQL, for all words of what somebody types; "" where there are none."""
    found = [unit for unit in dict.fromkeys(_units(list(lexemes.read(text)))) if not unit.is_extra]
    return " & ".join(f"({unit.query} | {lexemes.quoted(unit.text)}:*)" for unit in found)


def _units(words: list[Word]) -> Iterator[Unit]:
    run: list[Word] = []
    for word in [*words, None]:
        if word is not None and word.text and lexemes.is_letter(word.text) and (not run or run[-1].end == word.start):
            run.append(word)
            continue
        yield from _of_letters(run)
        run = []
        if word is not None and word.text and lexemes.is_letter(word.text):
            run = [word]
        elif word is not None:
            yield from _of_word(word)


def _of_letters(run: list[Word]) -> Iterator[Unit]:
    """Pairs of letters; one that stands alone may begin a pair."""
    if len(run) == 1:
        yield Unit(run[0].text, (run[0].text,), goes_on=True)
    for one, following in pairwise(run):
        yield Unit(one.text + following.text, (one.text + following.text,))


def _of_word(word: Word) -> Iterator[Unit]:
    if word.text:
        plain = sorted(form for form in lexemes.forms(word.text) if not form.startswith(lexemes.MARK))
        yield Unit(word.text, tuple(plain))
    for other in (*word.others, *word.signs):
        yield Unit(other, (other,), is_extra=bool(word.text))
