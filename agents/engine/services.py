"""Anthropic, Google and OpenAI's Responses: asked by the model library, which knows the real services, and heard as
it streams.

Heavy to import (seconds).
"""

import logging
import warnings
from collections.abc import Iterable
from types import ModuleType
from typing import NamedTuple

from pydantic_ai import exceptions, messages
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from agents.engine import mapping, transport
from agents.engine.calls import CALL, arguments
from agents.engine.complaints import Reported, complaint_in
from agents.engine.errors import BadRequest, EngineError, Garbled, UpstreamError
from agents.engine.exchange import Exchange
from agents.engine.loading import load
from agents.engine.partial import PartialReply, Sink
from agents.engine.service_errors import translated
from agents.engine.usage import Usage
from agents.engine.values import Ask, Limits, Reasoning, Signature, Text, ToolCall, Writing

logger = logging.getLogger(__name__)

THOUGHTS = ("thoughts", "thinking", "reasoning")  # as Google, Anthropic and OpenAI call their tokens
UNSPECIFIED = "FINISH_REASON_UNSPECIFIED"  # Google's word for an end that has not come, or that it does not tell

# What a model does not take is left out of the request, which is what we want of it.
warnings.filterwarnings("ignore", message="Sampling parameters", category=UserWarning)


class Question(NamedTuple):
    """What the library is asked."""

    model: Model
    conversation: list[messages.ModelMessage]
    settings: ModelSettings
    parameters: ModelRequestParameters


class Speech(PartialReply):
    """Hears the library's events."""

    def __init__(self, sink: Sink, limits: Limits, begun: str = "", followed: Iterable[str] = ()) -> None:
        super().__init__(sink, limits, begun)
        self._followed = frozenset(followed)
        self._writing: tuple[int, str] | None = None  # number and name of the call under way
        self._called = 0  # calls that have begun
        self.streamed: StreamedResponse | None = None
        self.service: ModuleType | None = None
        self._signed = 0  # characters that came of the signature of the part under way

    @property
    def is_finished(self) -> bool:
        """Whether the service has said why it ends; the library knows it before any event."""
        return self._end_in_its_words not in ("", UNSPECIFIED)

    @property
    def has_end(self) -> bool:
        """Whether the service has come to an end, be it one that it does not tell."""
        return bool(self._end_in_its_words)

    @property
    def _end_in_its_words(self) -> str:
        """The service's own word for the end; the library has no name for some. '' = it has said none."""
        told = (self.streamed and self.streamed.provider_details) or {}
        return "content_filter" if "block_reason" in told else told.get("finish_reason") or ""

    def close(self) -> None:
        """Take what the service says of the end."""
        told = self.streamed.provider_details
        self.finish_reason = self._end_in_its_words
        self.explanation = told.get("refusal") or told.get("block_reason_message") or ""
        self.usage = usage_of(self.streamed.usage)

    def hear(self, event: messages.ModelResponseStreamEvent) -> None:
        """Take one event. Raises TooLong."""
        self.has_begun = True
        match event:
            case messages.PartStartEvent(part=messages.TextPart(content=text)):
                self._say(Text, text)
            case messages.PartStartEvent(part=messages.ThinkingPart(content=text)):
                self._say(Reasoning, text)
            case messages.PartDeltaEvent(delta=messages.TextPartDelta(content_delta=text)):
                self._say(Text, text)
            case messages.PartDeltaEvent(
                delta=messages.ThinkingPartDelta(content_delta=text, signature_delta=signature)
            ):
                self._say(Reasoning, text or "")
                self._sign(signature or "")
            case messages.PartStartEvent(part=messages.ToolCallPart(tool_name=name, args=args)):
                self._writing, self._called = (self._called, name), self._called + 1
                self._follow(args if isinstance(args, str) else "", is_first=True)
            case messages.PartDeltaEvent(delta=messages.ToolCallPartDelta(args_delta=str(text))):
                self.count(len(text))
                self._follow(text)
            case messages.PartEndEvent(part=part, next_part_kind=following) if following or self.is_finished:
                self._end(
                    part, is_called=following == "tool-call"
                )  # and is whole: what ends with a broken stream is not

    def _follow(self, text: str, *, is_first: bool = False) -> None:
        """Hand on what has come of a call that is followed. It is not an answer yet: another try may take its place."""
        number, name = self._writing or (0, "")
        if name in self._followed:
            self.sink(Writing(number, name, text, is_first))

    def _say(self, kind: type[Text] | type[Reasoning], text: str) -> None:
        if text:
            self.take(kind, text)

    def _sign(self, signature: str) -> None:
        """Some of a signature has come: it is kept, as words are."""
        self._signed += len(signature)
        self.count(len(signature))

    def _end(self, part: messages.ModelResponsePart, *, is_called: bool) -> None:
        """A part is complete: a call is handed over, and what the provider wants back with any part.

        `is_called`: a call is what follows.
        """
        own = self.service.metadata_of(part)
        size, self._signed = sum(len(value) for value in own.values() if isinstance(value, str)) - self._signed, 0
        self.count(max(size, 0))
        metadata = {self.streamed.provider_name: own} if own else {}
        if isinstance(part, messages.ToolCallPart):
            self.count(CALL + (0 if isinstance(part.args, str) else len(part.args_as_json_str())))
            self.leave(goes_on=True)
            self.hand(_call(part, metadata))
        elif metadata:
            self.leave(goes_on=is_called)
            self.say_blanks()
            if isinstance(part, messages.ThinkingPart) and not part.content:
                self.hand(Reasoning(""))
            self.hand(Signature(metadata))

    def end(self) -> None:
        """Hand on what was held back."""
        self.say_held(goes_on=not self.is_finished)


