"""Ask a model: the reply as events on arrival, or as one text."""

import asyncio
import logging
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import tenacity

from agents.engine import chat
from agents.engine.endings import fault_of
from agents.engine.errors import EngineError
from agents.engine.exchange import Exchange, close_sessions
from agents.engine.lessons import Lessons
from agents.engine.loading import load
from agents.engine.pace import Pace
from agents.engine.partial import PartialReply, Sink
from agents.engine.parts import spoken
from agents.engine.tap import Tap
from agents.engine.values import Ask, Endpoint, Event, Limits, Reconsidered, Text, Turn

logger = logging.getLogger(__name__)

LIMITS = Limits()
FENCE = re.compile(r"```(?:json)?\s*\n(.*)\n\s*```", re.DOTALL)
BACKOFF = tenacity.wait_random_exponential(multiplier=0.5, max=8)  # seconds; full jitter
CANNED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}\n\n'
    b'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"id":"1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\n'
    b"data: [DONE]\n\n"
)

# What a retry waits with; a name of its own, so that tests need not wait.
_sleep = asyncio.sleep


async def reply(ask: Ask, sink: Sink, limits: Limits = LIMITS, pace: Pace | None = None) -> None:
    """Ask a model and hand every event to `sink` (synchronous, called on arrival).

    Accepted comes first, then an Allowance, where the server tells it. Text and Reasoning come as they arrive, each
    ToolCall when it is complete, then Usage (only if the server counts), then Finish. Before the first of them a
    failure that may pass is tried again, at most `limits.retries` times; after it never. What was handed over before
    an error is exactly what the server had sent. An answer that ends as it should and says nothing is an error too,
    so that another model can be asked. Cancelling the task closes the request at once. With a `pace`
    the stream is read in its beats. Raises EngineError.
    """
    lessons = Lessons(_spoken(ask), sink, limits.lessons)
    async for attempt in _attempts(limits):
        with attempt:
            while True:
                partial, stream = await _listening(lessons.ask, lessons.hand, limits)
                attempt.retry_state.partial = partial
                try:
                    await stream(lessons.ask, Exchange(ask.endpoint, partial, limits, pace))
                    break
                except EngineError as error:
                    if partial.has_spoken or not lessons.learn(error):
                        raise
    if partial.usage is not None and partial.has_spoken:
        sink(partial.usage)
    if fault := fault_of(partial):
        fault.usage = partial.usage
        raise fault
    sink(partial.finish)


def _spoken(ask: Ask) -> Ask:
    """Return what is asked without blanks; there may be no answer left to go on with."""
    turns = spoken(ask.turns)
    is_begun = bool(turns) and turns[-1].role == "assistant" and turns[-1].parts[-1]["type"] == "text"
    return replace(ask, turns=turns, continue_last=ask.continue_last and is_begun)


async def _listening(ask: Ask, sink: Sink, limits: Limits) -> tuple[PartialReply, Callable[[Ask, Exchange], Awaitable]]:
    """Return what hears the reply and what plays the request: our own for OpenAI's protocol, else a library's."""
    begun = ask.turns[-1].parts[-1]["text"] if ask.continue_last else ""
    followed = [tool.name for tool in ask.tools if tool.is_followed]
    if ask.protocol == "openai":
        named = {"tools": [tool.name for tool in ask.tools], "followed": followed}
        return Tap(sink, limits, begun=begun, **named), chat.stream
    services = await load("agents.engine.services")
    return services.Speech(sink, limits, begun, followed), services.stream


def _attempts(limits: Limits) -> tenacity.AsyncRetrying:
    """Return the one retry layer: only for failures that may pass, and only before anything was handed
    over.
    """

    def may_pass(state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception()
        if not isinstance(error, EngineError) or not error.is_retryable or state.partial.has_spoken:
            return False
        return (getattr(error, "retry_after", None) or 0) <= limits.longest_wait

    return tenacity.AsyncRetrying(
        retry=may_pass,
        wait=_wait,
        stop=tenacity.stop_after_attempt(limits.retries + 1),
        sleep=lambda seconds: _sleep(seconds),
        before_sleep=_note,
        reraise=True,
    )


def _wait(state: tenacity.RetryCallState) -> float:
    """Return the seconds until the next try: never less than the server asked for, spread so that not all
    come back at once."""
    asked = getattr(state.outcome.exception(), "retry_after", None)
    return BACKOFF(state) if asked is None else asked + random.uniform(0, 0.5)  # noqa: S311 - no secret


def _note(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception()
    logger.info("A reply is tried again: %s", error.code, extra={"attempt": state.attempt_number})


async def complete(ask: Ask, limits: Limits = LIMITS, sink: Sink | None = None) -> str:
    """Ask a model and return the text of its answer, without the reasoning. Raises EngineError.

    Where a schema was asked for, the fence is taken off that some models put around JSON. `sink` is handed every
    event, as by `reply`.
    """
    pieces: list[str] = []

    def collect(event: Event) -> None:
        if isinstance(event, Text):
            pieces.append(event.text)
        elif isinstance(event, Reconsidered):
            pieces.clear()
        if sink:
            sink(event)

    await reply(ask, collect, limits)
    text = "".join(pieces)
    return text if ask.output is None else unfenced(text)


def unfenced(text: str) -> str:
    """Return JSON without the fence that some models put around it."""
    fenced = FENCE.fullmatch(text.strip())
    return fenced[1] if fenced else text


async def warm_up() -> None:
    """Load the transport and play one canned reply through it. A failure is logged and costs only time later."""
    try:
        server = await asyncio.start_server(_canned, "127.0.0.1", 0)
        async with server:
            host, port = server.sockets[0].getsockname()
            endpoint = Endpoint("openai", f"http://{host}:{port}/v1", trusted=True)
            await complete(Ask(endpoint, "warm-up", (Turn.of("user", "Hello"),), max_tokens=1))
    except (EngineError, OSError):
        logger.exception("The engine could not be warmed up.")


async def _canned(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(CANNED)
    await writer.drain()
    writer.close()


async def close() -> None:
    """Close what the engine holds open in this event loop."""
    await close_sessions()
