"""How long a service asks to be left alone: told by its headers, or by its words."""

import re
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

LONGEST = 31 * 86400.0  # seconds; what is longer is no wait, but a mistake
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(ms|d|h|m|s)", re.IGNORECASE)
#: Words such as "try again in 6m30.5s" and "retry after 45 seconds".
_SAID = re.compile(
    r"(?:again|retry|wait)\b[^.\d]{0,40}?\b(?:in|after|for|at least)?\s*"
    r"((?:\d+(?:\.\d+)? ?(?:ms|milliseconds?|d(?:ays?)?|h(?:ours?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)\b[ ,]*)+"
    r"|(?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"(\d+(?:\.\d+)?) ?(ms|milli|d|h|m|s)[a-z]*", re.IGNORECASE)
_EPOCH = 1e9  # a number from here on is a moment: seconds since 1970, or milliseconds from a thousand times that on


def told(headers: Mapping[str, str], words: str, known: float | None = None) -> float | None:
    """Return the seconds to wait, None where nothing tells. `known`: what a library has read already."""
    headers = {name.lower(): value.strip() for name, value in headers.items()}
    asked = (_after(headers), known, _reset(headers), _said(words))
    return next((wait for wait in asked if wait is not None and 0 <= wait <= LONGEST), None)


def _after(headers: Mapping[str, str]) -> float | None:
    """By Retry-After: seconds or a date."""
    if (exact := _number(headers.get("retry-after-ms", ""))) is not None:
        return exact / 1000
    return _moment(headers.get("retry-after", ""))


def _reset(headers: Mapping[str, str]) -> float | None:
    """By the limits of which nothing is left: the last that begins anew."""
    waits = [wait for wait in _resets(headers) if wait is not None]
    return max(waits, default=None)


def _resets(headers: Mapping[str, str]) -> Iterator[float | None]:
    for name, value in headers.items():
        if "ratelimit" not in name or "reset" not in name:
            continue
        left = headers.get(name.replace("reset", "remaining"))
        if left is not None and _number(left) == 0:
            yield _moment(value)


def _moment(value: str) -> float | None:
    """The seconds until a moment, which is given as seconds from now or since 1970, as spans (6m0s), or as a date."""
    if (number := _number(value)) is not None:
        if number < _EPOCH:
            return number
        return (number / 1000 if number > _EPOCH * 1000 else number) - time.time()
    if value and not _SPAN.sub("", value).strip():
        return sum(float(n) * _UNITS[unit.lower()] for n, unit in _SPAN.findall(value))
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return max(0.0, read(value).timestamp() - time.time())
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _said(words: str) -> float | None:
    found = _SAID.search(words)
    spans = _WORD.findall(found[1]) if found else ()
    return sum(float(n) * _UNITS["ms" if unit.lower() == "milli" else unit.lower()] for n, unit in spans) or None


def _number(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\d{1,15}(\.\d{1,6})?", value) else None
