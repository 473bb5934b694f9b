"""What a failure on our own path means, by the eyes of pydantic-ai's OpenAI model.

Heavy to import (seconds): only where a request has failed.
"""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Self

import httpx2
from openai import APIError, APIStatusError, AsyncOpenAI
from pydantic_ai import exceptions, messages
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from agents.engine import errors, refusals
from agents.engine.complaints import Reported
from agents.engine.exchange import Rejected
from agents.engine.refusals import Refusal
from agents.engine.service_errors import translated
from agents.engine.values import Endpoint

QUESTION = [messages.ModelRequest([messages.UserPromptPart("")])]


class NoTransport(httpx2.AsyncBaseTransport):
    """Stands where the SDK would make connections of its own: it makes none."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Refuse."""
        raise RuntimeError("The engine's requests leave by the egress session only.")


class Client(AsyncOpenAI):
    """The SDK's client, whose only answer is the failure that has been."""

    def __init__(self, endpoint: Endpoint, fault: Rejected | Reported, refusal: Refusal) -> None:
        http = httpx2.AsyncClient(transport=NoTransport(), trust_env=False)
        super().__init__(base_url=endpoint.base_url, api_key="none", max_retries=0, http_client=http)
        self._request = httpx2.Request("POST", endpoint.base_url)
        self._fault, self._error = fault, refusal.error

    @property
    def chat(self) -> SimpleNamespace:
        """Return what pydantic-ai calls: `chat.completions.create`."""
        return SimpleNamespace(completions=SimpleNamespace(create=self._fail))

    async def _fail(self, **_fields) -> "Failing":
        """An HTTP error is raised at once, an error inside a stream when that is read: the library tells them apart."""
        if isinstance(self._fault, Reported):
            return Failing(APIError(str(self._fault), self._request, body=self._fault.body))
        response = httpx2.Response(self._fault.status, headers=self._fault.headers, request=self._request)
        raise APIStatusError(self._error["message"], response=response, body=self._error)


class Failing:
    """A stream that fails when it is read."""

    def __init__(self, error: APIError) -> None:
        self._error = error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception) -> None:
        pass

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self):
        raise self._error


async def judged(
    fault: Rejected | Reported, endpoint: Endpoint, name: str, sent: Iterable[str] = ()
) -> errors.EngineError:
    """Return our error for what the server of model `name` answered. The key is taken out of its words.

    `sent`: the fields of the body that it had got.
    """
    refusal = refusals.read(getattr(fault, "status", None), fault.body, sent)
    client = Client(endpoint, fault, refusal)
    if endpoint.is_openai:
        provider = OpenAIProvider(openai_client=client)
    else:
        provider = OpenAICompatibleProvider("openai-compatible", openai_client=client)
    model = OpenAIChatModel(name, provider=provider)
    try:
        async with model.request_stream(QUESTION, None, ModelRequestParameters()) as streamed:
            async for _ in streamed:
                pass
    except exceptions.ModelAPIError as error:
        return translated(error, endpoint.api_key, refusal, getattr(fault, "headers", None))
    raise AssertionError("A failure was taken for an answer.")
