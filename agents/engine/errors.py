"""How a reply can fail. Every error carries a code and parameters, without keys and addresses."""

import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from agents.engine.usage import Usage
from sambung.lib import masking

SECRET = re.compile(
    r"\b(?:sk|pk|gsk|xai|key)[-_][\w*.\-]{4,}|\bAIza[\w\-]{10,}|\bBearer\s+\S+|https?://\S+", re.IGNORECASE
)
DETAIL_CHARS = 200
SHORTEST_KEY = 4  # a shorter one is a placeholder, and taking it out would spoil the words
LONGEST_TEXT = 4000  # characters of what was said that are looked at
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # what no line holds, and no database


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a service said: its words as one line, its own code and kind, and the fields that it named.

    `status` None: inside a stream. `sent`: the fields of the body that it had got, where that is known.
    """

    status: int | None
    words: str
    code: str = ""
    fields: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """All that can be looked at."""
        return f"{self.code} {self.words}"[:LONGEST_TEXT]

    def without(self, key: str) -> "Refusal":
        """The same, should its words quote the key."""
        return replace(self, words=masking.without(self.words, [key], shortest=SHORTEST_KEY))

    @property
    def error(self) -> dict[str, str]:
        """The same in OpenAI's form, which the model library knows."""
        return {"message": self.words, "code": self.code.partition(" ")[0], "type": self.code.partition(" ")[2]}


class EngineError(Exception):
    """A reply that failed.

    `code` is stable and names the kind, `params` are what a sentence of it is filled with; `detail` is what the
    server said about it ('' where it must not be shown). `is_retryable`: the same request may well
    succeed later. `is_interruption`: the text simply stopped, so what is there is right and can be continued.
    `refusal` is all that the server said, where it answered with an error: for the engine, not for people.
    `usage`: the tokens of an answer that ended as it should and is none, if the server counted.
    """

    code: str = "engine_error"
    is_retryable: ClassVar[bool] = False
    is_interruption: bool = False
    refusal: Refusal | None = None
    usage: Usage | None = None

    def __init__(self, detail: str = "") -> None:
        self.detail = clean(detail)
        self.params: dict[str, str | int] = {"detail": self.detail} if self.detail else {}
        super().__init__(f"{self.code}: {self.detail}" if self.detail else self.code)


class Busy(EngineError):
    """A service that asks to be left alone. `retry_after` is in seconds, None where it did not say for how long.

    Where that is `LONG` or more, the parameter `wait_until` is the moment when it is over, in ISO 8601.
    """

    LONG: ClassVar[float] = 5.0  # seconds; over what is shorter by the time somebody has read of it no clock is needed

    is_retryable = True

    def __init__(self, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        if retry_after and retry_after >= self.LONG:
            over = datetime.now(UTC) + timedelta(seconds=math.ceil(retry_after))
            self.params["wait_until"] = over.isoformat(timespec="seconds")


class RateLimited(Busy):
    """429."""

    code = "rate_limited"


class QuotaExceeded(EngineError):
    """402, or a 429 that means money: waiting does not help."""

    code = "quota_exceeded"


class Overloaded(Busy):
    """503 and 529."""

    code = "overloaded"


class ServerFailed(EngineError):
    """Any other 5xx, an HTML error page of a proxy among them."""

    code = "server_failed"
    is_retryable = True


class AuthFailed(EngineError):
    """401, and a 403 whose words are about the key. What the server said is left out: it may quote the key."""

    code = "auth_failed"

    def __init__(self, detail: str = "") -> None:
        super().__init__()


class BadRequest(EngineError):
    """400, 404, 422 and other answers that will not change by themselves."""

    code = "bad_request"


class NotAllowed(BadRequest):
    """Any other 403: a model or an account without the right, terms, a firewall or a gateway on the way."""

    code = "not_allowed"


class ModelGone(BadRequest):
    """404 and 410 where chats are asked, and other refusals whose words say that there is no such model (any more)."""

    code = "model_gone"


class NoTools(BadRequest):
    """The model takes no tools, and an answer without them is none."""

    code = "no_tools"


class NotFound(BadRequest):
    """404 where a service should list its models: the address leads to something else."""

    code = "not_found"


class NoList(BadRequest):
    """Chats are answered at the address, but it does not list its models."""

    code = "no_list"


class ContextTooLong(BadRequest):
    """The conversation does not fit the model's window."""

    code = "context_too_long"

    def __init__(self, detail: str = "") -> None:
        super().__init__()


class TooLarge(ContextTooLong):
    """413, or more at once than the tokens of a minute: less can be sent, and another service may take it all."""

    code = "too_large"


class PlaceRefused(BadRequest):
    """The service does not serve the country that this server is in. No key changes that."""

    code = "place_refused"

    def __init__(self, detail: str = "") -> None:
        super().__init__()


class UnsupportedPart(BadRequest):
    """A kind of message part that this model, or the engine, cannot send."""

    code = "unsupported_part"


class ConnectFailed(EngineError):
    """No connection, or one that was lost before any answer."""

    code = "connect_failed"
    is_retryable = True


class AddressRefused(EngineError):
    """The address lies where this server must not connect to."""

    code = "address_refused"


class TimedOut(EngineError):
    """Nothing came for too long: before the first token, between tokens, or over the whole reply."""

    code = "timed_out"

    def __init__(self, phase: str = "first token") -> None:
        self.phase = phase
        if phase != "first token":
            self.code, self.is_interruption = "stalled", True
        super().__init__()


class CutOff(EngineError):
    """The stream ended without its terminator: interrupted, never done."""

    code = "cut_off"
    is_interruption = True


class Garbled(EngineError):
    """The stream held something that is not the protocol: a line that cannot be read, or one too long."""

    code = "garbled"


class UpstreamError(EngineError):
    """An error object inside a stream that had begun with 200."""

    code = "upstream_error"


class EmptyReply(EngineError):
    """A stream that ended properly and said nothing. Another model may well answer."""

    code = "empty_reply"


class NothingCame(EmptyReply):
    """The body of an answer ended as bodies do, with nothing in it, not even an end of an answer."""

    code = "nothing_came"
    is_retryable = True


class ThoughtOnly(EmptyReply):
    """The model thought and ended there."""

    code = "thought_only"


class NothingWithinLength(EmptyReply):
    """The limit of tokens was reached before the first word of an answer: thoughts count, too."""

    code = "nothing_within_length"


class Filtered(EmptyReply):
    """The service's filter, or the model itself, refused to answer this."""

    code = "filtered"


class BrokenCall(EmptyReply):
    """The model meant to call a tool, in a way that the service itself could not read."""

    code = "broken_call"


class Paused(EngineError):
    """The service ended its turn and would be asked to go on, as Anthropic does after long work of its own tools."""

    code = "paused"
    is_interruption = True


class TooLong(EngineError):
    """A reply beyond every reasonable length, which was therefore stopped."""

    code = "too_long"


def clean(detail: str) -> str:
    """Return what a server said as one short line without anything that looks like a key or an address."""
    line = " ".join(SECRET.sub("…", _UNFIT.sub(" ", detail)).split())
    return line if len(line) <= DETAIL_CHARS else line[: DETAIL_CHARS - 1] + "…"
