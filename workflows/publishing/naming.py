"""Names of tools, made of what people call a workflow in whatever script: lower letters, digits, `_` and `-`."""

import re
import unicodedata
from uuid import UUID

LONGEST = 64  # characters of a name, as every provider takes them
_PREFIX = "workflow_"
#: Letters that no mark was put on, so that taking marks away leaves them as they are.
_LATIN = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ł": "l",
    "ħ": "h",
    "ı": "i",
    "ŋ": "ng",
    "ə": "e",
    "ɓ": "b",
    "ɗ": "d",
    "ƙ": "k",
    "ŧ": "t",
}
_CYRILLIC = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщъыьэюяђћџљњј",
        "a b v g g d e ie zh z i i i i k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya dj c dz lj nj j".split(),
        strict=True,
    )
)
_GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a b g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True)
)
_WRITTEN = _LATIN | {letter: "" if said == "_" else said for letter, said in (_CYRILLIC | _GREEK).items()}
#: Scripts whose letters are called what they sound like: the last word of a letter's Unicode name says it.
_SPOKEN = re.compile(r"^(?:HIRAGANA|KATAKANA) LETTER (?:SMALL )?([A-Z]+)$|^HANGUL SYLLABLE ([A-Z]+)$")


def suggested(name: str, workflow_id: UUID) -> str:
    """Return a tool's name for a workflow that is called `name`; where nothing of it can be written so, of its id."""
    words = "".join(map(_plain, unicodedata.normalize("NFKC", name).lower()))
    found = re.sub(r"[^a-z0-9_-]+", "_", words).strip("_-")
    found = re.sub(r"_{2,}", "_", found)[:LONGEST].rstrip("_-")
    return found or f"{_PREFIX}{workflow_id.hex[-8:]}"


def free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken: this one, or with a number behind it."""
    found, n = name, 2
    while found in taken:
        found, n = f"{name[: LONGEST - 4]}_{n}", n + 1
    return found


def _plain(letter: str) -> str:
    """One letter in plain ones: without its marks, as it is written in Latin letters, or as it sounds."""
    if letter.isascii():
        return letter
    if letter in _WRITTEN:
        return _WRITTEN[letter]
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(sign))
    if bare.isascii():
        return bare
    if found := _SPOKEN.match(unicodedata.name(letter, "")):
        return (found[1] or found[2]).lower()
    return "".join(_WRITTEN.get(sign, " ") for sign in bare)
