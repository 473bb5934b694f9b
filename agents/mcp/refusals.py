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

from sambung.lib.failures import Failure
from sambung.lib.jsonb import clean, clean_json

MARK = f"sambung/{secrets.token_hex(8)}"  # in the data of an error; no server can say it
LONGEST_WORDS = 500  # characters
LONGEST_WAIT = 86_400  # seconds that are told
#: JSON-RPC codes as the SDK would choose them where there is no body that says one.
NOT_FOUND, INVALID, INTERNAL = -32601, -32600, -32603
#: How servers of the known SDKs say that they do not know a session any more: TypeScript, Python, Go, Rust, Java, C#.
_LOST = re.compile(
    r"not initiali[sz]ed|\b(no( valid)?|invalid|unknown|expired|missing|stale|unrecogni[sz]ed)( mcp)?[ -]session"
    r"|\bsession( id)?\b.{0,50}\bnot (found|exist|valid|known)"
    r"|\bsession( id)?\b.{0,50}\b(unknown|invalid|expired|terminated|required|missing)",
    re.IGNORECASE,
)
#: With which numbers they say so: what the words must say, and whether they must answer no request in particular, since
#: these numbers also tell of calls that ran. 401 is Rust's (modelcontextprotocol/rust-sdk#689 2026-02), 400 others'
#: (mark3labs/mcp-go#689 2026-01), in a line of text; 500 and 503 stand in front of some (punkpeye/fastmcp#121 2025-06,
#: markmhendrickson/neotoma#1923 2026-07).
_OF_SESSIONS = {400: False, 401: False, 404: False, 410: False, 403: True, 500: True, 502: True, 503: True}
_TO_NOBODY = (None, "", "server-error")  # ids of an error that answers no request; the last is Python's
_LONGEST_LINE = 200  # bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` and `words` are the server's, where it has said some; `after`: seconds that it asks to wait.

    `fault`: a code of ours, where no answer came at all; `has_sent`: whether the request may have been carried out.
    `is_forgotten`: the server does not know the session, so it has not looked at the request. `missing`: the rights
    that it wants beside those of the token, "" where it names none; None = it is not about them.
    """

    status: int
    code: int = INTERNAL
    words: str = ""
    after: float | None = None
    fault: str = ""
    has_sent: bool = True
    is_forgotten: bool = False
    missing: str | None = None

    @property
    def is_repeatable(self) -> bool:
        """Whether the request has surely not been carried out."""
        return self.is_forgotten or not self.has_sent or self.status == 429

    @property
    def failure(self) -> Failure:
        """What a person and a model are told."""
        wait = {"seconds": round(self.after)} if self.after else {}
        if self.fault:
            return Failure(self.fault)
        if self.missing is not None:
            told = {"detail": self.words} if self.words else {}
            return (
                Failure("mcp_more_rights", {"scope": self.missing} | told)
                if self.missing
                else Failure("mcp_further_rights", told)
            )
        if self.status == 429:
            return Failure("mcp_too_often_until" if wait else "mcp_too_often", wait)
        if self.words:
            return Failure("mcp_refused_saying", {"detail": self.words})
        if self.status == 403:
            return Failure("mcp_forbidden")
        if self.status in {404, 405, 410}:
            return Failure("mcp_not_here", {"status": self.status})
        if self.status >= 500:
            return Failure("mcp_down_until" if wait else "mcp_down", {"status": self.status} | wait)
        return Failure("mcp_refused", {"status": self.status})

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
    said, missing = _words(found), _missing(headers.get("WWW-Authenticate", ""))
    if missing is not None:
        said = said if is_rpc else _quoted(headers["WWW-Authenticate"], "error_description") or said
        return Refusal(403, code if is_rpc else INTERNAL, said, missing=missing), data
    is_forgotten = had_session and _is_forgotten(status, said or _line(body), found if is_rpc else None)
    status = 404 if is_forgotten and status == 401 else status  # no sign-in is asked for
    usual = (INVALID if had_session else NOT_FOUND) if status == 404 else INTERNAL
    return Refusal(
        status, code if is_rpc else usual, said, _after(headers.get("Retry-After", "")), is_forgotten=is_forgotten
    ), data


def lacks_rights(headers: Mapping[str, str]) -> bool:
    """Whether a token is refused for want of rights, which no other token of the same sign-in has."""
    return _missing(headers.get("WWW-Authenticate", "")) is not None


def _missing(challenge: str) -> str | None:
    """The rights that a challenge asks for, "" where it names none, None where it is about something else.

    Source: https://datatracker.ietf.org/doc/html/rfc6750#section-3.1.
    """
    if _quoted(challenge, "error") != "insufficient_scope":
        return None
    return " ".join(_quoted(challenge, "scope").split())


def _quoted(challenge: str, name: str) -> str:
    found = re.search(rf'(?<![\w-]){name}\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', challenge)
    said = found[2] or re.sub(r"\\(.)", r"\1", found[1] or "") if found else ""
    return clean(said.strip())[:LONGEST_WORDS]


def _is_forgotten(status: int, said: str, rpc: Mapping | None) -> bool:
    """Whether a server does not know the session, so that it cannot have looked at the request. `rpc`: its error."""
    if status not in _OF_SESSIONS:
        return False
    if status in {404, 410} and rpc is None:
        return True
    if _OF_SESSIONS[status] and (rpc is None or rpc.get("id") not in _TO_NOBODY):
        return False
    return bool(_LOST.search(said))


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
