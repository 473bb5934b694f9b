"""What a failure of the model library means for a person: its knowledge of providers' codes and words decides the kind.

Heavy to import.
"""

from collections.abc import Mapping

import pydantic_ai
from pydantic_ai import exceptions

from agents.engine import errors, refusals, waits
from agents.engine.refusals import Refusal

pydantic_ai.BANNER_ENABLED = False  # it would greet whoever reads the log


def translated(
    error: exceptions.ModelAPIError, key: str, refusal: Refusal | None = None, headers: Mapping[str, str] | None = None
) -> errors.EngineError:
    """Return our error for the library's. `key` is taken out of what the server said.

    What our own table knows counts first; `refusal` and `headers` are what the server said, where it was read already.
    """
    status = getattr(error, "status_code", None)
    refusal = refusal or refusals.read(None if getattr(error, "in_stream", False) else status, error.body)
    refusal = refusal.without(key)
    told = headers or getattr(error, "headers", None) or {}
    retry_after = waits.told(told, refusal.words, getattr(error, "retry_after", None))
    found = refusals.fault(refusal, retry_after) or _translated(error, refusal.words, status, retry_after)
    found.refusal = refusal
    return found


def _translated(
    error: exceptions.ModelAPIError, detail: str, status: int | None, retry_after: float | None
) -> errors.EngineError:
    match error:
        case exceptions.ModelContextWindowExceededError():
            return errors.ContextTooLong()
        case exceptions.ModelRateLimitError():
            return errors.RateLimited(retry_after=retry_after)
        case exceptions.ModelQuotaExceededError():
            return errors.QuotaExceeded()
        case exceptions.ModelUnavailableError():
            return errors.Overloaded(retry_after=retry_after)
        case exceptions.ModelAuthenticationError() if status == 403:
            return errors.NotAllowed(detail)
        case exceptions.ModelAuthenticationError():
            return errors.AuthFailed()
        case exceptions.ModelAPIError(in_stream=True):
            return errors.UpstreamError(detail)
        case exceptions.ModelServerError():
            return errors.ServerFailed(detail)
    if status is not None and status >= 500:
        return errors.ServerFailed(detail)
    if status in refusals.GONE:
        return errors.ModelGone(detail)
    return errors.BadRequest(detail)
