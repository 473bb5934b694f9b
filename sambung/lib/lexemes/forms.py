"""Forms of a word in English and Indonesian. A stem is marked, so that it is never taken for a written word."""

from functools import lru_cache

import regex
import Stemmer

MARK = "~"
LONGEST = 30  # letters of a word that has forms
LANGUAGES = ("en", "id")
_LANGUAGES = tuple(map(Stemmer.Stemmer, ("english", "indonesian")))
#: What becomes of a verb's first letter behind me- and pe-: kirim, mengirim; tulis, penulis.
_NASALS = {"k": "ng", "t": "n", "p": "m", "s": "ny"}
_LETTERS = {nasal: letter for letter, nasal in _NASALS.items()}
_ROOT = regex.compile(r"([ktps])([aiueo]\w{2,})")
_NASAL = regex.compile(r"[mp]e(ng|ny|n|m)([aiueo]\w{2,})")


@lru_cache(maxsize=20_000)
def stems(word: str) -> tuple[str, ...]:
    """The stems under which a word is found in its other forms, marked; none where it is its own."""
    return tuple(dict.fromkeys(MARK + stem for stem in _stems(word) if stem != word))


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The stem of a word in one of the languages, without a mark; the word itself where it has none."""
    return dict(zip(LANGUAGES, _stems(word), strict=False)).get(language, word)


@lru_cache(maxsize=5_000)
def forms(word: str) -> frozenset[str]:
    """What a word that is asked for fits: words as they are written, and marked stems."""
    asked = {word, *_stems(word)}
    for one in (word, *_stems(word)):
        for other in _nasal(one):
            asked.update(_stems(other))
    return frozenset(asked | {MARK + stem for stem in asked})


def _nasal(word: str) -> list[str]:
    """The other forms of an Indonesian verb, if it may be one: with me- and pe-, or without (kirim, pengiriman)."""
    others = []
    if found := _ROOT.fullmatch(word):
        others += [f"{prefix}{_NASALS[found[1]]}{found[2]}" for prefix in ("me", "pe")]
    if found := _NASAL.fullmatch(word):
        others.append(_LETTERS[found[1]] + found[2])
    return others


def _stems(word: str) -> list[str]:
    """In either language; words that are no plain ones of either have none."""
    if not (2 < len(word) <= LONGEST and word.isascii() and word.isalpha()):
        return []
    return [language.stemWord(word) for language in _LANGUAGES]
