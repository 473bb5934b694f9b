"""Formulas as Word writes them (OMML), made of MathML."""

from html import unescape
from xml.etree.ElementTree import Element

from documents.word.xml import escaped
from sambung.lib.markdown import math

_ROWS = {"mrow", "mstyle", "mpadded", "math", "mphantom"}
_ACCENTS = {
    "^": "\u0302",
    "~": "\u0303",
    "\u02d9": "\u0307",
    "\u00a8": "\u0308",
    "\u2192": "\u20d7",
    "\u00af": "\u0305",
}
_LARGE = set("∑∏∐∫∬∭∮⋂⋃⋁⋀")


def formula(source: str, *, block: bool) -> str | None:
    """Return a formula in LaTeX as OMML; None where it cannot be converted, and its source must do."""
    root = math.tree(source, block=block)
    if root is None:
        return None
    try:
        inside = _inside(root)
    except RecursionError:
        return None
    made = f"<m:oMath>{inside}</m:oMath>"
    return f"<m:oMathPara>{made}</m:oMathPara>" if block else made


def _inside(element: Element) -> str:
    """What an element holds, one after the other."""
    return "".join(map(_one, element))


def _one(element: Element) -> str:
    if element.tag in _ROWS:
        return _inside(element)
    made = _MADE.get(element.tag)
    if made:
        return made(list(element))
    if element.tag == "mspace":
        return _run(" ")
    if len(element):
        return _inside(element)
    return _run(unescape(element.text or ""), is_words=element.tag == "mtext")


def _run(text: str, *, is_words: bool = False) -> str:
    if not text:
        return ""
    plain = "<m:rPr><m:nor/></m:rPr>" if is_words else ""
    return f'<m:r>{plain}<m:t xml:space="preserve">{escaped(text)}</m:t></m:r>'


def _part(name: str, child: Element | None) -> str:
    return f"<m:{name}>{_one(child) if child is not None else ''}</m:{name}>"


def _fraction(parts: list[Element]) -> str:
    return f"<m:f>{_part('num', parts[0])}{_part('den', parts[1])}</m:f>"


def _root(parts: list[Element]) -> str:
    hidden = '<m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>'
    inside = "".join(map(_one, parts))
    return f"<m:rad>{hidden}<m:e>{inside}</m:e></m:rad>"


def _root_of_degree(parts: list[Element]) -> str:
    return f"<m:rad>{_part('deg', parts[1])}{_part('e', parts[0])}</m:rad>"


def _below(parts: list[Element]) -> str:
    return _large(parts[0], parts[1], None) or f"<m:sSub>{_part('e', parts[0])}{_part('sub', parts[1])}</m:sSub>"


def _above(parts: list[Element]) -> str:
    return _large(parts[0], None, parts[1]) or f"<m:sSup>{_part('e', parts[0])}{_part('sup', parts[1])}</m:sSup>"


def _both(parts: list[Element]) -> str:
    whole = f"{_part('e', parts[0])}{_part('sub', parts[1])}{_part('sup', parts[2])}"
    return _large(*parts) or f"<m:sSubSup>{whole}</m:sSubSup>"


def _large(base: Element, low: Element | None, high: Element | None) -> str:
    """A sum, a product or an integral with its limits; "" for everything else."""
    sign = unescape(base.text or "").strip()
    if sign not in _LARGE:
        return ""
    hidden = ('<m:subHide m:val="1"/>' if low is None else "") + ('<m:supHide m:val="1"/>' if high is None else "")
    about = f'<m:naryPr><m:chr m:val="{sign}"/><m:limLoc m:val="undOvr"/>{hidden}</m:naryPr>'
    return f"<m:nary>{about}{_part('sub', low)}{_part('sup', high)}<m:e/></m:nary>"


def _under(parts: list[Element]) -> str:
    return _large(parts[0], parts[1], None) or f"<m:limLow>{_part('e', parts[0])}{_part('lim', parts[1])}</m:limLow>"


def _over(parts: list[Element]) -> str:
    sign = unescape(parts[1].text or "").strip()
    if sign in _ACCENTS:
        return f'<m:acc><m:accPr><m:chr m:val="{_ACCENTS[sign]}"/></m:accPr>{_part("e", parts[0])}</m:acc>'
    return _large(parts[0], None, parts[1]) or f"<m:limUpp>{_part('e', parts[0])}{_part('lim', parts[1])}</m:limUpp>"


def _under_over(parts: list[Element]) -> str:
    low = f"<m:limLow>{_part('e', parts[0])}{_part('lim', parts[1])}</m:limLow>"
    return _large(*parts) or f"<m:limUpp><m:e>{low}</m:e>{_part('lim', parts[2])}</m:limUpp>"


def _matrix(rows: list[Element]) -> str:
    made = ("".join(f"<m:e>{_inside(cell)}</m:e>" for cell in row) for row in rows)
    return f"<m:m>{''.join(f'<m:mr>{row}</m:mr>' for row in made)}</m:m>"


_MADE = {
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _root_of_degree,
    "msub": _below,
    "msup": _above,
    "msubsup": _both,
    "munder": _under,
    "mover": _over,
    "munderover": _under_over,
    "mtable": _matrix,
}
