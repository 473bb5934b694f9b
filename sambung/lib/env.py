"""Typed reading of the environment. Only settings use it; every mistake is one clear line."""

import os
from collections.abc import Iterable
from urllib.parse import urlsplit


class EnvError(SystemExit):
    """A setting that cannot be used. Ends the process with its sentence."""


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding space, or `default` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number of at least `minimum`."""
    raw = text(name, str(default))
    try:
        value = int(raw)
    except ValueError:
        raise EnvError(f"{name} is {raw!r}; it takes a whole number.") from None
    if value < minimum:
        raise EnvError(f"{name} is {value}; the least is {minimum}.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Return true for 1, true, yes, on; false for 0, false, no, off."""
    raw = text(name, "on" if default else "off").lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise EnvError(f"{name} is {raw!r}; it takes yes or no.")


def choice(name: str, default: str, choices: Iterable[str]) -> str:
    """Return one of `choices`, which are in capitals, however it is written."""
    raw = text(name, default).upper()
    if raw not in choices:
        raise EnvError(f"{name} is {raw!r}; it takes one of {', '.join(choices)}.")
    return raw


def url(name: str, default: str = "") -> str:
    """Return an http or https address without a trailing slash."""
    raw = text(name, default).rstrip("/")
    if not raw:
        return ""
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise EnvError(f"{name} is {raw!r}; it takes an address such as https://chat.example.org.")
    return raw


def words(name: str) -> list[str]:
    """Return the comma-separated values."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def only(names: Iterable[str]) -> dict[str, str]:
    """Return those of the variables that are set."""
    return {name: os.environ[name] for name in names if name in os.environ}


def places(name: str) -> frozenset[tuple[str, int]]:
    """Return comma-separated places as (host, port), e.g. of `localhost:11434, [::1]:1234`."""
    found = set()
    for word in words(name):
        try:
            parts = urlsplit(f"//{word}")
            place = parts.hostname, parts.port
        except ValueError:
            place = None, None
        if not all(place) or parts.netloc != word or "@" in word:
            raise EnvError(f"{name} holds {word!r}; it takes host:port, more after commas.")
        found.add(place)
    return frozenset(found)
