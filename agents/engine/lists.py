"""What each kind of service says of its models."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from agents.engine import openai_names
from agents.engine.call import request
from agents.engine.errors import Garbled, NotFound
from agents.engine.models import ModelInfo
from agents.engine.values import Endpoint

#: What is nowhere for chats: relays and LM Studio list everything they have.
NEVER_CHAT = re.compile(
    r"(^|[/_.:-])(embed|embeddings?|bge|rerank|reranker|moderation|whisper|tts|dall-e)([-_.:\d]|$)", re.IGNORECASE
)
#: What Google's list says of these is not so: they speak, or want tools of its own.
NEVER_AT_GOOGLE = re.compile(r"-tts|computer-use|deep-research")
#: Tokens that Ollama reads where nobody has set more, on the smallest machines: above them it drops the beginning.
#: Source: https://docs.ollama.com/context-length.
OLLAMA_WINDOW = 4096
_NUM_CTX = re.compile(r"^\s*num_ctx\s+(\d{1,9})\s*$", re.MULTILINE)
PAGES = 20
AT_ONCE = 8
MOST, LONGEST_NAME = 2000, 200  # models of one list, characters of a model's name
LARGEST = 2**31  # no window and no price is as large
MILLION = Decimal(1_000_000)

Lister = Callable[[Endpoint], Awaitable[list[ModelInfo]]]


async def compatible(endpoint: Endpoint) -> list[ModelInfo]:
    """OpenAI's list, whose rows say nothing of what a model is for, and that of servers that speak its protocol."""
    rows = await _rows(endpoint, f"{endpoint.api}/models", "data", "id")
    chats = openai_names.is_for_chats if endpoint.is_openai else _may_chat
    return [info(row) for row in rows if chats(row["id"]) and _writes(row)]


async def groq(endpoint: Endpoint) -> list[ModelInfo]:
    """Groq's list, without what is switched off and what is no chat model."""
    rows = await _rows(endpoint, f"{endpoint.api}/models", "data", "id")
    return [info(row) for row in rows if row.get("active", True) and openai_names.is_for_chats(row["id"])]


async def anthropic(endpoint: Endpoint) -> list[ModelInfo]:
    """Anthropic's list, page by page."""
    found: list[dict] = []
    options = {"limit": "1000"}
    for _ in range(PAGES):
        page = await request(endpoint, "GET", f"{endpoint.root}/v1/models?{urlencode(options)}")
        found += _checked(page, "data", "id")
        told = _object(page)
        if not told.get("has_more") or not told.get("last_id"):
            break
        options["after_id"] = str(told["last_id"])
    return [_of_anthropic(row) for row in found]


def _of_anthropic(row: dict[str, Any]) -> ModelInfo:
    abilities = _object(row.get("capabilities"))
    return ModelInfo(
        id=row["id"],
        label=_label(row.get("display_name")),
        context_window=_whole(row.get("max_input_tokens")),
        max_output=_whole(row.get("max_tokens")),
        vision=_flag(_object(abilities.get("image_input")).get("supported")),
        reasoning=_flag(_object(abilities.get("thinking")).get("supported")),
    )


async def google(endpoint: Endpoint) -> list[ModelInfo]:
    """Google's list, page by page, of models that write."""
    found: list[dict] = []
    options = {"pageSize": "1000"}
    for _ in range(PAGES):
        page = await request(endpoint, "GET", f"{endpoint.root}/v1beta/models?{urlencode(options)}")
        found += _checked(page, "models", "name")
        if not (token := _object(page).get("nextPageToken")):
            break
        options["pageToken"] = str(token)
    return [
        ModelInfo(
            id=row["name"].removeprefix("models/"),
            label=_label(row.get("displayName")),
            context_window=_whole(row.get("inputTokenLimit")),
            max_output=_whole(row.get("outputTokenLimit")),
            reasoning=_flag(row.get("thinking")),
        )
        for row in found
        if "generateContent" in _list(row.get("supportedGenerationMethods")) and not NEVER_AT_GOOGLE.search(row["name"])
    ]


async def ollama(endpoint: Endpoint) -> list[ModelInfo]:
    """The models that Ollama has, each asked what it can do and how much of a conversation it is set to read."""
    root = endpoint.root
    rows = await _rows(endpoint, f"{root}/api/tags", "models", "name")
    gate = asyncio.Semaphore(AT_ONCE)

    async def shown(name: str) -> dict:
        async with gate:
            return await _told(endpoint, "POST", f"{root}/api/show", {"model": name})

    names = [row["name"] for row in rows]
    loaded, *told = await asyncio.gather(_loaded(endpoint), *map(shown, names))
    pairs = zip(names, told, strict=True)
    return [_of_ollama(name, one, loaded.get(name)) for name, one in pairs if _completes(one)]


async def _told(endpoint: Endpoint, method: str, url: str, body: dict | None = None) -> dict:
    """Return what a server says of a thing, nothing where it does not know it: it may just have been removed."""
    try:
        return _object(await request(endpoint, method, url, body))
    except NotFound:
        return {}


