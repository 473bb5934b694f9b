"""What an endpoint offers."""

import asyncio
import re
from dataclasses import replace
from typing import Any

from agents.engine.errors import (
    AddressRefused,
    AuthFailed,
    BadRequest,
    ConnectFailed,
    EngineError,
    Garbled,
    ServerFailed,
)
from agents.engine.prices import context_window
from agents.engine.values import Endpoint, ModelInfo

SECONDS = 15.0
# OpenAI's own list says nothing about what a model is for.
OTHER_THAN_CHAT = re.compile(
    r"embedding|whisper|tts|dall-e|moderation|image|transcribe|realtime|audio|sora|davinci|babbage"
)
LARGEST = 8_000_000  # bytes; the largest public list is a tenth of it


async def list_models(endpoint: Endpoint) -> list[ModelInfo]:
    """Return the models of an endpoint, in the order of its own list. Raises EngineError."""
    body = await request(endpoint, "GET", f"{endpoint.base_url}/models")
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Garbled
    found = [info(row) for row in rows if isinstance(row, dict) and row.get("id")]
    if endpoint.is_openai:
        found = [model for model in found if not OTHER_THAN_CHAT.search(model.id)]
    if all(model.context_window for model in found):
        return found
    return await asyncio.to_thread(_with_known_windows, endpoint.base_url, found)


def _with_known_windows(base_url: str, models: list[ModelInfo]) -> list[ModelInfo]:
    """Fill in windows that the server does not tell from the price list, which loads slowly the first time."""
    return [
        model if model.context_window else replace(model, context_window=context_window(base_url, model.id))
        for model in models
    ]


def info(row: dict[str, Any]) -> ModelInfo:
    """Return what one row of a list says, in the forms of llama.cpp, vLLM, OpenRouter and OpenAI."""
    meta, owner = row.get("meta") or {}, row.get("owned_by")
    is_llama, is_vllm = owner == "llamacpp", owner == "vllm"
    # n_ctx is what one request gets; n_ctx_train only what the model was made for
    window = meta.get("n_ctx") or row.get("max_model_len") or row.get("context_length") or row.get("context_window")
    return ModelInfo(
        id=str(row["id"]),
        context_window=window if isinstance(window, int) else None,
        can_continue=is_llama or is_vllm,
        has_tokenizer=is_llama or is_vllm,
    )


async def request(endpoint: Endpoint, method: str, url: str, json: dict | None = None) -> Any:
    """Send one small request to an endpoint's server and return its JSON. Raises EngineError."""
    import aiohttp
    import orjson

    from agents.engine.exchange import headers_of, session_of
    from sambung.lib import egress

    limit = aiohttp.ClientTimeout(total=SECONDS)
    data = None if json is None else orjson.dumps(json)
    try:
        async with session_of(endpoint).request(
            method, url, data=data, headers=headers_of(endpoint), timeout=limit
        ) as response:
            if response.status != 200:
                raise _error(response.status)
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > LARGEST:
                    raise Garbled
            return orjson.loads(body)
    except ValueError as error:
        raise Garbled from error
    except egress.Refused as error:
        raise AddressRefused from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise ConnectFailed from error


def _error(status: int) -> EngineError:
    return AuthFailed() if status in (401, 403) else ServerFailed() if status >= 500 else BadRequest()
