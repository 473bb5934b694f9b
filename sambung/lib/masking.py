"""Secrets taken out of what others say: whole, as base64, and in pieces that are as good as whole."""

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

MASK = "…"
PIECE = 12  # characters of a secret that nobody needs to read; the last four, which services tell, are fewer
#: What keys of a service begin with, such as `sk-ant-api03-` or `AIzaSy`: it tells nothing.
_PUBLIC = re.compile(r"(?:[A-Za-z]{1,8}\d{0,2}[-_]){1,3}|AIza(?:Sy)?|(?:Bearer|Basic|Token) ", re.IGNORECASE)


def without(text: str, secrets: Iterable[str], *, shortest: int) -> str:
    """Return the text with a sign in the place of each secret, or of twelve characters of it after its public prefix.

    A secret of fewer than `shortest` characters is a placeholder, which may stand in any sentence.
    """
    found = [span for secret in secrets if len(secret) >= shortest for span in _spans_of(text, secret)]
    for start, end in reversed(_joined(found)):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def _spans_of(text: str, secret: str) -> Iterator[tuple[int, int]]:
    for whole in {secret, quote(secret, safe="")}:
        yield from ((found.start(), found.end()) for found in re.finditer(re.escape(whole), text))
    prefix = _PUBLIC.match(secret)
    body = secret[prefix.end() :] if prefix else secret
    for form in {body, *_as_base64(secret)}:
        if len(form) >= PIECE:
            yield from _pieces(text, form)


def _as_base64(secret: str) -> Iterator[str]:
    """What base64 makes of it, wherever it stands in what is encoded, in both alphabets."""
    data = secret.encode()
    for before in range(3):
        made = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        own = made[(0, 2, 3)[before] : len(made) - bool((before + len(data)) % 3)]  # the rest depends on what is around
        yield from (own, own.translate(str.maketrans("+/", "-_")))


def _pieces(text: str, form: str) -> Iterator[tuple[int, int]]:
    """Where at least PIECE characters of a form stand. Each such piece holds a whole block of half its length."""
    block = PIECE // 2
    for at in range(0, len(form) - block + 1, block):
        found = text.find(form[at : at + block])
        while found >= 0:
            start, end = _grown(text, found, form, at)
            if end - start >= PIECE:
                yield start, end
            found = text.find(form[at : at + block], found + 1)


def _grown(text: str, found: int, form: str, at: int) -> tuple[int, int]:
    """The longest piece of the form around one that stands at `found` in the text and at `at` in the form."""
    back = 0
    while back < min(found, at) and text[found - back - 1] == form[at - back - 1]:
        back += 1
    on = 0
    while found + on < len(text) and at + on < len(form) and text[found + on] == form[at + on]:
        on += 1
    return found - back, found + on


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
