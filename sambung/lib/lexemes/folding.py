"""Letters as they are compared: without case, and without the marks that writers of their script leave out."""

from functools import lru_cache
from unicodedata import decimal, normalize

import regex

#: Marks above and below are part of the letter in most scripts; in these they are accents, or vowels for learners.
_ACCENTS = regex.compile(
    r"([\p{Latin}\p{Greek}\p{Arabic}\p{Hebrew}])\p{Mn}+|([\p{Cyrillic}])[\N{COMBINING GRAVE ACCENT}"
    r"\N{COMBINING ACUTE ACCENT}\N{COMBINING DIAERESIS}]+"
)
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u0640\u200c\u200d"))  # soft hyphen, tatweel, joiners
#: Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_DIGITS = regex.compile(r"[\p{Nd}--[0-9]]", regex.V1)


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Return the text as all its ways of writing are compared; it may become empty."""
    if text.isascii():
        return text.lower()
    plain = _ACCENTS.sub(r"\1\2", normalize("NFKD", normalize("NFKD", text).casefold()))
    composed = normalize("NFC", plain.translate(_UNSEEN).translate(_LETTERS))
    return _DIGITS.sub(lambda digit: str(decimal(digit[0])), composed)
