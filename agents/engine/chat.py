"""The OpenAI protocol by pydantic-ai's model layer, with our own transport under it and the tap in that.

Heavy to import (seconds): only through functions that need it.
"""

import contextvars
import os
from collections.abc import AsyncIterator
from functools import cached_property, lru_cache
from types import SimpleNamespace, TracebackType
from typing import Any, Self

os.environ.setdefault("PYDANTIC_AI_NO_BANNER", "1")

import httpx2
from openai import APIError, APIStatusError, AsyncOpenAI, NotGiven, Omit
from openai.types.chat import ChatCompletionChunk
from pydantic_ai import exceptions, messages
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from agents.engine import errors
from agents.engine.exchange import Exchange, Rejected
from agents.engine.tap import Reported
from agents.engine.values import Ask, Endpoint, Finish, Reasoning, Text, Turn, Usage

CLIENTS = 512
SHORTEST_KEY = 4  # a shorter one is a placeholder, and taking it out would spoil the words
REASONS = {"stop": "stop", "length": "length", "content_filter": "content_filter"}
TOO_LONG = ("exceed_context_size", "exceeds the available context size", "context size")

UNSENT = (Omit, NotGiven, type(None))
NOT_IN_THE_BODY = ("extra_headers", "extra_query", "timeout")

_exchange: contextvars.ContextVar[Exchange] = contextvars.ContextVar("exchange")


class NoTransport(httpx2.AsyncBaseTransport):
    """Stands where the SDK would make connections of its own: it makes none."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Refuse."""
        raise RuntimeError("The engine's requests leave by the egress session only.")


class Completions:
    """Stands where the SDK's chat completions are, and sends by the exchange of the running task.

    The SDK's own would first walk the whole history field by field, to rename what never needs it in this protocol:
    with ten messages that took two thirds of a reply's time, and more with every message.
    """

    async def create(self, *, extra_body: dict | None = None, **fields: Any) -> "Stream":
        """Send a request and give its stream. Raises the SDK's APIStatusError for an HTTP error."""
        exchange = _exchange.get()
        body = {key: value for key, value in fields.items() if not isinstance(value, UNSENT)}
        for key in NOT_IN_THE_BODY:
            body.pop(key, None)
        try:
            await exchange.open("/chat/completions", body | (extra_body or {}))
        except Rejected as rejected:
            request = httpx2.Request("POST", exchange.endpoint.base_url)
            response = httpx2.Response(rejected.status, headers=rejected.headers, request=request)
            error = rejected.body and rejected.body.get("error", rejected.body)
            message = str(error.get("message") or "") if isinstance(error, dict) else str(error or "")
            raise APIStatusError(message, response=response, body=error) from None
        return Stream(exchange)


class Client(AsyncOpenAI):
    """The SDK's client, whose chat completions are ours and which can make no connection of its own."""

    @cached_property
    def chat(self) -> SimpleNamespace:
        """Return what pydantic-ai calls: `chat.completions.create`."""
        return SimpleNamespace(completions=Completions())


