"""The variables of a prompt: names in single braces, such as {code}.

A name is letters, digits and underscores, directly inside the braces. All other braces are text: those of JSON and of
code ({ x: 1 }), doubled ones ({{name}}) and those behind a dollar (${name}).
"""

from itertools import zip_longest

import regex

MOST = 50  # of one prompt: each is a field of the form
_VARIABLE = regex.compile(r"(?<![{$])\{((?!\d)[\w\p{M}]{1,50})\}(?!\})")  # vowel signs are marks: {हिन्दी}
#: What is longer than a line wherever it stands.
_LONG = {"code", "content", "context", "data", "document", "email", "message", "notes", "source", "text"}


def names(content: str) -> list[str]:
    """The variables of a text, each once, in their order."""
    return list(dict.fromkeys(_VARIABLE.findall(content)))


def pieces(content: str) -> list[tuple[str, str]]:
    """The text as pairs of (text, the variable behind it); the last variable is ""."""
    parts = _VARIABLE.split(content)
    return list(zip_longest(parts[::2], parts[1::2], fillvalue=""))


def filled(content: str, values: dict[str, str]) -> str:
    """The text with its variables filled in. Values stay as they are, braces and all."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), content)


def is_long(name: str, content: str) -> bool:
    """Whether a variable is likely to take more than a line: by its name, or because it has lines of its own."""
    return name.lower() in _LONG or f"{{{name}}}" in map(str.strip, content.splitlines())
