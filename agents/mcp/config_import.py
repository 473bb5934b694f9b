"""The usual `mcpServers` JSON that people paste. Nothing in it is expanded, and nothing in it is run."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from sambung.lib import words

LONGEST = 100_000  # characters
MOST = 50  # servers
_PROCESS = {"command", "args", "env", "cwd"}
_TRANSPORTS = {
    "http": "streamable-http",
    "streamable-http": "streamable-http",
    "streamable_http": "streamable-http",
    "streamablehttp": "streamable-http",
    "sse": "sse",
}
_PLACE = re.compile(r"\$\{[^}]*\}|\{(?:env|input|file)[:.][^}]*\}|%[A-Za-z_]+%|\$[A-Z_]{2,}")

NO_JSON = words.known(gettext_noop("This is not JSON. Paste the text from { to } as the server's page gives it."))
NO_SERVERS = words.known(gettext_noop("There are no servers in this text. It reads like {“mcpServers”: {…}}."))
TOO_MUCH = words.known(gettext_noop("This is too much at once."))
PROGRAM = words.known(
    gettext_noop("This one starts a program, which only the operator of this server can offer. Ask them for it.")
)
NO_URL = words.known(gettext_noop("This one has no address."))
NO_TRANSPORT = words.known(gettext_noop("This one asks for a way of connecting that is not known here."))
NOT_PLAIN = words.known(gettext_noop("Headers are names with texts."))
LITERAL = words.known(
    gettext_noop("%(place)s stays as it is written: nothing is filled in here. Write the value itself.")
)


class Unreadable(Exception):
    """Text without servers in it; the sentence is known to sambung.lib.words."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """One server of the text; with a `problem` it is not made. `notice` says what else to know."""

    name: str
    transport: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    problem: str = ""
    notice: str = ""


def parsed(text: str) -> list[Pasted]:
    """Return the servers of a pasted text, in its order. Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable(TOO_MUCH)
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(NO_JSON) from None
    found = _entries(given)
    if not found:
        raise Unreadable(NO_SERVERS)
    if len(found) > MOST:
        raise Unreadable(TOO_MUCH)
    return [_one(str(name), entry) for name, entry in found.items()]


def _entries(given) -> dict:
    """The servers by name, in whichever of the usual forms they were written."""
    if not isinstance(given, dict):
        return {}
    for key in ("mcpServers", "servers"):
        if isinstance(given.get(key), dict):
            return given[key]
    if given.keys() & {"url", "serverUrl", "httpUrl", "command"}:
        return {given.get("name") or "": given}
    if isinstance(given.get("mcp"), dict):
        return _entries(given["mcp"])
    return given if given and all(isinstance(entry, dict) for entry in given.values()) else {}


def _one(name: str, entry) -> Pasted:
    name = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-")[:60]
    if not isinstance(entry, dict):
        return Pasted(name, problem=NO_URL)
    if entry.keys() & _PROCESS or str(entry.get("type", entry.get("transport", ""))).lower() == "stdio":
        return Pasted(name, problem=PROGRAM)
    url = next((entry[key] for key in ("url", "serverUrl", "httpUrl") if isinstance(entry.get(key), str)), "")
    told = str(entry.get("type") or entry.get("transport") or ("sse" if url.endswith("/sse") else "http"))
    transport, headers = _TRANSPORTS.get(told.lower(), ""), entry.get("headers", {})
    is_plain = isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values())
    problem = NO_URL if not url else NO_TRANSPORT if not transport else "" if is_plain else NOT_PLAIN
    if problem:
        return Pasted(name, transport, url, problem=problem)
    place = _PLACE.search(" ".join([url, *headers.values()]))
    return Pasted(name, transport, url, headers, notice=LITERAL % {"place": place[0]} if place else "")
