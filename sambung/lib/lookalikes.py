"""Addresses that read like others: with signs that nobody sees, or letters of two scripts in one label."""

import unicodedata

from yarl import URL

_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
_BLANK = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | set(map(chr, range(0xFE00, 0xFE10)))
#: Scripts that are written together, and with Latin letters (Unicode Technical Standard 39, "highly restrictive").
_EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "HANGUL", "IDEOGRAPHIC"}


def has_unseen(address: str) -> bool:
    """Whether an address holds characters that cannot be seen, within it."""
    return any(sign in _BLANK or unicodedata.category(sign) in _UNSEEN for sign in address.strip(" \t\r\n"))


def mixed_label(address: str) -> str:
    """Return a label of the address's host that has letters of several scripts, however it is written; "" for none.

    Raises ValueError for what is no address.
    """
    host = URL(address.strip()).host or ""
    return next((label for label in host.split(".") if len(_scripts(label)) > 1), "")


def _scripts(label: str) -> set[str]:
    """The scripts of the letters, by the first words of their names; Latin counts as one with those of East Asia."""
    names = {unicodedata.name(sign, "?").partition(" ")[0] for sign in label if sign.isalpha()}
    return names - _EAST_ASIAN - {"LATIN"} | {"EAST ASIAN"} if names & _EAST_ASIAN else names
