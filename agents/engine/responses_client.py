"""OpenAI's SDK for Responses, and its answers as the model library hears all of them. Heavy to import (seconds)."""

from collections.abc import AsyncIterable, AsyncIterator
from functools import cached_property
from typing import Any, Self

from openai import AsyncOpenAI
from openai.resources.responses import AsyncResponses
from openai.types import responses as events
from openai.types.responses.response import IncompleteDetails

from agents.engine import transport
from agents.engine.errors import UpstreamError
from agents.engine.values import Endpoint

BREAK = "\n\n"
Event = events.ResponseStreamEvent


class Client(AsyncOpenAI):
    """The SDK's client for one endpoint. It tries nothing again, and knows nothing of the environment.

    `is_whole`: answers are asked for in one piece.
    """

    def __init__(self, endpoint: Endpoint, *, is_whole: bool = False) -> None:
        key = endpoint.api_key or "none"
        super().__init__(api_key=key, base_url=endpoint.api, max_retries=0, http_client=transport.client)
        self.organization = self.project = None
        self.is_whole = is_whole

    @cached_property
    def responses(self) -> "Responses":
        """Return what the library calls."""
        return Responses(self)


class Responses(AsyncResponses):
    """The SDK's resource, whose answers are heard as ours."""

    async def create(self, **fields: Any) -> "Answer":
        """Ask, and give the answer as it streams."""
        if self._client.is_whole:  # what comes is played as if it had streamed: agents.engine.bodies
            fields["extra_body"] = {**(fields.get("extra_body") or {}), "stream": False}
        return Answer(await super().create(**fields))


class Answer:
    """A streamed answer, all of whose text the library hands on: a refusal too, and a thought as one piece."""

    def __init__(self, stream: AsyncIterable[Event]) -> None:
        self._stream = stream

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the stream."""
        if close := getattr(self._stream, "close", None):
            await close()

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._stream:
            if event.type == "keepalive":  # it thinks, and does not tell
                transport.current.get().exchange.partial.has_begun = True
            elif (plain := _plain(event)) is not None:
                yield plain


def _plain(event: Event) -> Event | None:
    """Return an event as the library is to see it. Raises UpstreamError for an end that it would not tell."""
    match event:
        case events.ResponseRefusalDeltaEvent():
            told = event.model_dump() | {"type": "response.output_text.delta", "logprobs": []}
            return events.ResponseTextDeltaEvent.model_construct(**told)
        case events.ResponseRefusalDoneEvent():
            return None  # it has been said
        case events.ResponseReasoningSummaryPartAddedEvent(summary_index=n) if n:
            part = event.part.model_copy(update={"text": BREAK + event.part.text})
            return event.model_copy(update={"summary_index": 0, "part": part})
        case events.ResponseReasoningSummaryTextDeltaEvent(summary_index=n) if n:
            return event.model_copy(update={"summary_index": 0})
        case events.ResponseFailedEvent(response=events.Response(error=None)):
            raise UpstreamError
        case events.ResponseIncompleteEvent(response=events.Response(incomplete_details=None) as response):
            told = {"incomplete_details": IncompleteDetails.model_construct(reason="incomplete")}
            return event.model_copy(update={"response": response.model_copy(update=told)})
    return event
