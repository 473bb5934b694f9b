"""The OpenAI protocol: a conversation as a request body, and its answer through the tap."""

from collections.abc import Iterator, Mapping
from contextlib import aclosing
from typing import Any

import orjson

from agents.engine.complaints import Reported
from agents.engine.errors import CutOff, UnsupportedPart
from agents.engine.exchange import Exchange, Rejected, headers_of
from agents.engine.loading import load
from agents.engine.manners import trimmed
from agents.engine.parts import as_json, data_url, file_text, result_text, steps
from agents.engine.tap import Tap
from agents.engine.usage import Usage
from agents.engine.values import Ask, Tool, Turn

OUTPUT_NAME = "answer"
#: Who takes tools in a way of their own, as agents.engine.quirks knows it. Servers of one's own all do it alike.
SERVICES = {"api.openai.com", "api.groq.com", "api.deepseek.com", "api.moonshot.ai", "openrouter.ai"}
PROVIDERS = {"groq", "ollama"}


async def stream(ask: Ask, exchange: Exchange) -> None:
    """Play one request; the exchange's partial reply, a tap, hears it and knows the end. Raises EngineError."""
    body, tap = body_of(ask), exchange.partial
    if _has_quirks(ask):
        quirks = await load("agents.engine.quirks")
        quirks.apply(ask, body)
    body = trimmed(body, ask.manners)
    try:
        with exchange.watch:
            await _open(exchange, body)
            await _read(exchange, tap)
    except (Rejected, Reported) as fault:
        judge = await load("agents.engine.error_mapping")
        raise await judge.judged(fault, ask.endpoint, ask.model, body) from None
    finally:
        exchange.close()
    tap.usage = usage_of(tap.counted)


def _has_quirks(ask: Ask) -> bool:
    """Whether what is asked for differs between models. A plain question does not, and need not wait for a library."""
    endpoint = ask.endpoint
    if ask.tools and (endpoint.host in SERVICES or endpoint.provider in PROVIDERS):
        return True
    return ask.reasoning is not None or (endpoint.is_openai and ask.temperature is not None)


async def _open(exchange: Exchange, body: dict) -> None:
    endpoint = exchange.endpoint
    url = f"{endpoint.api}/chat/completions"
    response = await exchange.post(url, orjson.dumps(body), headers_of(endpoint))
    if response.status == 200:
        return
    raise Rejected(response.status, dict(response.headers), await exchange.read_error())


async def _read(exchange: Exchange, tap: Tap) -> None:
    """Read to the end, feeding the tap on arrival.

    Raises what the tap raises, and what `PartialReply.broken` gives for a stream without its end.
    """
    is_cut = False
    try:
        async with aclosing(exchange.pieces()) as pieces:
            async for data in pieces:
                tap.feed(data)
        tap.last()
    except CutOff:  # said below, once what was held back is out
        is_cut = True
        tap.last(is_cut=True)
    finally:
        tap.end()
    if not tap.is_finished:
        raise tap.broken(is_cut=is_cut)


