"""OpenAI's Responses, by pydantic-ai's model. Heavy to import (seconds).

Nothing is kept at the service: what a model thought comes encrypted, and goes back with the conversation.
"""

from collections.abc import AsyncIterator
from functools import cached_property
from typing import Self

from openai import AsyncOpenAI, AsyncStream
from openai.resources.responses import AsyncResponses
from openai.types import responses as events
from pydantic_ai.messages import ModelResponsePart, TextPart, ThinkingPart
from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.profiles import ModelProfile, merge_profile
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from agents.engine import transport
from agents.engine.errors import UpstreamError
from agents.engine.manners import SUMMARIES, THOUGHTS
from agents.engine.openai_names import base_of
from agents.engine.values import Ask, Endpoint

#: What is taken for granted of a model that is newer than the library.
UNKNOWN = OpenAIModelProfile(
    supports_thinking=True,
    thinking_always_enabled=True,
    openai_supports_reasoning=True,
    openai_supports_encrypted_reasoning_content=True,
)
LEAST = 16  # tokens of an answer, the service's own least
PHASE = "phase"  # the library's name, and the service's
BREAK = "\n\n"


class Client(AsyncOpenAI):
    """The SDK's client for one endpoint. It tries nothing again, and knows nothing of the environment."""

    def __init__(self, endpoint: Endpoint) -> None:
        key = endpoint.api_key or "none"
        super().__init__(api_key=key, base_url=endpoint.base_url, max_retries=0, http_client=transport.client)
        self.organization = self.project = None

    @cached_property
    def responses(self) -> "Responses":
        """Return what the library calls."""
        return Responses(self)


class Responses(AsyncResponses):
    """The SDK's resource, whose answers are heard as ours."""

    async def create(self, **fields) -> "Answer":
        """Ask, and give the answer as it streams."""
        return Answer(await super().create(**fields))


class Answer:
    """A streamed answer, all of whose text the library hands on: a refusal too, and a thought as one piece."""

    def __init__(self, stream: AsyncStream) -> None:
        self._stream = stream

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the stream."""
        await self._stream.close()

    async def __aiter__(self) -> AsyncIterator[events.ResponseStreamEvent]:
        async for event in self._stream:
            if (plain := _plain(event)) is not None:
                yield plain


def _plain(event: events.ResponseStreamEvent) -> events.ResponseStreamEvent | None:
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
        case events.ResponseIncompleteEvent(response=events.Response(incomplete_details=details)):
            reason = details and details.reason
            if reason not in ("max_output_tokens", "content_filter"):
                raise UpstreamError(reason or "")
    return event


def model_of(ask: Ask) -> OpenAIResponsesModel:
    """Return the library's model for an ask. A fine-tuned one can do what that can which it was made from."""
    provider = OpenAIProvider(openai_client=Client(ask.endpoint))
    profile = _profile_of(ask.model)
    if THOUGHTS in ask.manners.without:
        profile = merge_profile(profile, OpenAIModelProfile(openai_supports_encrypted_reasoning_content=False))
    return OpenAIResponsesModel(ask.model, provider=provider, profile=profile)


def _profile_of(model: str) -> ModelProfile:
    known = OpenAIProvider.model_profile(base_of(model)) or {}
    return known if known.get("supports_thinking", False) else merge_profile(known, UNKNOWN)


def settings_of(ask: Ask, model: OpenAIResponsesModel) -> ModelSettings:
    """What is asked for beside the usual: that nothing is kept, and to be told what the model thinks."""
    found = OpenAIResponsesModelSettings(openai_store=False)
    thinks = ask.reasoning != "off" or model.profile.get("thinking_always_enabled", False)
    if thinks and SUMMARIES not in ask.manners.without:
        found["openai_reasoning_summary"] = "auto"
    if ask.max_tokens is not None:
        found["max_tokens"] = max(ask.max_tokens, LEAST)
    return found


def metadata_of(part: ModelResponsePart) -> dict:
    """Return what must come back with a part: the whole of a thought, or what a text was in the answer."""
    if isinstance(part, ThinkingPart) and part.signature:
        return {"itemId": part.id, "reasoningEncryptedContent": part.signature}
    if isinstance(part, TextPart) and (phase := (part.provider_details or {}).get(PHASE)):
        return {PHASE: phase}
    return {}


def thought_of(text: str, metadata: dict, system: str) -> ThinkingPart | None:
    """Return a thought to send back; without its encrypted form there is none to send."""
    if not (hidden := metadata.get("reasoningEncryptedContent")):
        return None
    return ThinkingPart(text, id=metadata.get("itemId"), signature=hidden, provider_name=system)


def details_of(metadata: dict) -> dict | None:
    """Return what a text was, in the library's form."""
    return {PHASE: metadata[PHASE]} if PHASE in metadata else None