class Stream:
    """What pydantic-ai reads: nothing while the tap is at work, then one chunk with all of it."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.exchange.close()

    async def close(self) -> None:
        """End the request."""
        self.exchange.close()

    async def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        try:
            await self.exchange.read()
        except Reported as report:
            request = httpx2.Request("POST", self.exchange.endpoint.base_url)
            raise APIError(str(report), request, body=report.body) from None
        yield merged(self.exchange)


def merged(exchange: Exchange) -> ChatCompletionChunk:
    """Return all that a stream said as one chunk."""
    tap = exchange.tap
    delta = {"content": "".join(tap.said[Text]), "reasoning_content": "".join(tap.said[Reasoning])}
    choice = {"index": 0, "delta": delta, "finish_reason": tap.finish_reason or "stop"}
    return ChatCompletionChunk.construct(
        id=str(tap.head.get("id") or ""),
        created=0,
        model=str(tap.head.get("model") or ""),
        object="chat.completion.chunk",
        choices=[choice],
        usage=tap.usage,
    )


@lru_cache(maxsize=1)
def _no_http() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=NoTransport(), trust_env=False)


@lru_cache(maxsize=CLIENTS)
def model_of(endpoint: Endpoint, name: str) -> OpenAIChatModel:
    """Return the model object for an endpoint with its key; the last ones are kept."""
    client = Client(
        base_url=endpoint.base_url, api_key=endpoint.api_key or "none", max_retries=0, http_client=_no_http()
    )
    if endpoint.is_openai:
        provider = OpenAIProvider(openai_client=client)
    else:
        provider = OpenAICompatibleProvider("openai-compatible", openai_client=client)
    profile = OpenAIModelProfile(
        openai_chat_send_back_thinking_parts=False,
        openai_chat_supports_max_completion_tokens=endpoint.is_openai,  # other servers know max_tokens
    )
    return OpenAIChatModel(name, provider=provider, profile=profile)


def history_of(turns: tuple[Turn, ...]) -> list[messages.ModelMessage]:
    """Return our turns in the library's form. Raises UnsupportedPart."""
    history: list[messages.ModelMessage] = []
    for turn in turns:
        if not (text := text_of(turn)):
            continue
        match turn.role:
            case "system":
                part = messages.SystemPromptPart(text)
            case "user":
                part = messages.UserPromptPart(text)
            case "assistant":
                history.append(messages.ModelResponse([messages.TextPart(text)]))
                continue
        history.append(messages.ModelRequest([part]))
    return history


def text_of(turn: Turn) -> str:
    """Return what a turn says to a model: its text. Reasoning and sources are ours to show, not to send
    back.
    """
    pieces = []
    for part in turn.parts:
        match part["type"]:
            case "text":
                pieces.append(part["text"])
            case "reasoning" | "source":
                pass
            case kind:
                raise errors.UnsupportedPart(kind)
    return "".join(pieces)


def settings_of(ask: Ask) -> dict[str, Any]:
    """Return the settings of a request."""
    settings: dict[str, Any] = {}
    if ask.temperature is not None:
        settings["temperature"] = ask.temperature
    if ask.max_tokens is not None:
        settings["max_tokens"] = ask.max_tokens
    extra = dict(ask.extra)
    if ask.continue_last:
        # vLLM's words; llama.cpp continues by itself and knows the second one too
        extra = {"continue_final_message": True, "add_generation_prompt": False} | extra
    if extra:
        settings["extra_body"] = extra
    return settings


async def stream(ask: Ask, exchange: Exchange) -> tuple[Usage | None, Finish]:
    """Play one request; the exchange's tap hears the deltas. Raises EngineError."""
    model, history = model_of(ask.endpoint, ask.model), history_of(ask.turns)
    token = _exchange.set(exchange)
    try:
        with exchange.watch:
            async with model.request_stream(history, settings_of(ask), ModelRequestParameters()) as streamed:
                async for _ in streamed:
                    pass
    except exceptions.ModelAPIError as error:
        raise translated(error, ask.endpoint.api_key) from None
    finally:
        _exchange.reset(token)
        exchange.close()
    return usage_of(streamed, exchange), Finish(REASONS.get(streamed.finish_reason, "other"))


def usage_of(streamed: Any, exchange: Exchange) -> Usage | None:
    """Return the tokens counted by the server, None where it did not say."""
    if exchange.tap.usage is None:
        return None
    used = streamed.usage
    return Usage(used.input_tokens, used.output_tokens, used.cache_read_tokens, used.details.get("reasoning_tokens", 0))


def translated(error: exceptions.ModelAPIError, key: str) -> errors.EngineError:
    """Return our error for the library's, whose knowledge of providers' codes and words decides the kind.

    `key` is taken out of what the server said.
    """
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
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, str) else ""