def _call(part: messages.ToolCallPart, metadata: dict) -> ToolCall:
    args, problem = arguments(part.args or "") if isinstance(part.args, str | None) else (part.args, "")
    return ToolCall(part.tool_call_id, part.tool_name, args, metadata, problem)


async def stream(ask: Ask, exchange: Exchange) -> None:
    """Play one request; the exchange's partial reply, a speech, hears it and knows the end. Raises EngineError."""
    speech, line = exchange.partial, transport.Line(exchange)
    speech.service = await load(f"agents.engine.{ask.protocol}_service")
    question = _question(ask, speech.service)
    try:
        await _play(question, line)
    except EngineError:
        raise
    except Exception as error:  # whatever the library stumbles over, it could not go on
        raise await _fault(error, line, ask) from None  # it may quote the key
    if not speech.has_end:
        raise await _unfinished(line, ask)
    speech.close()


def _question(ask: Ask, service: ModuleType) -> Question:
    """Return what is asked, in the library's words. Raises UnsupportedPart."""
    model = service.model_of(ask)
    parameters = mapping.parameters_of(ask, model)
    conversation = model.prepare_messages(mapping.messages_of(ask, service, model.system), parameters)
    return Question(model, conversation, mapping.settings_of(ask) | service.settings_of(ask, model), parameters)


async def _play(question: Question, line: transport.Line) -> None:
    (model, *asked), exchange = question, line.exchange
    speech, mark = exchange.partial, transport.current.set(line)
    try:
        with exchange.watch:
            async with model.request_stream(*asked) as speech.streamed:
                async for event in speech.streamed:
                    speech.hear(event)
    finally:
        transport.current.reset(mark)
        exchange.close()
        speech.end()


async def _fault(error: Exception, line: transport.Line, ask: Ask) -> EngineError:
    """Return our error: our own one first, then what the server said, then what the connection did."""
    if line.fault and not isinstance(line.fault, Garbled):
        return line.fault
    is_answer = isinstance(error, exceptions.ModelHTTPError) or getattr(error, "in_stream", False)
    if is_answer and not isinstance(error, exceptions.ModelConnectionError):
        found = translated(error, ask.endpoint.api_key)
        is_told = found.detail or type(found) is not UpstreamError
        return found if is_told or not complaint_in(line.said) else await _unfinished(line, ask)
    if isinstance(error, exceptions.UserError):  # the library knows that this model cannot do it
        return BadRequest(str(error))
    if line.fault or line.has_ended or complaint_in(line.said):
        return await _unfinished(line, ask)
    logger.warning("A model library could not read an answer: %s", type(error).__name__)
    return Garbled()


async def _unfinished(line: transport.Line, ask: Ask) -> EngineError:
    """Return why an answer has no end: what the server said in a shape that its SDK does not read, or how it ended."""
    if complaint := complaint_in(line.said):
        judge = await load("agents.engine.error_mapping")
        return await judge.judged(Reported(complaint), ask.endpoint, ask.model)
    return line.fault or line.exchange.partial.broken(is_cut=line.is_cut)


def usage_of(counted: RequestUsage) -> Usage | None:
    """Return the tokens that the service counted, None where it did not."""
    if not counted.input_tokens and not counted.output_tokens:
        return None
    thoughts = next(filter(None, (counted.details.get(f"{word}_tokens") for word in THOUGHTS)), 0)
    return Usage.of(
        counted.input_tokens,
        counted.output_tokens,
        counted.cache_read_tokens,
        thoughts,
        counted.cache_write_tokens,
    )
