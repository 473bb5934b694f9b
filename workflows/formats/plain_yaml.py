"""The part of YAML that programs export: plain values without tags and aliases, built of the parser's events.

Nothing is composed or constructed by the library: an alias would make a small file a huge one, a tag would name a
class, and what it takes for a date or `yes` would not be the text that stood there.
"""

import re
from collections.abc import Iterable

import yaml
from django.utils.translation import gettext as _

from sambung.lib.schema import Unreadable

MOST_EVENTS = 500_000
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEAN = {name: value for value in (True, False) for name in (str(value), str(value).lower(), str(value).upper())}
_WHOLE = re.compile(r"[-+]?\d{1,18}")
_NUMBER = re.compile(r"[-+]?(\d{1,300}\.\d{0,300}|\.\d{1,300}|\d{1,300}(?=[eE]))([eE][-+]?\d{1,3})?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def load(text: str, *, deepest: int) -> object:
    """Return the one value of a text. Raises Unreadable."""
    try:
        return _Building(deepest).of(yaml.parse(text, Loader=_PARSER))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable(
            _("This is neither JSON nor YAML: something is wrong in line %(line)s.") % {"line": line}
        ) from None
    except (yaml.YAMLError, ValueError):  # a character that no text can hold
        raise Unreadable(_("This is neither JSON nor YAML.")) from None


class _Building:
    """The value that events make: `open` are the lists and mappings that are not closed yet, the innermost last."""

    def __init__(self, deepest: int) -> None:
        self.deepest = deepest
        self.open: list[list | dict] = []
        self.names: list[str | None] = []  # the name, in each open mapping, that waits for its value
        self.whole: list[object] = []

    def of(self, events: Iterable[yaml.Event]) -> object:
        for n, event in enumerate(events):
            if n > MOST_EVENTS:
                raise Unreadable(_("There is too much in this file."))
            self._take(event)
        if len(self.whole) != 1:
            raise Unreadable(_("The file holds no document, or more than one."))
        return self.whole[0]

    def _take(self, event: yaml.Event) -> None:
        match event:
            case yaml.AliasEvent():
                raise Unreadable(_("Aliases (*name) are not read here."))
            case yaml.NodeEvent() if getattr(event, "tag", None) is not None:
                raise Unreadable(_("Tags (!name) are not read here."))
            case yaml.ScalarEvent():
                self._put(_scalar(event))
            case yaml.MappingStartEvent():
                self._begin({})
            case yaml.SequenceStartEvent():
                self._begin([])
            case yaml.CollectionEndEvent():
                self.open.pop()
                self.names.pop()

    def _begin(self, value: list | dict) -> None:
        if len(self.open) >= self.deepest:
            raise Unreadable(_("This file has more than %(most)s layers.") % {"most": self.deepest})
        self._put(value)
        self.open.append(value)
        self.names.append(None)

    def _put(self, value: object) -> None:
        if not self.open:
            self.whole.append(value)
        elif isinstance(self.open[-1], list):
            self.open[-1].append(value)
        elif self.names[-1] is None:
            self.names[-1] = self._name(value)
        else:
            self.open[-1][self.names[-1]] = value
            self.names[-1] = None

    def _name(self, value: object) -> str:
        if isinstance(value, list | dict):
            raise Unreadable(_("A list cannot be a name."))
        name = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        if name in self.open[-1]:
            raise Unreadable(_("“%(name)s” stands twice in the same place.") % {"name": name[:60]})
        return name


def _scalar(event: yaml.ScalarEvent) -> object:
    """A text as it stands; unquoted ones may be a number, a boolean or nothing."""
    text = event.value
    if event.style:  # quoted; unquoted ones have None here, or "" of the parser in C
        return text
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NO_NUMBER.fullmatch(text):
        raise Unreadable(_("“%(value)s” is no number that can be kept.") % {"value": text})
    if _NUMBER.fullmatch(text):
        value = float(text)
        if abs(value) == float("inf"):
            raise Unreadable(_("“%(value)s” is no number that can be kept.") % {"value": text[:60]})
        return value
    return text
