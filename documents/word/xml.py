"""Text in XML: what no file of Word may hold is left out."""

import re
from xml.sax.saxutils import escape

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def escaped(text: str) -> str:
    """The text as it stands in an element or, within double quotes, in an attribute."""
    return escape(_REFUSED.sub("", text), {'"': "&quot;"})
