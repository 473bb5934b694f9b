"""Titles of chats: the first words of a message, or what a model was asked for, without Markdown's marks."""

import re

WORDS, LIMIT = 8, 60  # words of a message, and characters of a title

# Marks that stand around words (`__init__` is a name), links by their words, and what begins a line or a block of code.
_AROUND = re.compile(
    r"(?<![\w\\*])(?:(?P<mark>\*{1,3}|~~|`+)(?=[^\s`*~])(?P<words>[^\n]*?)(?<=[^\s`*~])(?P=mark)"
    r"|(?P<line>_{1,3})(?=[^\s_])(?P<said>[^\n_]*?[ ][^\n_]*?)(?<=[^\s_])(?P=line))(?!\w)"
)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
_LINE = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]*|[-*+][ \t]+|(?:```+|~~~+)[\w-]*$)", re.MULTILINE)
_CALLED = re.compile(r"\W*(?:chat[ -]?)?(?:title|judul|titel|titre|título|titolo|标题)\b\W*[:：]\s*", re.IGNORECASE)
_QUOTES = " \t\"“”„«»‘’'*_`"


def from_message(text: str) -> str:
    """The first words of a message, as a title."""
    return _cut(" ".join(_plain(text).split()[:WORDS]) or " ".join(text.split()[:WORDS]))


def from_model(answer: str) -> str:
    """The title that a model gave: of its first line that is one. Empty where it gave none."""
    for line in answer.splitlines():
        title = _plain(_CALLED.sub("", line, count=1) if _CALLED.match(line) else line).strip(_QUOTES)
        if title and not title.endswith((":", "：")):
            return _cut(" ".join(title.split()))
    return ""


def _plain(text: str) -> str:
    text = _LINK.sub(r"\1", _LINE.sub("", text[:2000]))
    for _ in range(3):  # marks within marks
        text = _AROUND.sub(lambda found: found["words"] or found["said"], text)
    return text


def _cut(title: str) -> str:
    """At most so many characters, whole words where they fit, and no full stop at the end."""
    if len(title) > LIMIT:
        whole, _blank, _rest = title[:LIMIT].rpartition(" ")
        return (whole or title[: LIMIT - 1]).rstrip(" ,;:.–-") + "…"
    return title[:-1] if title.endswith((".", "。")) and not title.endswith("..") else title
