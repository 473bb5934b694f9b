"""How a reply can fail. Every error carries a sentence for a person, without keys and addresses."""

import re
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from agents.engine.refusals import Refusal

SECRET = re.compile(
    r"\b(?:sk|pk|gsk|xai|key)[-_][\w*.\-]{4,}|\bAIza[\w\-]{10,}|\bBearer\s+\S+|https?://\S+", re.IGNORECASE
)
DETAIL_CHARS = 200
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # what no line holds, and no database
# The sentence for a fault that nobody foresaw; its cause goes to the log and never to a person.
UNEXPECTED = "Something went wrong here. Try again."


class EngineError(Exception):
    """A reply that failed.

    `sentence` says what happened and what can be done; `code` is stable and names the kind; `detail` is what
    the server said about it ('' where it must not be shown). `is_retryable`: the same request may well
    succeed later. `is_interruption`: the text simply stopped, so what is there is right and can be continued.
    `refusal` is all that the server said, where it answered with an error: for the engine, not for people.
    """

    code: ClassVar[str] = "engine_error"
    words: ClassVar[str] = "The model could not answer."
    is_retryable: ClassVar[bool] = False
    is_interruption: bool = False
    refusal: "Refusal | None" = None

    def __init__(self, detail: str = "") -> None:
        self.detail = clean(detail)
        self.sentence = f"{self.words} It said: {self.detail}" if self.detail else self.words
        super().__init__(self.sentence)


class RateLimited(EngineError):
    """429. `retry_after` is in seconds, None where the server did not say."""

    code = "rate_limited"
    words = "The model's service is receiving too many requests at the moment. Try again shortly."
    is_retryable = True

    def __init__(self, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class QuotaExceeded(EngineError):
    """402, or a 429 that means money: waiting does not help."""

    code = "quota_exceeded"
    words = "The account behind this key has used up its quota."


class Overloaded(EngineError):
    """503 and 529."""

    code = "overloaded"
    words = "The model's service is overloaded or not available at the moment. Try again shortly."
    is_retryable = True

    def __init__(self, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ServerFailed(EngineError):
    """Any other 5xx, an HTML error page of a proxy among them."""

    code = "server_failed"
    words = "The model's service failed. Try again shortly."
    is_retryable = True


class AuthFailed(EngineError):
    """401 and 403. What the server said is left out: it may quote the key."""

    code = "auth_failed"
    words = "The model's service did not accept the key. Check it in the settings."

    def __init__(self, detail: str = "") -> None:
        super().__init__()


class BadRequest(EngineError):
    """400, 404, 422 and other answers that will not change by themselves."""

    code = "bad_request"
    words = "The model's service refused the request."


class NotFound(BadRequest):
    """404 where a service should list its models: the address leads to something else."""

    code = "not_found"
    words = "There is no model service at this address. Check it; such an address often ends in /v1."


class ContextTooLong(BadRequest):
    """The conversation does not fit the model's window."""

    code = "context_too_long"
    words = "The conversation is too long for this model. Shorten it, or choose a model with a larger window."

    def __init__(self, detail: str = "") -> None:
        super().__init__()


class TooLarge(ContextTooLong):
    """413, or more at once than the tokens of a minute: less can be sent, and another service may take it all."""

    code = "too_large"
    words = "The conversation is more than this model's service takes at once. Shorten it, or choose another model."


class PlaceRefused(BadRequest):
    """The service does not serve the country that this server is in. No key changes that."""

    code = "place_refused"
    words = "The model's service does not serve the country that this server is in. Choose another model."

    def __init__(self, detail: str = "") -> None:
        super().__init__()


class UnsupportedPart(BadRequest):
    """A kind of message part that this model, or the engine, cannot send."""

    code = "unsupported_part"
    words = "This conversation holds something that cannot be sent to the model."


class ConnectFailed(EngineError):
    """No connection, or one that was lost before any answer."""

    code = "connect_failed"
    words = "The model's service cannot be reached. Check its address, or try again shortly."
    is_retryable = True


class AddressRefused(EngineError):
    """The address lies where this server must not connect to."""

    code = "address_refused"
    words = "This server does not connect to that address."


class TimedOut(EngineError):
    """Nothing came for too long: before the first token, between tokens, or over the whole reply."""

    code = "timed_out"
    words = "The model did not answer in time. Try again."

    def __init__(self, phase: str = "first token") -> None:
        super().__init__()
        self.phase = phase
        if phase != "first token":
            self.is_interruption = True
            self.sentence = "The model stopped in the middle of its answer. Continue, or try again."


class CutOff(EngineError):
    """The stream ended without its terminator: interrupted, never done."""

    code = "cut_off"
    words = "The connection to the model broke in the middle of its answer. Continue, or try again."
    is_interruption = True


class Garbled(EngineError):
    """The stream held something that is not the protocol: a line that cannot be read, or one too long."""

    code = "garbled"
    words = "The model's service sent something that cannot be read. Try again."


class UpstreamError(EngineError):
    """An error object inside a stream that had begun with 200."""

    code = "upstream_error"
    words = "The model's service reported an error in the middle of its answer. Try again."


class EmptyReply(EngineError):
    """A stream that ended properly and said nothing. Another model may well answer."""

    code = "empty_reply"
    words = "The model answered with nothing. Try again."


class ThoughtOnly(EmptyReply):
    """The model thought and ended there."""

    code = "thought_only"
    words = "The model thought, but gave no answer. Its thought is kept; try again."


class NothingWithinLength(EmptyReply):
    """The limit of tokens was reached before the first word of an answer: thoughts count, too."""

    code = "nothing_within_length"
    words = "The model reached its longest length before it answered. Let it answer longer, or think less."


class Filtered(EmptyReply):
    """The service's filter, or the model itself, refused to answer this."""

    code = "filtered"
    words = "The model's service refused to answer this. Put it in other words, or choose another model."


class BrokenCall(EmptyReply):
    """The model meant to call a tool, in a way that the service itself could not read."""

    code = "broken_call"
    words = "The model tried to use a tool, but its call was broken. Try again."


class Paused(EngineError):
    """The service ended its turn and would be asked to go on, as Anthropic does after long work of its own tools."""

    code = "paused"
    words = "The model paused in the middle of its answer. Continue, or try again."
    is_interruption = True


class TooLong(EngineError):
    """A reply beyond every reasonable length, which was therefore stopped."""

    code = "too_long"
    words = "The answer grew beyond the limit and was stopped."


def clean(detail: str) -> str:
    """Return what a server said as one short line without anything that looks like a key or an address."""
    line = " ".join(SECRET.sub("…", _UNFIT.sub(" ", detail)).split())
    return line if len(line) <= DETAIL_CHARS else line[: DETAIL_CHARS - 1] + "…"
