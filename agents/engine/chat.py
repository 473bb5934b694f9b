"""The OpenAI protocol: a conversation as a request body, and its answer through the tap."""

import asyncio
import importlib
from typing import Any

from agents.engine import errors
from agents.engine.exchange import Exchange, Rejected
from agents.engine.tap import Reported
from agents.engine.values import Ask, Finish, Turn, Usage

REASONS = {"stop": "stop", "length": "length", "content_filter": "content_filter"}


async def stream(ask: Ask, exchange: Exchange) -> tuple[Usage | None, Finish]:
    """Play one request; the exchange's tap hears the deltas. Raises EngineError."""
    body = body_of(ask)
    try:
        with exchange.watch:
            await exchange.open("/chat/completions", body)
            await exchange.read()
    except (Rejected, Reported) as fault:
        judge = await asyncio.to_thread(importlib.import_module, "agents.engine.judge")
        raise await judge.judged(fault, ask.endpoint, ask.model) from None
    finally:
        exchange.close()
    reason = exchange.tap.finish_reason or "stop"
    return usage_of(exchange.tap.usage), Finish(REASONS.get(reason, "other"))


def body_of(ask: Ask) -> dict[str, Any]:
    """Return what is sent. Raises UnsupportedPart."""
    said = [(turn.role, text_of(turn)) for turn in ask.turns]
    body = {
        "model": ask.model,
        "messages": [{"role": role, "content": text} for role, text in said if text],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if ask.temperature is not None:
        body["temperature"] = ask.temperature
    if ask.max_tokens is not None:  # other servers know only the older name
        body["max_completion_tokens" if ask.endpoint.is_openai else "max_tokens"] = ask.max_tokens
    if ask.continue_last:  # vLLM's words; llama.cpp continues by itself and knows the second one too
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    return body | ask.extra


def text_of(turn: Turn) -> str:
    """Return what a turn says to a model: its text. Reasoning and sources are ours to show, not to send back."""
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


def usage_of(counted: dict | None) -> Usage | None:
    """Return the tokens that the server counted, None where it did not say or cannot count."""
    if counted is None:
        return None
    details = (counted.get(f"{side}_tokens_details") for side in ("prompt", "completion"))
    of_input, of_output = (found if isinstance(found, dict) else {} for found in details)
    figures = (
        counted.get("prompt_tokens"),
        counted.get("completion_tokens"),
        of_input.get("cached_tokens"),
        of_output.get("reasoning_tokens"),
    )
    return Usage(*(figure if isinstance(figure, int) else 0 for figure in figures))
