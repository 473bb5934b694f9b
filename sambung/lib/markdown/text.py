"""Source text made fit for the parser, and the plainest way to show it."""

import re
from html import escape

_UNFIT = re.compile("[\x00\ud800-\udfff\ufdd0-\ufdd3]")


def normalise(text: str) -> str:
    """Return the text with `\\n` line ends and without NUL, lone surrogates and the marks of formulas.py (each
    becomes U+FFFD).

    Every character is judged alone, so that a text cut anywhere and normalised piece by piece gives the
    same result (`\\r\\n` across a cut is the caller's matter).
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNFIT.sub("\ufffd", text)


def escaped(text: str) -> str:
    """Return the text safe between tags."""
    return escape(text, quote=False)


def plain(text: str) -> str:
    """Return the source itself as one block: what is shown where a text is too large or too tangled.

    It is text between two fixed tags, so a huge one needs no cleaning afterwards (which would take a second).
    """
    return f'<pre class="plain" dir="auto" tabindex="0">\n{escaped(text)}</pre>\n'
