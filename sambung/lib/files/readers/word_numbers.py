"""The numbers of lists and headings in a Word document, which the file does not hold: they are counted."""

from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from sambung.lib.files.readers.numerals import numeral
from sambung.lib.files.readers.word_styles import Styles
from sambung.lib.files.readers.word_text import W

#: How Word calls the forms of numbers.
_FORMS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I", "decimalZero": "01"}
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Number:
    """Where a paragraph stands in its list; `label` is "" for a bullet."""

    level: int
    label: str


@dataclass(slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Numbers:
    """Counts the paragraphs of each list, in the order of the document."""

    def __init__(self, part: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        kinds = {} if part is None else {one.get(f"{W}abstractNumId"): one for one in part.iter(f"{W}abstractNum")}
        shared: dict[str, dict[int, int]] = {}
        for one in () if part is None else part.iter(f"{W}num"):
            kind = _value(one, "abstractNumId")
            starts = {int(each.get(f"{W}ilvl", "0")): each for each in one.iter(f"{W}lvlOverride")}
            counts = {} if starts else shared.setdefault(kind, {})
            levels = _levels(kinds.get(kind))
            for level, override in starts.items():
                levels.setdefault(level, _Level()).start = int(_value(override, "startOverride") or 1)
            self._lists[one.get(f"{W}numId")] = _List(levels, counts)

    def next(self, properties: Element | None) -> Number | None:
        """The next number of the paragraph's list, None where it is in none."""
        place = self._place(properties)
        if place is None or place[0] not in self._lists:
            return None
        found, level = self._lists[place[0]], min(place[1], _LEVELS - 1)
        told = found.levels.get(level, _Level())
        found.counts[level] = found.counts.get(level, told.start - 1) + 1
        for deeper in [one for one in found.counts if one > level]:
            del found.counts[deeper]
        return Number(level, "" if told.form in {"bullet", "none"} else _label(found, told))

    def _place(self, properties: Element | None) -> tuple[str, int] | None:
        if properties is None:
            return None
        own = properties.find(f"{W}numPr")
        if own is None:
            return self._styles.numbering(properties)
        identity = _value(own, "numId") or (self._styles.numbering(properties) or ("0", 0))[0]
        return (identity, int(_value(own, "ilvl") or 0)) if identity != "0" else None


def _levels(kind: Element | None) -> dict[int, _Level]:
    return {
        int(one.get(f"{W}ilvl", "0")): _Level(
            _value(one, "numFmt") or "decimal", _value(one, "lvlText") or "", int(_value(one, "start") or 1)
        )
        for one in (() if kind is None else kind.iter(f"{W}lvl"))
    }


def _label(found: _List, told: _Level) -> str:
    """What is written before the paragraph: `%1.%2` with the counts of the levels, the first being 1."""
    text = told.text
    for level in range(_LEVELS):
        form = found.levels.get(level, _Level())
        text = text.replace(f"%{level + 1}", numeral(found.counts.get(level, form.start), _FORMS.get(form.form, "1")))
    return text.strip()


def _value(element: Element, name: str) -> str | None:
    found = element.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")
