"""Formulas of Office (OMML) and of OpenDocument (MathML) on one line: a fraction as (a)/(b), a power as x^(2)."""

from lxml.etree import _Element as Element

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def linear(formula: Element) -> str:
    """The formula as text."""
    parts = {name: child for child in formula if (name := child.tag.removeprefix(M)) != child.tag}
    match formula.tag.removeprefix(M):
        case "t":
            return formula.text or ""
        case "f":
            return f"({_of(parts, 'num')})/({_of(parts, 'den')})"
        case "sSup":
            return f"{_of(parts, 'e')}^({_of(parts, 'sup')})"
        case "sSub":
            return f"{_of(parts, 'e')}_({_of(parts, 'sub')})"
        case "sSubSup":
            return f"{_of(parts, 'e')}_({_of(parts, 'sub')})^({_of(parts, 'sup')})"
        case "rad":
            degree = _of(parts, "deg")
            return f"root({degree}, {_of(parts, 'e')})" if degree else f"√({_of(parts, 'e')})"
        case "nary":
            return f"{_sign(formula)}_({_of(parts, 'sub')})^({_of(parts, 'sup')}) {_of(parts, 'e')}"
        case "d":
            return f"({', '.join(linear(child) for child in formula if child.tag == f'{M}e')})"
        case _:
            return "".join(map(linear, formula))


def _of(parts: dict[str, Element], name: str) -> str:
    return linear(parts[name]) if name in parts else ""


def _sign(formula: Element) -> str:
    found = formula.find(f"{M}naryPr/{M}chr")
    return found.get(f"{M}val", "∫") if found is not None else "∫"


def mathml(formula: Element) -> str:
    """A formula of MathML as text; what it was made from is left out."""
    said = [mathml(child) for child in formula if not child.tag.endswith(("}annotation", "}annotation-xml"))]
    match formula.tag.rpartition("}")[2], said:
        case "mfrac", [above, below]:
            return f"({above})/({below})"
        case "msup", [base, power]:
            return f"{base}^({power})"
        case "msub", [base, index]:
            return f"{base}_({index})"
        case "msubsup", [base, index, power]:
            return f"{base}_({index})^({power})"
        case "msqrt", _:
            return f"√({''.join(said)})"
        case _:
            return (formula.text or "").strip() + "".join(said)
