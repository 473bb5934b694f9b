"""Typed reading of the environment and `.env`, for settings and supervisor; every mistake is one clear line."""

import os
import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

PORTS = {"http": 80, "https": 443}
#: What is percent-encoded in the user's name and the password of an address (RFC 3986), unless it is already.
_CODED = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=%-]")
SIGNS = "In user and password, signs such as # @ / ? % : are written %23 %40 %2F %3F %25 %3A."


class EnvError(SystemExit):
    """A setting that cannot be used. Ends the process with its sentence."""


def read_file(path: Path) -> None:
    """Put the `NAME=value` lines of a file into the environment; names that are set already stay."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.lstrip().startswith("#"):
            continue
        os.environ.setdefault(name.strip(), _unquote(value.strip()))


def _unquote(value: str) -> str:
    """Take the quotes from a value; one without them ends at ` #`."""
    if value[:1] in {"'", '"'}:
        try:
            return shlex.split(value, comments=True)[0]
        except (ValueError, IndexError):
            return value
    return value.split(" #", 1)[0].rstrip()


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


def port(name: str, default: int) -> int:
    """Return the number of a port."""
    raw = text(name, str(default))
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 65535:
        raise EnvError(f"{name} is {raw!r}; it takes a number from 1 to 65535.")
    return int(raw)


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
    try:
        parts = urlsplit(raw)
        is_address = parts.scheme in PORTS and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none, half a bracket
        is_address = False
    if not is_address:
        raise EnvError(f"{name} is {raw!r}; it takes an address such as https://chat.example.org.")
    return raw


def public_url(name: str, default: str = "") -> str:
    """Return the http or https address that people open, as browsers send it.

    Scheme and host are in lower case, the host in ASCII (xn--), without a port that the scheme implies.
    """
    raw = url(name, default)
    if not raw:
        return ""
    parts = urlsplit(raw)
    if "@" in parts.netloc:
        raise EnvError(f"{name} holds a user before the @; it takes the address alone, such as {_site(name, parts)}.")
    if parts.path or "?" in raw or "#" in raw:
        raise EnvError(f"{name} is {raw!r}; paths are not supported, so write {_site(name, parts)} and serve it there.")
    return _site(name, parts)


def _site(name: str, parts: SplitResult) -> str:
    host = _ascii(name, parts.hostname)
    is_usual = parts.port in {None, PORTS[parts.scheme]}
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{'' if is_usual else f':{parts.port}'}"


def _ascii(name: str, host: str) -> str:
    """A host's name as browsers send it.

    Python follows IDNA of 2003, they that of 2008; where the two may differ, a person decides.
    """
    try:
        found = host.encode("idna").decode("ascii")
        is_same = found == host or found.encode("ascii").decode("idna") == host
    except UnicodeError:
        is_same = False
    if not is_same or re.search(r"[^a-z0-9.:_-]", found):
        raise EnvError(f"{name} names the host {host!r}; write it as browsers send it, such as xn--r8jz45g.example.")
    return found


def hosts(name: str) -> set[str]:
    """Return the hosts between spaces, in lower case and ASCII, with a port where it is no usual one."""
    found = set()
    for word in text(name).split():
        try:
            parts = urlsplit(f"//{word}")
            host, number = parts.hostname or "", parts.port
        except ValueError:
            host, number = "", None
        if not host or parts.netloc != word or "@" in word or "," in word:
            raise EnvError(f"{name} holds {word!r}; it takes hosts such as docs.example.org, more after spaces.")
        host = _ascii(name, host)
        usual = number is None or number in PORTS.values()
        found.add(f"{f'[{host}]' if ':' in host else host}{'' if usual else f':{number}'}")
    return found


def secret_url(name: str, raw: str) -> str:
    """Return the variable's address with user and password percent-encoded, whichever signs they were written with.

    The last @ before the path ends the password, as everywhere in Sambung. An address that has one after it cannot be
    told apart from a password with a slash. No sentence repeats the address: a secret is in it.
    """
    scheme, mark, rest = raw.partition("://")
    user_info = re.match(r"[^/]*@|", rest)[0]
    place = rest[len(user_info) :]
    if "@" in place.partition("?")[0]:
        raise EnvError(f"{name} has an @ after a slash. {SIGNS}")
    user, colon, password = user_info.removesuffix("@").partition(":")
    return f"{scheme}{mark}{_encoded(user)}{colon}{_encoded(password)}{'@' if user_info else ''}{place}"


def _encoded(word: str) -> str:
    return _CODED.sub(lambda found: quote(found[0], safe=""), word)


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
