"""Files of workflows, read with nothing of them trusted: JSON, and the part of YAML that others export."""

import json
import math

from django.utils.translation import gettext as _

from sambung.lib.schema import Unreadable
from workflows.formats import plain_yaml

MOST_BYTES = 5 * 1024 * 1024
DEEPEST = 32  # layers
_LARGEST = 2**63  # of a whole number: what is beyond, no JSON writer of ours writes
_SHOWN = 60


def load(raw: bytes | str) -> object:
    """Return what a file holds: JSON, or YAML without tags and aliases. Raises Unreadable."""
    text = text_of(raw)
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    value = _json(text) if text.lstrip()[:1] in "{[" else plain_yaml.load(text, deepest=DEEPEST)
    _check(value)
    return value


def text_of(raw: bytes | str) -> str:
    """The text of a file. Raises Unreadable, where it is too large or none."""
    size = len(raw) if isinstance(raw, bytes) else len(raw.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise Unreadable(_("This file is larger than %(most)s MB.") % {"most": MOST_BYTES // 1024**2})
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("This is not a text in UTF-8.")) from None


def _json(text: str) -> object:
    try:
        return json.loads(
            text, parse_constant=_no_number, parse_int=_whole, parse_float=_number, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise Unreadable(
            _("This is not JSON: something is wrong in line %(line)s, column %(column)s.") % place
        ) from None
    except RecursionError:
        raise too_deep() from None


def too_deep() -> Unreadable:
    """What is said where layers lie in layers without end."""
    return Unreadable(_("This file has more than %(most)s layers.") % {"most": DEEPEST})


def _object(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise twice(next(name for name in names if names.count(name) > 1))
    return found


def twice(name: str) -> Unreadable:
    """What is said where a name stands for two things."""
    return Unreadable(_("“%(name)s” stands twice in the same place.") % {"name": name[:_SHOWN]})


def _no_number(name: str) -> float:
    raise Unreadable(_("“%(value)s” is no number that can be kept.") % {"value": name})


def _whole(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) >= _LARGEST:
        return int(_no_number(digits[:_SHOWN]))
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _no_number(digits[:_SHOWN])


def _check(value: object) -> None:
    """Refuse what cannot be stored, and what would be no plain name in a browser."""
    layer = [value]
    for _depth in range(DEEPEST + 1):
        below: list[object] = []
        for inner in layer:
            if isinstance(inner, dict):
                for name in inner:
                    _check_name(name)
                below += inner.values()
            elif isinstance(inner, list):
                below += inner
            elif isinstance(inner, str):
                _check_text(inner)
        if not below:
            return
        layer = below
    raise too_deep()


def _check_name(name: str) -> None:
    if name == "__proto__":
        raise Unreadable(_("“%(name)s” cannot be a name.") % {"name": name})
    _check_text(name)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Unreadable(_("There is a character in the file that no text can hold (NUL)."))
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Unreadable(_("There is half of a character in the file.")) from None
