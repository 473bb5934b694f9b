"""What a server's HTTP says where it refuses a request: read at the door, carried through the SDK, told in a sentence.

The SDK keeps of such an answer no more than its JSON-RPC error. So the door puts what it knows into that error's data.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
from django.utils.translation import gettext_noop

from agents import words
from agents.runs.reply import clean, clean_json

MARK = f"sambung/{secrets.token_hex(8)}"  # in the data of an error; no server can say it
LONGEST_WORDS = 500  # characters
LONGEST_WAIT = 86_400  # seconds that are told
#: JSON-RPC codes as the SDK would choose them where there is no body that says one.
NOT_FOUND, INVALID, INTERNAL = -32601, -32600, -32603
#: How servers of the known SDKs say that they do not know a session any more: TypeScript, Python, Go, Rust, Java, C#.
_SESSION = re.compile(r"session|not initiali[sz]ed", re.IGNORECASE)
#: And with which numbers: 401 is Rust's (modelcontextprotocol/rust-sdk#689 2026-02), 400 others' (mark3labs/mcp-go#689
#: 2026-01), in a line of text.
_OF_SESSIONS = {400, 401, 404, 410}
_LONGEST_LINE = 200  # bytes

SAID = words.known(gettext_noop("The MCP server refused: %(detail)s"))
FORBIDDEN = words.known(
    gettext_noop("The MCP server does not allow this (HTTP 403). Check the key or header that you entered for it.")
)
NO_MCP_HERE = words.known(
    gettext_noop("What answers at this address is no MCP server (HTTP %(status)s). Check the address.")
)
TOO_OFTEN = words.known(gettext_noop("The MCP server is asked too often (HTTP 429). Try again shortly."))
TOO_OFTEN_UNTIL = words.known(
    gettext_noop("The MCP server is asked too often (HTTP 429). Try again in %(seconds)s seconds.")
)
DOWN = words.known(gettext_noop("The MCP server failed (HTTP %(status)s). Try again shortly."))
DOWN_UNTIL = words.known(gettext_noop("The MCP server failed (HTTP %(status)s). Try again in %(seconds)s seconds."))
REFUSED = words.known(gettext_noop("The MCP server refused the request (HTTP %(status)s)."))


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` and `words` are the server's, where it has said some; `after`: seconds that it asks to wait.

    `fault`: a sentence of ours, where no answer came at all; `has_sent`: whether the request may have been carried out.
    `is_forgotten`: the server does not know the session, so it has not looked at the request.
    """

    status: int
    code: int = INTERNAL
    words: str = ""
    after: float | None = None
    fault: str = ""
    has_sent: bool = True
    is_forgotten: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Whether the request has surely not been carried out."""
        return self.is_forgotten or not self.has_sent or self.status == 429

    @property
    def sentence(self) -> str:
        """What a person and a model are told."""
        about = {"status": self.status, "seconds": round(self.after or 0)}
        if self.fault:
            return self.fault
        if self.status == 429:
            return (TOO_OFTEN_UNTIL if self.after else TOO_OFTEN) % about
        if self.words:
            return SAID % {"detail": self.words}
        if self.status == 403:
            return FORBIDDEN
        if self.status in {404, 405, 410}:
            return NO_MCP_HERE % about
        if self.status >= 500:
            return (DOWN_UNTIL if self.after else DOWN) % about
        return REFUSED % about

    def body(self, data: Any = None) -> bytes:
        """The JSON-RPC error that the SDK is given in place of the answer; `data` is the server's own."""
        given = clean_json(data)  # else it may lie too deep to be written
        held = given if isinstance(given, Mapping) else {} if given is None else {"data": given}
        error = {"code": self.code, "message": self.words or "Refused", "data": {**held, MARK: asdict(self)}}
        return orjson.dumps({"jsonrpc": "2.0", "id": None, "error": error})


def read(status: int, headers: Mapping[str, str], body: bytes, had_session: bool) -> tuple[Refusal, Any]:
    """Return what an answer that refuses says, and the data of its error."""
    found = _json(body)
    error = found.get("error") if isinstance(found, Mapping) else None
    code, data = (error.get("code"), error.get("data")) if isinstance(error, Mapping) else (None, None)
    is_rpc = isinstance(code, int) and not isinstance(code, bool)
    said, is_forgotten = _words(found), False
    if had_session and status in _OF_SESSIONS:
        is_forgotten = bool(_SESSION.search(said or _line(body))) or (status in {404, 410} and not is_rpc)
    status = 404 if is_forgotten and status == 401 else status  # no sign-in is asked for
    usual = (INVALID if had_session else NOT_FOUND) if status == 404 else INTERNAL
    return Refusal(
        status, code if is_rpc else usual, said, _after(headers.get("Retry-After", "")), is_forgotten=is_forgotten
    ), data


def of(data: object) -> Refusal | None:
    """Return what the door put into an error's data, None where the server itself has answered with it."""
    held = data.get(MARK) if isinstance(data, Mapping) else None
    return Refusal(**held) if isinstance(held, Mapping) else None


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return None


def _words(found: Any) -> str:
    """What the JSON of a refusal says, in one of the usual places; a page or a trace is nobody's to read."""
    for name in ("error", "message", "detail", "error_description", "title"):
        said = found.get(name) if isinstance(found, Mapping) else None
        said = said.get("message") if isinstance(said, Mapping) else said
        if isinstance(said, str) and said.strip():
            return clean(said.strip())[:LONGEST_WORDS]
    return ""


def _line(body: bytes) -> str:
    """A refusal that is a line of text."""
    return body.decode(errors="replace") if len(body) <= _LONGEST_LINE else ""


def _after(value: str) -> float | None:
    """The seconds of a Retry-After, which may also be a date."""
    try:
        seconds = float(value) if value.strip().isdecimal() else _until(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(seconds, LONGEST_WAIT) if seconds > 0 else None


def _until(value: str) -> float:
    moment = parsedate_to_datetime(value)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
