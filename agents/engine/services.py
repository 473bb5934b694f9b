"""Anthropic, Google and OpenAI's Responses: asked by the model library, which knows the real services, and heard as
it streams.

Heavy to import (seconds).
"""

import logging
import warnings
from types import ModuleType
from typing import NamedTuple

from pydantic_ai import exceptions, messages
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from agents.engine import mapping, transport
from agents.engine.calls import CALL, arguments
from agents.engine.errors import BadRequest, ConnectFailed, CutOff, EngineError, Garbled
from agents.engine.exchange import Exchange
from agents.engine.loading import load
from agents.engine.service_errors import translated
from agents.engine.usage import Usage
from agents.engine.values import Ask, Limits, Reasoning, Signature, Text, ToolCall
from agents.engine.voice import Sink, Voice

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


class Speech(Voice):
    """Hears the library's events."""

    def __init__(self, sink: Sink, limits: Limits) -> None:
        super().__init__(sink, limits)
        self.streamed: StreamedResponse | None = None
        self.service: ModuleType | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the service has said why it ends; the library knows it before any event."""
        return self._end_in_its_words not in ("", UNSPECIFIED)

    @property
    def _end_in_its_words(self) -> str:
        """The service's own word for the end; the library has no name for some. '' = it has said none."""
        told = (self.streamed and self.streamed.provider_details) or {}
        return "content_filter" if "block_reason" in told else told.get("finish_reason") or ""

    def close(self) -> None:
        """Take what the service says of the end. Raises CutOff and ConnectFailed where it has not come to one."""
        if not self._end_in_its_words:
            raise CutOff if self.has_spoken else ConnectFailed
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
            case messages.PartDeltaEvent(delta=messages.ThinkingPartDelta(content_delta=text)):
                self._say(Reasoning, text or "")
            case messages.PartDeltaEvent(delta=messages.ToolCallPartDelta(args_delta=str(text))):
                self.count(len(text))
            case messages.PartEndEvent(part=part, next_part_kind=following) if following or self.is_finished:
                self._end(part)  # and is whole: what ends with a broken stream is not

    def _say(self, kind: type[Text] | type[Reasoning], text: str) -> None:
        if text:
            self.say(kind, text)
            self.count(len(text))

    def _end(self, part: messages.ModelResponsePart) -> None:
        """A part is complete: a call is handed over, and what the provider wants back with any part."""
        own = self.service.metadata_of(part)
        self.count(sum(len(value) for value in own.values() if isinstance(value, str)))  # it is kept, as words are
        metadata = {self.streamed.provider_name: own} if own else {}
        if isinstance(part, messages.ToolCallPart):
            self.count(CALL + (0 if isinstance(part.args, str) else len(part.args_as_json_str())))
            self.hand(_call(part, metadata))
        elif metadata:
            self.say_blanks()
            if isinstance(part, messages.ThinkingPart) and not part.content:
                self.hand(Reasoning(""))
            self.hand(Signature(metadata))


def _call(part: messages.ToolCallPart, metadata: dict) -> ToolCall:
    args, problem = arguments(part.args or "") if isinstance(part.args, str | None) else (part.args, "")
    return ToolCall(part.tool_call_id, part.tool_name, args, metadata, problem)


async def stream(ask: Ask, exchange: Exchange) -> None:
    """Play one request; the exchange's voice, a speech, hears it and knows the end. Raises EngineError."""
    speech, line = exchange.voice, transport.Line(exchange)
    speech.service = await load(f"agents.engine.{ask.protocol}_service")
    question = _question(ask, speech.service)
    mark = transport.current.set(line)
    try:
        with exchange.watch:
            await _play(question, speech)
    except EngineError:
        raise
    except Exception as error:  # whatever the library stumbles over, it could not go on
        raise _fault(error, line, ask.endpoint.api_key) from None  # it may quote the key
    finally:
        transport.current.reset(mark)
        exchange.close()
    speech.close()


def _question(ask: Ask, service: ModuleType) -> Question:
    """Return what is asked, in the library's words. Raises UnsupportedPart."""
    model = service.model_of(ask)
    parameters = mapping.parameters_of(ask, model)
    conversation = model.prepare_messages(mapping.messages_of(ask, service, model.system), parameters)
    return Question(model, conversation, mapping.settings_of(ask) | service.settings_of(ask, model), parameters)


async def _play(question: Question, speech: Speech) -> None:
    model, *asked = question
    async with model.request_stream(*asked) as speech.streamed:
        async for event in speech.streamed:
            speech.hear(event)


def _fault(error: Exception, line: transport.Line, key: str) -> EngineError:
    """Return our error: our own one first, then what the server said, then what the connection did."""
    speech = line.exchange.voice
    if line.fault:
        return line.fault
    is_answer = isinstance(error, exceptions.ModelHTTPError) or getattr(error, "in_stream", False)
    if is_answer and not isinstance(error, exceptions.ModelConnectionError):
        return translated(error, key)
    if isinstance(error, exceptions.UserError):  # the library knows that this model cannot do it
        return BadRequest(str(error))
    if line.has_ended:
        return CutOff() if speech.has_spoken else ConnectFailed()
    logger.warning("A model library could not read an answer: %s", type(error).__name__)
    return Garbled()


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