async def _loaded(endpoint: Endpoint) -> dict[str, int | None]:
    """The windows of the models that are in memory now, as Ollama has chosen them by how much of that there is."""
    told = await _told(endpoint, "GET", f"{endpoint.root}/api/ps")
    rows = [row for row in _list(told.get("models")) if isinstance(row, dict)]
    return {str(row.get("name")): _whole(row.get("context_length")) for row in rows}


def _completes(told: dict) -> bool:
    return "completion" in (_list(told.get("capabilities")) or ["completion"])


def _of_ollama(name: str, told: dict, loaded: int | None) -> ModelInfo:
    """A model of Ollama's. It drops what is above the window that it is set to, whatever the model was made for."""
    details = _object(told.get("model_info"))
    made_for = _whole(details.get(f"{details.get('general.architecture')}.context_length"))
    is_elsewhere = bool(told.get("remote_host") or told.get("remote_model"))  # Ollama's cloud reads all of it
    set_to = _num_ctx(told.get("parameters")) or loaded
    windows = [window for window in (made_for, set_to or (None if is_elsewhere else OLLAMA_WINDOW)) if window]
    can = _list(told.get("capabilities")) or None  # older ones do not say
    return ModelInfo(
        id=name,
        context_window=min(windows, default=None),
        is_window_guessed=not (set_to or is_elsewhere) and (made_for or OLLAMA_WINDOW) >= OLLAMA_WINDOW,
        vision=None if can is None else "vision" in can,
        tools=None if can is None else "tools" in can,
        reasoning=None if can is None else "thinking" in can,
    )


def _num_ctx(parameters: Any) -> int | None:
    """The window among a model's parameters, which are lines of names and values."""
    found = _NUM_CTX.search(parameters) if isinstance(parameters, str) else None
    return _whole(int(found[1])) if found else None


def info(row: dict[str, Any]) -> ModelInfo:
    """Return what one row of a list says, in the forms of llama.cpp, vLLM, OpenRouter, Mistral, Groq and OpenAI."""
    meta, owner = _object(row.get("meta")), row.get("owned_by")
    is_llama, is_vllm = owner == "llamacpp", owner == "vllm"
    top, pricing = _object(row.get("top_provider")), _object(row.get("pricing"))
    # n_ctx is what one request gets; n_ctx_train only what the model was made for
    windows = (meta.get("n_ctx"), *(row.get(key) for key in ("max_model_len", "context_length", "context_window")))
    longest = top.get("max_completion_tokens") or row.get("max_completion_tokens")
    return ModelInfo(
        id=str(row["id"]),
        context_window=_whole(next(filter(None, windows), None) or row.get("max_context_length")),
        can_continue=is_llama or is_vllm,
        has_tokenizer=is_llama or is_vllm,
        label=_label(row.get("name")),
        max_output=_whole(longest),
        input_price=_price(pricing.get("prompt")),
        output_price=_price(pricing.get("completion")),
        **_abilities(row),
    )


def _may_chat(name: str) -> bool:
    return not NEVER_CHAT.search(name)


def _writes(row: dict[str, Any]) -> bool:
    """Whether a model answers with text, where the list tells: Mistral's has a flag, OpenRouter's what comes out."""
    comes_out = _list(_object(row.get("architecture")).get("output_modalities"))
    return _object(row.get("capabilities")).get("completion_chat") is not False and "text" in (comes_out or ["text"])


def _abilities(row: dict[str, Any]) -> dict[str, bool | None]:
    """OpenRouter lists what goes in and which parameters are known, Mistral has flags."""
    goes_in = _object(row.get("architecture")).get("input_modalities")
    known = row.get("supported_parameters")
    flags = _object(row.get("capabilities"))
    return {
        "vision": "image" in goes_in if isinstance(goes_in, list) else _flag(flags.get("vision")),
        "tools": "tools" in known if isinstance(known, list) else _flag(flags.get("function_calling")),
        "reasoning": "reasoning" in known if isinstance(known, list) else None,
    }


async def _rows(endpoint: Endpoint, url: str, key: str, name: str) -> list[dict]:
    return _checked(await request(endpoint, "GET", url), key, name)


def _checked(body: Any, key: str, name: str) -> list[dict]:
    """Return the rows that have a usable name: under `key`, or of a list that stands there by itself or under another
    usual name; they may be names alone. Raises Garbled for what is no list of models.
    """
    places = [body] if isinstance(body, list) else [_object(body).get(place) for place in (key, "data", "models")]
    rows = next((place for place in places if isinstance(place, list)), None)
    if rows is None:
        raise Garbled
    named = ({name: row} if isinstance(row, str) else row for row in rows)
    return [row for row in named if isinstance(row, dict) and _is_name(row.get(name))][:MOST]


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


def _label(value: Any) -> str:
    return value if _is_name(value) else ""


def _object(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _whole(value: Any) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 < value < LARGEST else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _price(value: Any) -> Decimal | None:
    """Return dollars for a million tokens out of dollars for one; a negative one means that it varies."""
    try:
        price = Decimal(str(value)) * MILLION if value is not None else None
        return None if price is None or not 0 <= price < LARGEST else price.normalize() + 0
    except InvalidOperation:
        return None


LISTERS: dict[str, Lister] = {"anthropic": anthropic, "google": google, "groq": groq, "ollama": ollama}
