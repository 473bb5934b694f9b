"""A text in words: identifiers in their parts, scripts without spaces by the letter, numbers as one, signs as they are.

What else stands between them is nothing. Places are those of the text, so that what was found can be marked in it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from sambung.lib.lexemes.folding import fold

_KEPT = 40  # characters of what is read once and known from then on
#: What stands between spaces; those in a number part nothing.
_STRETCH = re.compile(r"[^ \t\r\n]+(?:(?<=[0-9]) (?=[0-9]{3}(?![0-9]))[^ \t\r\n]+)*")
LONGEST = 100  # characters of a word: what follows tells nothing apart
_MORE = r"[\p{Alphabetic}\p{Nd}\p{M}\u00ad\u200c\u200d]*+"
#: Thousands that are set apart in one way all through: not what stands in a date, a version or an address.
_NUMBER = r"""
    (?: (?<=[Rr][Pp]) | (?<![\p{Alphabetic}\p{Nd}]|\p{Nd}[-.,:/'’_]) )
    (?: [0-9]{1,3} (?P<apart>[.,'’_\u00a0\u2009\u202f]|(?<!\p{Nd}\ [0-9]{1,3})\ ) [0-9]{3} (?:(?P=apart)[0-9]{3})*+
      | [0-9]{1,2} (?P<lakh>,)[0-9]{2} (?:,[0-9]{2})* ,[0-9]{3} )
    (?! [\p{Alphabetic}\p{Nd}] | [-:/]\p{Nd} ) (?(apart)(?!(?P=apart)\p{Nd}))
"""
_BYTE = r"(?:0|[1-9][0-9]{0,2})"
_ADDRESS = rf"(?:{_BYTE}\.){{3}}{_BYTE}(?!\.?[0-9])"
_PICTURE = r"\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]*"
_SIGN = rf"\p{{Regional_Indicator}}{{2}}|{_PICTURE}(?:\u200D{_PICTURE})*|[\p{{S}}--[\p{{ASCII}}\u2500-\u259f]]"
_PIECE = regex.compile(
    rf"""(?P<word>[Rr][Pp](?=[0-9])|\p{{Alphabetic}}{_MORE})
    |(?=\p{{Nd}})(?:(?P<address>{_ADDRESS})|(?P<number>{_NUMBER})|(?P<digits>{_MORE}))
    |(?P<sign>{_SIGN})""",
    regex.V1 | regex.VERBOSE,
)
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]"
_LETTER = regex.compile(rf"{_UNSPACED}\p{{M}}*+", regex.V1)
_SCRIPT = regex.compile(rf"(?P<letter>{_UNSPACED}\p{{M}}*+)|(?:(?!{_UNSPACED}).)+", regex.V1)
#: Between getUser and Name, HTTP and Server, but not in URLs.
_CAMEL = regex.compile(
    r"(?<=[\p{Ll}\p{Nd}]\p{M}*)(?=\p{Lu})|(?<=\p{Lu}\p{M}*)(?=\p{Lu}\p{M}*\p{Ll})(?!\p{Lu}s(?!\p{Ll}))", regex.V1
)
_GROUP = regex.compile(r"[0-9]+")
_JOINT = regex.compile(rf"(?:->|=>|<-|::|&&?|\|\||[=!<>+-]=)[\p{{Alphabetic}}\p{{Nd}}]{_MORE}", regex.V1)
_SIGNS = frozenset("+#-=<:&|!>")  # how what stands after a word or between two begins
_AFTER = regex.compile(r"\+\+|[+#]{1,3}(?![\p{Alphabetic}\p{Nd}])", regex.V1)
_BEFORE = regex.compile(r"(?<![\p{Alphabetic}\p{Nd}\p{M}_.#&)\]])(?:\.(?=\p{Alphabetic})|#)", regex.V1)


class Word(NamedTuple):
    """A word as it is compared, and its place in the text.

    `others`: what is found there as well, alone: an identifier as a whole, the groups of a number. `signs`: the word
    with those that stand beside it (`c++`, `.env`, `a->b`); one that belongs to no word has the text "".
    """

    text: str
    start: int
    end: int
    others: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


def read(text: str) -> Iterator[Word]:
    """Give the words of a text in their order."""
    for at, words in stretches(text):
        for word, start, end, others, signs in words:
            yield Word(word, at + start, at + end, others, signs)


def stretches(text: str) -> Iterator[tuple[int, tuple[Word, ...]]]:
    """Give what stands between spaces: its place, and its words with their places in it. Costs half of `read`."""
    for found in _STRETCH.finditer(text):
        start, end = found.span()
        yield start, _words(found[0]) if end - start <= _KEPT else _words.__wrapped__(found[0])


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[Word, ...]:
    made = []
    for found in _PIECE.finditer(text):
        start, end = found.span()
        match found.lastgroup:
            case "word" | "digits":
                made += _of_run(text, found[0], start, end)
            case "number":
                made += _of_number(found[0], start, found["apart"] == " ")
            case "address":
                made += _at(start, _digits(found[0]))
            case _:
                made.append(Word("", start, end, signs=(fold(found[0].replace("\ufe0f", "")),)))
    return tuple(made)


def is_letter(word: str) -> bool:
    """Whether it is a letter of a script without spaces, which is a word of its own here and never goes on."""
    return _LETTER.fullmatch(word) is not None


def _of_run(text: str, run: str, start: int, end: int) -> Iterator[Word]:
    """The words of letters and digits that stand together; signs beside them belong to the first."""
    signs = _signs(text, run, start, end)
    if run.isascii() and (tail := run[1:]) == tail.lower():  # most are so: there is nothing to part
        yield Word(run[:LONGEST].lower(), start, end, (), signs)
        return
    for script in _SCRIPT.finditer(run):
        at, whole = start + script.start(), fold(script[0][:LONGEST])
        pieces = [script[0]] if script["letter"] else _CAMEL.split(script[0])
        others = (whole,) if len(pieces) > 1 else ()
        for piece in pieces:
            if word := fold(piece[:LONGEST]):
                yield Word(word, at, at + len(piece), others, signs)
                others = signs = ()
            at += len(piece)


def _signs(text: str, run: str, start: int, end: int) -> tuple[str, ...]:
    """The run with what stands before it, after it, or between it and the next."""
    made = []
    if text[end : end + 1] in _SIGNS:
        if found := _AFTER.match(text, end):
            made.append(f"{fold(run[:LONGEST])}{found[0]}")
        if found := _JOINT.match(text, end):
            made.append(fold(f"{run[:LONGEST]}{found[0][:LONGEST]}"))
    if text[start - 1 : start] in {".", "#"} and _BEFORE.match(text, start - 1):
        made.append(f"{text[start - 1]}{fold(run[:LONGEST])}")
    return tuple(made)


def _of_number(written: str, start: int, is_spaced: bool) -> Iterator[Word]:
    """One number in any way of writing. Spaces may also part numbers, so that what they part are the words."""
    groups = _digits(written)
    whole = "".join(group for group, _at, _end in groups)
    if is_spaced:
        (first, at, end), *rest = groups
        yield Word(first, start + at, start + end, (whole,))
        yield from _at(start, rest)
    else:
        yield Word(whole, start, start + len(written), tuple(dict.fromkeys(group for group, _at, _end in groups)))


def _at(start: int, groups: list[tuple[str, int, int]]) -> Iterator[Word]:
    return (Word(group, start + at, start + end) for group, at, end in groups)


def _digits(text: str) -> list[tuple[str, int, int]]:
    return [(found[0], *found.span()) for found in _GROUP.finditer(text)]
