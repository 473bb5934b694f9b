"""One small request to a model's server, and its JSON."""

from typing import Any

import aiohttp
import orjson

from agents.engine import errors, refusals
from agents.engine.exchange import headers_of, reaching, send
from agents.engine.values import Endpoint

SECONDS = 15.0
LARGEST = 8_000_000  # bytes; the largest public list of models is a tenth of it
_OF_STATUS = {
    401: errors.AuthFailed,
    402: errors.QuotaExceeded,
    403: errors.NotAllowed,
    404: errors.NotFound,
    405: errors.NotFound,
    429: errors.RateLimited,
    503: errors.Overloaded,
    529: errors.Overloaded,
}
#: What is told with the service's words.
_TOLD = {errors.BadRequest, errors.NotAllowed, errors.ServerFailed}


async def request(endpoint: Endpoint, method: str, url: str, json: dict | None = None) -> Any:
    """Send one request to an endpoint's server and return its JSON. Raises EngineError."""
    limit = aiohttp.ClientTimeout(total=SECONDS)
    data = None if json is None else orjson.dumps(json)
    with reaching():
        answer = await send(endpoint, method, url, data=data, headers=headers_of(endpoint), timeout=limit)
        async with answer as response:
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > LARGEST:
                    raise errors.Garbled
    if response.status != 200:
        raise _error(refusals.read(response.status, bytes(body)).without(endpoint.api_key))
    try:
        return orjson.loads(body)
    except ValueError as error:
        raise errors.Garbled from error


def _error(refusal: refusals.Refusal) -> errors.EngineError:
    """Return our error for what a service answered, by its words first: some tell only by them that a key is wrong."""
    status = refusal.status
    kind = _OF_STATUS.get(status, errors.ServerFailed if status >= 500 else errors.BadRequest)
    found = refusals.fault(refusal) or (kind(refusal.words) if kind in _TOLD else kind())
    found.refusal = refusal
    return found
