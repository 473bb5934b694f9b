"""The usual `mcpServers` JSON that people paste. Nothing in it is expanded, and nothing in it is run."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sambung.lib.errors import Refused
from sambung.lib.failures import Failure

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


class Unreadable(Refused):
    """Text without servers in it."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """One server of the text; with a `problem` it is not made. `notice` says what else to know."""

    name: str
    transport: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    problem: Failure | None = None
    notice: Failure | None = None


def parsed(text: str) -> list[Pasted]:
    """Return the servers of a pasted text, in its order. Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable(Failure("mcp_paste_too_much"))
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(Failure("mcp_paste_no_json")) from None
    found = _entries(given)
    if not found:
        raise Unreadable(Failure("mcp_paste_no_servers"))
    if len(found) > MOST:
        raise Unreadable(Failure("mcp_paste_too_much"))
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
        return Pasted(name, problem=Failure("mcp_paste_no_address"))
    if entry.keys() & _PROCESS or str(entry.get("type", entry.get("transport", ""))).lower() == "stdio":
        return Pasted(name, problem=Failure("mcp_paste_program"))
    url = next((entry[key] for key in ("url", "serverUrl", "httpUrl") if isinstance(entry.get(key), str)), "")
    told = str(entry.get("type") or entry.get("transport") or ("sse" if url.endswith("/sse") else "http"))
    transport, headers = _TRANSPORTS.get(told.lower(), ""), entry.get("headers", {})
    is_plain = isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values())
    if not url:
        return Pasted(name, transport, problem=Failure("mcp_paste_no_address"))
    if not transport or not is_plain:
        return Pasted(
            name, transport, url, problem=Failure("mcp_paste_headers" if transport else "mcp_paste_no_transport")
        )
    place = _PLACE.search(" ".join([url, *headers.values()]))
    notice = Failure("mcp_paste_literal", {"place": place[0]}) if place else None
    return Pasted(name, transport, url, headers, notice=notice)
