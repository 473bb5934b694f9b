"""What a failure of the model library means for a person: its knowledge of providers' codes and words decides the kind.

Heavy to import.
"""

import pydantic_ai
from pydantic_ai import exceptions

from agents.engine import errors

pydantic_ai.BANNER_ENABLED = False  # it would greet whoever reads the log

SHORTEST_KEY = 4  # a shorter one is a placeholder, and taking it out would spoil the words
TOO_LONG = ("exceed_context_size", "exceeds the available context size", "context size")


def translated(error: exceptions.ModelAPIError, key: str) -> errors.EngineError:
    """Return our error for the library's. `key` is taken out of what the server said."""
    detail = _detail(error.body)
    if len(key) >= SHORTEST_KEY:
        detail = detail.replace(key, "…")
    kind, status = error.provider_error_type or "", getattr(error, "status_code", None)
    if any(words in f"{kind} {detail}" for words in TOO_LONG):
        return errors.ContextTooLong()
    match error:
        case exceptions.ModelContextWindowExceededError():
            return errors.ContextTooLong()
        case exceptions.ModelRateLimitError():
            return errors.RateLimited(retry_after=error.retry_after)
        case exceptions.ModelQuotaExceededError():
            return errors.QuotaExceeded()
        case exceptions.ModelUnavailableError():
            return errors.Overloaded(retry_after=error.retry_after)
        case exceptions.ModelAuthenticationError():
            return errors.AuthFailed()
        case exceptions.ModelAPIError(in_stream=True):
            return errors.UpstreamError(detail)
        case exceptions.ModelServerError():
            return errors.ServerFailed()
    if status is not None and status >= 500:
        return errors.ServerFailed()
    return errors.BadRequest(detail)


def _detail(body: object) -> str:
    """The server's own words: OpenAI's lie at the top, the others' one level down."""
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, str) else ""
