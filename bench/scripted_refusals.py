"""What services do not take, and how they say it: words of a model's name, for the OpenAI protocol.

    no:WHAT:SERVICE    refuse a request that holds WHAT, in the words of SERVICE; several refuse in their order

The bodies are those of public reports (`agents/engine/refusal_words.py` names them), shortened.
"""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

from aiohttp import web

LONG = 4000  # characters of a conversation that is too long
MOST = 4096  # tokens of an answer


class Manner(NamedTuple):
    """One refusal: when, and with which status and body. A text is sent as it is."""

    holds: Callable[[dict], bool]
    status: int
    body: Any


def _has(*fields: str) -> Callable[[dict], bool]:
    return lambda body: any(field in body for field in fields)


def _role(name: str) -> Callable[[dict], bool]:
    return lambda body: any(message["role"] == name for message in body["messages"])


def _images(body: dict) -> bool:
    contents = [message.get("content") for message in body["messages"]]
    return any(part["type"] == "image_url" for content in contents if isinstance(content, list) for part in content)


def _more_images(body: dict) -> bool:
    return str(body["messages"]).count("image_url': {") > 1


def _is_uneven(body: dict) -> bool:
    roles = [message["role"] for message in body["messages"] if message["role"] != "system"]
    return any((role == "user") != (n % 2 == 0) for n, role in enumerate(roles)) or "tool" in roles


def _thinks_beside_tools(body: dict) -> bool:
    return "tools" in body and body.get("reasoning_effort") != "none"


def _is_after_tool(body: dict) -> bool:
    roles = [message["role"] for message in body["messages"]]
    return any(pair == ("tool", "user") for pair in pairwise(roles))


def _asks_too_much(body: dict) -> bool:
    return max(body.get("max_tokens") or 0, body.get("max_completion_tokens") or 0) > MOST


def _is_long(body: dict) -> bool:
    return sum(len(str(message.get("content") or "")) for message in body["messages"]) > LONG


