"""The variables of a prompt: names in single braces, such as {code}.

A name is letters, digits and underscores, directly inside the braces. All other braces are text: those of JSON and of
code ({ x: 1 }), doubled ones ({{name}}), those behind a dollar (${name}), behind a letter or a group of such braces
(\\frac{a}{b}), and what a backslash makes text (\\{name}, which stands without it in the filled text).
"""

import re
from collections.abc import Iterator

import regex

MOST = 50  # of one prompt: each is a field of the form
_BRACED = regex.compile(r"\{((?!\d)[\w\p{M}]{1,50})\}")  # vowel signs are marks: {हिन्दी}
_COMMAND = re.compile(r"\\[A-Za-z]+\*?(?:\[[^\[\]{}]*\])?\Z|(?:(?<!\w)[^\W\d_]|\\[A-Za-z]+)_\Z")  # of LaTeX; an index
_LOOK_BACK = 80  # characters
#: What is longer than a line wherever it stands.
_LONG = {"code", "content", "context", "data", "document", "email", "message", "notes", "source", "text"}


def names(content: str) -> list[str]:
    """The variables of a text, each once, in their order."""
    return list(dict.fromkeys(name for _text, name in pieces(content) if name))


def pieces(content: str) -> list[tuple[str, str]]:
    """The text as pairs of (text, the variable behind it); the last variable is ""."""
    return list(_pieces(content))


def _pieces(content: str) -> Iterator[tuple[str, str]]:
    text, at, ended = "", 0, -1  # what stands before the next variable; how far it goes; where the last one ended
    for found in _BRACED.finditer(content):
        start, end = found.span()
        before = content[max(0, start - _LOOK_BACK) : start]
        if (len(before) - len(before.rstrip("\\"))) % 2:
            text, at = text + content[at : start - 1] + found[0], end
        elif start == ended or _may_follow(before):
            yield text + content[at:start], found[1]
            text, at, ended = "", end, end
    yield text + content[at:], ""


def _may_follow(before: str) -> bool:
    """Whether a brace behind this text, which no variable ends, may begin a variable."""
    last = before[-1:]
    return not (last.isalpha() or last in {"{", "}", "$", "^"} or _COMMAND.search(before))


def filled(content: str, values: dict[str, str]) -> str:
    """The text with its variables filled in. Values stay as they are, braces and all."""
    return "".join(text + (values.get(name, f"{{{name}}}") if name else "") for text, name in pieces(content))


def is_long(name: str, content: str) -> bool:
    """Whether a variable is likely to take more than a line: by its name, or because it has lines of its own."""
    return name.lower() in _LONG or f"{{{name}}}" in map(str.strip, content.splitlines())
