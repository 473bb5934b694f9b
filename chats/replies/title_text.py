"""Titles of chats: the first words of a message, or what a model was asked for, without Markdown's marks."""

import json
import re

WORDS, LIMIT = 8, 60  # words of a message, and characters of a title

# Marks that stand around words (`__init__` is a name), links by their words, and what begins a line or a block of code.
_AROUND = re.compile(
    r"(?<![\w\\*])(?:(?P<mark>\*{1,3}|~~|`+)(?=[^\s`*~])(?P<words>[^\n]*?)(?<=[^\s`*~])(?P=mark)"
    r"|(?P<line>_{1,3})(?=[^\s_])(?P<said>[^\n_]*?[ ][^\n_]*?)(?<=[^\s_])(?P=line))(?!\w)"
)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
_LINE = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]*|[-*+][ \t]+|(?:```+|~~~+)[\w-]*$)", re.MULTILINE)
_TITLE = "title|judul|titel|titre|título|titolo|标题|タイトル|제목"
_CALLED = re.compile(rf"\W*(?:chat[ -]?)?(?:{_TITLE})\b\W*[:：]\s*", re.IGNORECASE)
#: How a model says that a title follows, up to it.
_TOLD = re.compile(
    r"(?:(?:sure|certainly|of course|okay|ok|absolutely|baik|tentu|berikut|here|the|a|an|this|ini)\b)"
    rf"[^\n:：\"“„«「]{{0,60}}\b(?:{_TITLE})\b[^\n:：\"“„«「]{{0,40}}(?:[:：]\s*|\s(?=[\"“„«「]))",
    re.IGNORECASE,
)
_TAGGED = re.compile(rf"<({_TITLE})>([^<]*)(?:</\1>|$)", re.IGNORECASE)
_FENCED = re.compile(r"\s*(?:```+|~~~+)[\w-]*\n(.*?)(?:```+|~~~+)?\s*", re.DOTALL)
_LISTED = re.compile(r"\A[ \t]*(?:1[.)]|[-*+•–])[ \t]+")
_PAIRS = {
    '"': '"',
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "‘": "’",
    "'": "'",
    "「": "」",
    "『": "』",
    "《": "》",
}
_UNSURE = 120  # characters of a line that is no title any more


def from_message(text: str) -> str:
    """The first words of a message, as a title."""
    return _cut(" ".join(_plain(text).split()[:WORDS]) or " ".join(text.split()[:WORDS]))


def from_model(answer: str) -> str:
    """The title that a model gave, without what models write around one. Empty where it gave none for sure."""
    answer = answer[:4000]
    lines = [_tagged(answer) or _in_json(answer)] if answer.strip()[:1] in ("{", "[", "`", "<", "~") else []
    for line in [*filter(None, lines), *answer.splitlines()]:
        title = _bare(line)
        if title and len(title) <= _UNSURE and not title.endswith((":", "：")) and not _is_greeting(title, answer):
            return _cut(" ".join(title.split()))
    return ""


def _tagged(answer: str) -> str:
    found = _TAGGED.search(answer)
    return found[2] if found else ""


def _in_json(answer: str) -> str:
    """The title that stands in JSON, in a block of code or not."""
    fenced = _FENCED.fullmatch(answer)
    try:
        found = json.loads(fenced[1] if fenced else answer)
    except (ValueError, RecursionError):
        return ""
    if isinstance(found, dict):
        named = [value for name, value in found.items() if re.search(_TITLE, name, re.IGNORECASE)]
        found = named or list(found.values())
    first = found[0] if isinstance(found, list) and found else found
    return first if isinstance(first, str) else ""


def _bare(line: str) -> str:
    """A line without marks, the word for a title, and quotation marks around all of it."""
    line = _LISTED.sub("", line, count=1)
    line = _plain(_CALLED.sub("", line, count=1) if _CALLED.match(line) else line)
    title = _TOLD.sub("", line, count=1) if _TOLD.match(line) else line
    while (inner := _unquoted(title)) != title:
        title = inner
    return title


def _unquoted(title: str) -> str:
    title = title.strip().strip("*`")
    said = title.rstrip(".。") if title[:1] in _PAIRS else title
    if len(said) > 1 and said[-1] in _PAIRS.get(said[0], "") and not set(said[1:-1]) & {said[0], said[-1]}:
        return said[1:-1]
    return title[1:] if title[:1] in {"“", "„", '"', "「"} and not set(title[1:]) & set(_PAIRS[title[0]]) else title


def _is_greeting(title: str, answer: str) -> bool:
    """Whether it is a "Sure!" before what was asked for."""
    return title.endswith("!") and len(title.split()) < 3 and not answer.strip().endswith(title)


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
