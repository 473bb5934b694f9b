"""Lists of mail addresses as people type them, and as mail programs copy them."""

import re
import unicodedata
from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import unquote

#: Other scripts' commas and semicolons, and the @ of full width.
_SIGNS = str.maketrans({"，": ",", "、": ",", "､": ",", "،": ",", "；": ";", "؛": ";", "﹐": ",", "＠": "@"})
_ENDS = ",;\r\n"
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_ADDRESS = re.compile(r"\S+@\S+")
_MAILTO = "mailto:"


def listed(text: str) -> list[str]:
    """Return what stands for an address in a list, in lower case, each once; whether it is one is not looked at.

    Names before an address (RFC 5322), `mailto:` and signs around it are taken off; commas of many scripts, semicolons,
    spaces and line breaks part them. A comma in a name may stand without quotation marks where an address follows.
    """
    plain = "".join(sign for sign in text.translate(_SIGNS) if unicodedata.category(sign) != "Cf")
    found, name = [], ""
    for entry in _entries(_closed(plain)):
        if entry.endswith(">"):
            found += _named(f"{name} {entry}")
        elif "(" in entry:
            found += [*name.split(), parseaddr(entry)[1] or entry]
        elif "@" in entry:
            found += f"{name} {entry}".split()
        else:
            name = f"{name} {entry}"
            continue
        name = ""
    found += name.split()
    return list(dict.fromkeys(filter(None, map(_bare, found))))


def _closed(text: str) -> str:
    """The text without quotation marks or brackets that nothing closes: they hold nothing together."""
    if '"' in _QUOTED.sub("", text):
        text = text.replace('"', " ")
    return text if text.count("(") == text.count(")") else text.replace("(", " ").replace(")", " ")


def _entries(text: str) -> Iterator[str]:
    """Part a list at its separators, but for those in quotation marks or brackets, and behind each `<…>`."""
    entry, is_quoted, depth = "", False, 0
    for sign in text:
        is_quoted ^= sign == '"' and not entry.endswith("\\")
        depth += 0 if is_quoted else (sign == "(") - (sign == ")")
        is_held = is_quoted or depth > 0
        if is_held or sign not in _ENDS:
            entry += sign
        if not is_held and (sign in _ENDS or sign == ">"):
            yield entry.strip()
            entry = ""
    yield entry.strip()


def _named(entry: str) -> list[str]:
    """The address in angle brackets, behind those that stand unquoted in the name's place."""
    name, _, address = entry.removesuffix(">").rpartition("<")
    if not address.strip():
        return name.split()
    return [*_ADDRESS.findall(_QUOTED.sub(" ", name)), address]


def _bare(word: str) -> str:
    """The word without what programs put around an address."""
    plain = word.strip(" <>()[]'\"“”‘’„.,;:").lower()
    if plain.startswith(_MAILTO):
        plain = unquote(plain.removeprefix(_MAILTO).partition("?")[0])
    return plain
