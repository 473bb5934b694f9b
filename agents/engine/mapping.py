"""An ask in the model library's words. Heavy to import."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from pydantic_ai import messages as library
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from agents.engine.errors import UnsupportedPart
from agents.engine.parts import file_text, result_text, steps
from agents.engine.values import Ask, Turn


def messages_of(ask: Ask, service: ModuleType, system: str) -> list[library.ModelMessage]:
    """Return the conversation. `system` is the library's name of the provider. Raises UnsupportedPart."""
    found: list[library.ModelMessage] = []
    for turn in ask.turns:
        match turn.role:
            case "assistant":
                found += _answered(turn, service, system)
            case "system" if turn.text:
                found.append(library.ModelRequest([library.SystemPromptPart(turn.text)]))
            case "user" if content := _content(turn):
                found.append(library.ModelRequest([library.UserPromptPart(content)]))
    return found


def _content(turn: Turn) -> list[library.UserContent]:
    found: list[library.UserContent] = []
    for part in turn.parts:
        match part["type"]:
            case "text":
                found += [part["text"]] if part["text"] else []
            case "image":
                found.append(library.BinaryContent(bytes(part["image"]), media_type=part["mimeType"]))
            case "file":
                text = file_text(part)
                found.append(text or library.BinaryContent(bytes(part["data"]), media_type=part["mimeType"]))
            case "reasoning" | "source":
                pass
            case kind:
                raise UnsupportedPart(kind)
    return found


def _answered(turn: Turn, service: ModuleType, system: str) -> Iterator[library.ModelMessage]:
    for step in steps(turn):
        said = [part for part in (_said(part, service, system) for part in step.said) if part]
        while said and isinstance(said[-1], library.ThinkingPart):
            said.pop()  # a thought that led to nothing is refused
        if said:
            yield library.ModelResponse(said, provider_name=system)
        names = {part["toolCallId"]: part["toolName"] for part in step.said if part["type"] == "tool-call"}
        if step.results:
            yield library.ModelRequest([_result(result, names) for result in step.results])


def _said(part: Mapping, service: ModuleType, system: str) -> library.ModelResponsePart | None:
    """Return a part of an answer, signed only where the signature is this provider's own."""
    metadata = (part.get("providerMetadata") or {}).get(system) or {}
    details = service.details_of(metadata)
    signed = {"provider_name": system, "provider_details": details} if details else {}
    match part["type"]:
        case "text":
            return library.TextPart(part["text"], **signed) if part["text"] else None
        case "reasoning":
            return service.thought_of(part["text"], metadata, system)
        case "tool-call":
            return library.ToolCallPart(part["toolName"], dict(part["args"]), part["toolCallId"], **signed)
        case "source" | "image" | "file":
            return None
        case kind:
            raise UnsupportedPart(kind)


def _result(result: Mapping, names: Mapping[str, str]) -> library.ToolReturnPart:
    id_ = result["toolCallId"]
    outcome = "failed" if result.get("isError") else "success"
    found = result["result"] if isinstance(result["result"], Mapping) else result_text(result)  # no list of blank texts
    if shown := result.get("images"):
        found = [found, *(library.BinaryContent(bytes(one["image"]), media_type=one["mimeType"]) for one in shown)]
    return library.ToolReturnPart(names[id_], found, id_, outcome=outcome)


def settings_of(ask: Ask) -> ModelSettings:
    """Return what every service is told."""
    found = ModelSettings()
    if ask.temperature is not None:
        found["temperature"] = ask.temperature
    if ask.max_tokens is not None:
        found["max_tokens"] = ask.max_tokens
    if ask.tools:
        found["tool_choice"] = ask.tool_choice
    if ask.reasoning is not None:
        found["thinking"] = False if ask.reasoning == "off" else ask.reasoning
    if ask.extra:
        found["extra_body"] = dict(ask.extra)
    return found


def parameters_of(ask: Ask, model: Model) -> ModelRequestParameters:
    """Return the tools, and the schema of the answer: enforced where the model can, else told to it in words."""
    tools = [
        ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=dict(tool.parameters))
        for tool in ask.tools
    ]
    if ask.output is None:
        return ModelRequestParameters(function_tools=tools)
    is_native = model.profile.get("supports_json_schema_output", False) and not tools
    return ModelRequestParameters(
        function_tools=tools,
        output_mode="native" if is_native else "prompted",
        output_object=OutputObjectDefinition(dict(ask.output)),
    )