# ---- What is sent ---------------------------------------------------------------------------------------
def body_of(ask: Ask) -> dict[str, Any]:
    """Return what is sent. Raises UnsupportedPart."""
    body = {
        "model": ask.model,
        "messages": [message for turn in ask.turns for message in messages_of(turn)],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if ask.temperature is not None:
        body["temperature"] = ask.temperature
    if ask.max_tokens is not None:  # other servers know only the older name
        body["max_completion_tokens" if ask.endpoint.is_openai else "max_tokens"] = ask.max_tokens
    if ask.tools:
        body |= {"tools": [_tool(tool) for tool in ask.tools], "tool_choice": ask.tool_choice}
    if ask.output is not None:
        schema = {"name": OUTPUT_NAME, "schema": ask.output, "strict": is_strict(ask.output)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if ask.continue_last:  # vLLM's words; llama.cpp continues by itself and knows the second one too
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    return body | ask.extra


def _tool(tool: Tool) -> dict:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def is_strict(schema: object) -> bool:
    """Whether a schema keeps to what OpenAI can enforce: every object closed, all of its fields required."""
    if isinstance(schema, list | tuple):
        return all(is_strict(one) for one in schema)
    if not isinstance(schema, Mapping):
        return True
    if "properties" in schema or schema.get("type") == "object":
        fields = schema.get("properties") or {}
        if schema.get("additionalProperties") is not False or set(schema.get("required") or ()) != set(fields):
            return False
        return all(is_strict(field) for field in fields.values())
    return all(is_strict(value) for value in schema.values())


def messages_of(turn: Turn, thinking_field: str = "") -> Iterator[dict[str, Any]]:
    """Return a turn as the protocol's messages; one that says nothing gives none. Raises UnsupportedPart.

    `thinking_field` is where a service wants the reasoning back that led to calls.
    """
    if turn.role != "assistant":
        if content := _content(turn):
            yield {"role": turn.role, "content": content}
        return
    for step in steps(turn):
        text = "".join(_said(part) for part in step.said)
        calls = [_call(part) for part in step.said if part["type"] == "tool-call"]
        if calls:
            thought = "".join(part["text"] for part in step.said if part["type"] == "reasoning")
            given = {thinking_field: thought} if thinking_field else {}
            yield {"role": "assistant", "content": text or None, "tool_calls": calls, **given}
        elif text:
            yield {"role": "assistant", "content": text}
        for result in step.results:
            yield {"role": "tool", "tool_call_id": result["toolCallId"], "content": result_text(result)}


def _said(part: Mapping) -> str:
    """Reasoning and sources are ours to show, not to send back; a picture that was made cannot be sent back."""
    match part["type"]:
        case "text":
            return part["text"]
        case "reasoning" | "source" | "image" | "file" | "tool-call":
            return ""
        case kind:
            raise UnsupportedPart(kind)


def _call(part: Mapping) -> dict:
    function = {"name": part["toolName"], "arguments": as_json(part["args"])}
    return {"id": part["toolCallId"], "type": "function", "function": function}


def _content(turn: Turn) -> str | list[dict]:
    """What a person says: one text where there is nothing else, which every server understands."""
    parts = [piece for part in turn.parts if (piece := _piece(part))]
    if all(piece["type"] == "text" for piece in parts):
        return "".join(piece["text"] for piece in parts)
    return parts


def _piece(part: Mapping) -> dict | None:
    match part["type"]:
        case "text":
            return {"type": "text", "text": part["text"]} if part["text"] else None
        case "reasoning" | "source":
            return None
        case "image":
            return {"type": "image_url", "image_url": {"url": data_url(part["image"], part["mimeType"])}}
        case "file":
            if (text := file_text(part)) is not None:
                return {"type": "text", "text": text}
            data = data_url(part["data"], part["mimeType"])
            return {"type": "file", "file": {"filename": part.get("name") or "file.pdf", "file_data": data}}
        case kind:
            raise UnsupportedPart(kind)


def usage_of(counted: dict | None) -> Usage | None:
    """Return the tokens that the server counted, None where it did not say or cannot count."""
    if counted is None:
        return None
    details = (counted.get(f"{side}_tokens_details") for side in ("prompt", "completion"))
    of_input, of_output = (found if isinstance(found, dict) else {} for found in details)
    read, written, thought = (
        counted.get("prompt_tokens"),
        counted.get("completion_tokens"),
        of_output.get("reasoning_tokens"),
    )
    if _is_thought_aside(read, written, thought, counted.get("total_tokens")):
        written += thought
    return Usage.of(read, written, of_input.get("cached_tokens"), thought, of_input.get("cache_write_tokens"))


def _is_thought_aside(*figures: object) -> bool:
    """Whether a server counts thoughts beside what is written, as xAI does (vercel/ai#12425): its total tells."""
    if not all(isinstance(figure, int) for figure in figures):
        return False
    read, written, thought, total = figures
    return total == read + written + thought
