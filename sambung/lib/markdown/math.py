r"""Formulas: LaTeX to MathML, written by ourselves from an allow-list.

The library's own string output undoes the escaping of text, so `\text{<script>}` would come out as markup.
We take its element tree and write it: known elements, known attributes, text always escaped.
"""

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

MAX_FORMULA = 1_000  # characters
_MAX_BRACES = 40

ELEMENTS = frozenset(
    """math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover
    mmultiscripts mprescripts mtable mtr mtd mstyle mpadded mphantom""".split()
)
_WORD = re.compile(r"true|false")
_LENGTH = re.compile(r"[+-]?(?:\d{1,2}(?:\.\d{1,4})?|\.\d{1,4})(?:em|ex|pt|px|mu)?")
_LENGTHS = re.compile(r"(?:\d{1,2}(?:\.\d{1,4})?(?:em|ex|pt)(?: |$)){1,64}")
# Attribute -> the values it may have. Colours are left out (contrast), and so are addresses, classes and
# everything that could lay a formula over its surroundings (voffset, negative space).
ATTRIBUTES = {
    "display": re.compile(r"inline|block"),
    "displaystyle": _WORD,
    "scriptlevel": re.compile(r"[+-]?[0-3]"),
    "mathvariant": re.compile(r"[a-z-]{1,24}"),
    "stretchy": _WORD,
    "fence": _WORD,
    "separator": _WORD,
    "accent": _WORD,
    "accentunder": _WORD,
    "movablelimits": _WORD,
    "form": re.compile(r"prefix|infix|postfix"),
    "minsize": _LENGTH,
    "maxsize": _LENGTH,
    "linethickness": _LENGTH,
    "lspace": _LENGTH,
    "rspace": _LENGTH,
    "width": re.compile(_LENGTH.pattern.replace("[+-]?", r"\+?", 1)),
    "columnalign": re.compile(r"(?:left|right|center)(?: (?:left|right|center)){0,63}"),
    "columnspacing": _LENGTHS,
    "rowspacing": _LENGTHS,
}
# Environments that the library does not know, by the nearest one that it does.
_SAME_AS = {
    "aligned": "split",
    "eqnarray": "split",
    "eqnarray*": "split",
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
    "dcases": "cases",
    "align": "align*",
}
_KNOWN = frozenset("split align* matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix cases array".split())
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]{0,32})\}")
# Definitions can grow without bound; the others carry addresses, files or attributes.
_REFUSED = re.compile(
    r"\\(?:def|gdef|edef|xdef|let|(?:new|renew|provide)(?:command|environment)|DeclareMathOperator|require|input"
    r"|include\w*|href|url|style|class|cssId|html\w*|unicode|tag)(?![a-zA-Z])"
)


def formula(source: str, *, block: bool) -> str:
    """Return a formula as MathML, or its source as code where it cannot be converted."""
    made = _mathml(source, block) if len(source) <= MAX_FORMULA else None
    if made is None:
        return source_of(source)
    return f'<span class="math-block" tabindex="0">{made}</span>' if block else made


def source_of(source: str) -> str:
    """Return a formula's source as code."""
    return f'<code class="math-source">{escape(source, quote=False)}</code>'


@lru_cache(maxsize=1024)
def _mathml(source: str, block: bool) -> str | None:
    """Return MathML, or None. Kept for a while, since an open block is written again with each tick."""
    root = tree(source, block=block)
    if root is None:
        return None
    try:
        out: list[str] = []
        _write(root, out)
    except RecursionError:
        return None
    return "".join(out)


def tree(source: str, *, block: bool) -> Element | None:
    """Return a formula as elements of MathML, whose texts are escaped as in HTML; None where it cannot be converted."""
    prepared = _prepared(source) if len(source) <= MAX_FORMULA else None
    if prepared is None:
        return None
    try:
        return Converter(display="block" if block else "inline").convert_to_element(prepared)
    except Exception:  # the library raises many kinds on bad input, RecursionError among them
        return None


def _prepared(source: str) -> str | None:
    """Return the source with known environments only, or None where it must not be converted."""
    if not source.strip() or _REFUSED.search(source):
        return None
    depth = deepest = 0
    for char in _ESCAPED.sub("", source):
        depth += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
    if depth or deepest > _MAX_BRACES:
        return None
    names = {name for _edge, name in _ENVIRONMENT.findall(source)} - {"equation", "equation*"}
    if not all(_SAME_AS.get(name, name) in _KNOWN for name in names):
        return None
    return _ENVIRONMENT.sub(_environment, source)


def _environment(match: re.Match[str]) -> str:
    edge, name = match.groups()
    if name.startswith("equation"):
        return ""
    return f"\\{edge}{{{_SAME_AS.get(name, name)}}}"


def _write(element: Element, out: list[str]) -> None:
    """Append an element: known ones with their checked attributes, unknown ones by their content alone."""
    known = element.tag in ELEMENTS
    if known:
        attributes = "".join(
            f' {name}="{value}"'
            for name, value in element.attrib.items()
            if name in ATTRIBUTES and ATTRIBUTES[name].fullmatch(value)
        )
        out.append(f"<{element.tag}{attributes}>")
    if element.text:
        out.append(escape(unescape(element.text), quote=False))
    for child in element:
        _write(child, out)
    if known:
        out.append(f"</{element.tag}>")
