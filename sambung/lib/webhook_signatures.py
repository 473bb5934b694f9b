"""Signatures of webhooks: Standard Webhooks, GitHub's header, and a plain bearer secret, made and checked.

Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`, in base64 behind "v1,"; one header may
carry several, by blanks. GitHub: HMAC-SHA256 over the body alone, in hex behind "sha256=". What is checked is the body
as it came, before anything reads it. While a secret is replaced, both are given, and either is enough.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from enum import StrEnum

PREFIX = "whsec_"  # of a secret as Standard Webhooks writes it
SECRET_BYTES = 32  # of a new secret
TOLERANCE = 300  # seconds by which a timestamp may differ from now, either way
LONGEST_ID = 256  # characters of a message's id
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
GITHUB_SIGNATURE, GITHUB_ID = "x-hub-signature-256", "x-github-delivery"
IDEMPOTENCY_KEY = "idempotency-key"
_VERSION, _GITHUB_VERSION, _BEARER = "v1", "sha256=", "bearer "
_MOST_SIGNATURES = 16  # that one header is looked through for


class Scheme(StrEnum):
    """How a webhook shows that it comes from whom it says."""

    STANDARD = "standard"
    GITHUB = "github"
    BEARER = "bearer"


class Unverified(Exception):
    """A webhook that does not show where it comes from; `code` says what is wrong with it."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


# ---- making ---------------------------------------------------------------------------------------------
def new_secret() -> str:
    """A secret as Standard Webhooks writes it, which the other schemes take as any text."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers of a message by Standard Webhooks. `at` is in seconds since 1970. Raises ValueError."""
    return {ID: message_id, TIMESTAMP: str(at), SIGNATURE: _standard(secret, message_id, str(at), body)}


def sign_as_github(secret: str, body: bytes) -> str:
    """Return the value of the header `X-Hub-Signature-256`."""
    return _GITHUB_VERSION + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


# ---- checking -------------------------------------------------------------------------------------------
def verify(scheme: Scheme, given: Iterable[str], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Check a webhook against the secrets that are valid now; return its message's id, "" where it names none.

    `headers` finds names whatever their case, as a request's do. `now` is in seconds since 1970. Of the three schemes
    only Standard Webhooks signs the id and the time. Raises Unverified.
    """
    given = [secret for secret in given if secret]
    match scheme:
        case Scheme.STANDARD:
            return _verify_standard(given, headers, body, now)
        case Scheme.GITHUB:
            told = _header(headers, GITHUB_SIGNATURE)
            _refuse_unlike([told], [sign_as_github(secret, body) for secret in given])
            return _short(headers.get(GITHUB_ID, ""))
        case Scheme.BEARER:
            told = _header(headers, "authorization")
            if told[: len(_BEARER)].lower() != _BEARER:
                raise Unverified("webhook_header_missing")
            _refuse_unlike([told[len(_BEARER) :].strip()], given)
            return _short(headers.get(ID) or headers.get(IDEMPOTENCY_KEY) or "")


def _verify_standard(given: list[str], headers: Mapping[str, str], body: bytes, now: float) -> str:
    message_id, at = _header(headers, ID), _header(headers, TIMESTAMP)
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        raise Unverified("webhook_time_unreadable")
    if abs(now - int(at)) > TOLERANCE:
        raise Unverified("webhook_time_far")
    told = _header(headers, SIGNATURE).split()[:_MOST_SIGNATURES]
    _refuse_unlike(told, [_standard(secret, message_id, at, body) for secret in given])
    return _short(message_id)


def _standard(secret: str, message_id: str, at: str, body: bytes) -> str:
    """One signature. Headers are read as Latin-1, so that their bytes are signed as they came. Raises ValueError."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = b".".join((message_id.encode("latin-1"), at.encode(), body))
    return f"{_VERSION},{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def _header(headers: Mapping[str, str], name: str) -> str:
    if not (found := headers.get(name, "").strip()):
        raise Unverified("webhook_header_missing")
    return found


def _short(message_id: str) -> str:
    """The id as it came, "" for none; one that cannot be kept whole is refused: its first part may be another's."""
    if len(message_id) > LONGEST_ID:
        raise Unverified("webhook_id_too_long")
    return message_id


def _refuse_unlike(told: list[str], right: list[str]) -> None:
    """Raise Unverified unless one of the values told is right. All are compared: how long it takes tells nothing."""
    found = [hmac.compare_digest(one.encode(), other.encode()) for one in told for other in right]
    if not any(found):
        raise Unverified("webhook_signature_wrong")