def _error(message: str, **more: Any) -> dict:
    """OpenAI's form."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None} | more}


def _old_vllm(message: str) -> dict:
    return {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}


def _google(message: str) -> list:
    return [{"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}]


def _fastapi(field: str) -> dict:
    return {"detail": [{"type": "extra_forbidden", "loc": ["body", field], "msg": "Extra inputs are not permitted"}]}


def _mistral(field: str) -> dict:
    return {"object": "error", "message": _fastapi(field), "type": "invalid_request_error", "param": None, "code": None}


def _openrouter(raw: dict) -> dict:
    metadata = {"raw": json.dumps(raw), "provider_name": "Somebody"}
    return {"error": {"message": "Provider returned error", "code": 400, "metadata": metadata}}


TWO_ROLES = "Input should be 'user' or 'assistant'"
NOT_BOTH = "Function tools with reasoning_effort are not supported for x, set reasoning_effort to 'none'"
MUST_ALTERNATE = "Conversation roles must alternate user/assistant/user/assistant/..."
ONLY_DEFAULT = (
    "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported."
)
USE_OTHER = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
NO_PARSER = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
NO_VARIANT = "Failed to deserialize the JSON body: messages[1]: unknown variant `image_url`, expected `text` at line 1"
TOO_MUCH = (
    f"max_tokens is too large: 20000. This model supports at most {MOST} completion tokens, whereas you provided 20000."
)
A_MINUTE = "Request too large for model `x` on tokens per minute (TPM): Limit 6000, please reduce your message size."
KEEPS = "Trying to keep the first 9000 tokens. However, the model is loaded with context length of only 4096 tokens."

_TEMPERATURE = _error(ONLY_DEFAULT, param="temperature", code="unsupported_value")
FIELDS = {
    "stream_options:azure": Manner(
        _has("stream_options"), 400, _error("Unrecognized request argument supplied: stream_options")
    ),
    "stream_options:fastapi": Manner(_has("stream_options"), 422, _fastapi("stream_options")),
    "stream_options:mistral": Manner(_has("stream_options"), 422, _mistral("stream_options")),
    "max_tokens:azure": Manner(
        _has("max_tokens"), 400, _error(USE_OTHER, param="max_tokens", code="unsupported_parameter")
    ),
    "max_tokens:minimax": Manner(
        _has("max_tokens", "max_completion_tokens"), 400, _error("Unknown parameter: 'max_tokens'.", param="max_tokens")
    ),
    "temperature:openai": Manner(_has("temperature"), 400, _TEMPERATURE),
    "temperature:anthropic": Manner(_has("temperature"), 400, _error("`temperature` is deprecated for this model.")),
    "temperature:openrouter": Manner(_has("temperature"), 400, _openrouter(_TEMPERATURE)),
    "reasoning_effort:copilot": Manner(
        _has("reasoning_effort"), 400, _error("Unrecognized request argument supplied: reasoning_effort")
    ),
    "reasoning_effort:xai": Manner(
        _has("reasoning_effort"),
        400,
        {"code": "invalid-argument", "error": "Model x does not support parameter reasoningEffort."},
    ),
    "response_format:deepseek": Manner(
        _has("response_format"), 400, _error("This response_format type is unavailable now")
    ),
    "tool_choice:mistral": Manner(_has("tool_choice"), 422, _mistral("tool_choice")),
    "longest:openai": Manner(_asks_too_much, 400, _error(TOO_MUCH, param="max_tokens")),
    "longest:dashscope": Manner(
        _asks_too_much,
        400,
        _error(f"<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, {MOST}]"),
    ),
}
ABILITIES = {
    "thinking:azure": Manner(_thinks_beside_tools, 400, _error(NOT_BOTH)),
    "tools:vllm": Manner(_has("tools"), 400, _old_vllm(NO_PARSER)),
    "tools:ollama": Manner(_has("tools"), 400, {"error": "registry.ollama.ai/library/x does not support tools"}),
    "tools:openrouter": Manner(_has("tools"), 404, _error("No endpoints found that support tool use.", code=404)),
    "tools:google": Manner(_has("tools"), 400, _google("Function calling is not enabled for models/gemma-3-27b-it")),
    "tools:llamacpp": Manner(
        _has("tools"), 500, _error("tools param requires --jinja flag", code=500, type="server_error")
    ),
    "tools:llamacpp2024": Manner(_has("tools"), 500, _error("Unsupported param: tools", code=500, type="server_error")),
    "tools:azure": Manner(
        _has("tools"), 400, _error("Unrecognized request arguments supplied: tool_choice, tools (request id: 1)")
    ),
    "system:vllm": Manner(_role("system"), 400, _old_vllm("System role not supported")),
    "system:google": Manner(
        _role("system"), 400, _google("Developer instruction is not enabled for models/gemma-3-27b-it")
    ),
    "system:fastapi": Manner(
        _role("system"), 422, {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": TWO_ROLES}]}
    ),
    "system:bedrock": Manner(_role("system"), 400, {"message": "This model doesn't support system messages."}),
    "system:vertex": Manner(_role("system"), 400, _google("The input system_instruction is not supported.")),
    "system:claude": Manner(_role("system"), 400, _error('messages: Unexpected role "system".')),
    "images:google": Manner(_images, 400, _google("Image input modality is not enabled for models/gemma-3-1b-it")),
    "images:deepseek": Manner(_images, 400, _error(NO_VARIANT)),
    "images:llamacpp": Manner(
        _images, 500, {"error": {"code": 500, "message": "image input is not supported - hint: provide the mmproj"}}
    ),
    "images:openrouter": Manner(_images, 404, _error("No endpoints found that support image input", code=404)),
    "images:groq": Manner(_images, 400, _error("'messages[1].content' : messages[1].content must be a string")),
    "most_images:vllm": Manner(_more_images, 400, _old_vllm("At most 1 image(s) may be provided in one request.")),
    "turns:vllm": Manner(_is_uneven, 400, _old_vllm(MUST_ALTERNATE)),
    "turns:llamacpp": Manner(_is_uneven, 500, _error(MUST_ALTERNATE, code=500)),
    "turns:mistral": Manner(_is_after_tool, 400, _old_vllm("Unexpected role 'user' after role 'tool'")),
}
LENGTHS = {
    "long:xai": Manner(
        _is_long, 400, {"error": "This model's maximum prompt length is 131072 but the request contains 150000 tokens."}
    ),
    "long:google": Manner(
        _is_long,
        400,
        _google("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
    ),
    "long:litellm": Manner(
        _is_long,
        400,
        _error("litellm.BadRequestError: AnthropicException - prompt is too long: 210000 tokens > 200000 maximum"),
    ),
    "long:bedrock": Manner(_is_long, 400, {"message": "Input is too long for requested model."}),
    "long:anthropic": Manner(
        _is_long, 400, _error("input length and `max_tokens` exceed context limit: 199000 + 8000 > 200000")
    ),
    "long:tgi": Manner(
        _is_long, 422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192"}
    ),
    "long:dashscope": Manner(_is_long, 400, _error("Range of input length should be [1, 30720]")),
    "long:lmstudio": Manner(_is_long, 400, {"error": KEEPS}),
    "long:sglang": Manner(_is_long, 500, {"detail": "Input length 9000 exceeds the maximum of 8192"}),
    "long:minimax": Manner(_is_long, 400, _error("invalid params, context window exceeds limit (2013)")),
    "long:moonshot": Manner(_is_long, 400, _error("Invalid request: Your request exceeded model token limit: 8192")),
    "long:copilot": Manner(_is_long, 400, _error("prompt token count of 146270 exceeds the limit of 128000")),
    "long:zhipu": Manner(_is_long, 400, {"error": {"code": "1261", "message": "Prompt exceeds max length"}}),
    "long:groq": Manner(_is_long, 413, _error(A_MINUTE, type="tokens", code="rate_limit_exceeded")),
}
MANNERS = FIELDS | ABILITIES | LENGTHS


def refused(body: dict, names: tuple[str, ...]) -> web.Response | None:
    """Return the first refusal that the request meets, or None."""
    manner = next((MANNERS[name] for name in names if MANNERS[name].holds(body)), None)
    if manner is None:
        return None
    if isinstance(manner.body, str):
        return web.Response(status=manner.status, text=manner.body)
    return web.json_response(manner.body, status=manner.status)
