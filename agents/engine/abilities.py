"""What models can do, where their servers do not say it."""

import re
from collections.abc import Callable
from dataclasses import replace

from agents.engine.models import ModelInfo
from agents.engine.openai_names import base_of, thinks
from agents.engine.values import Endpoint

#: Beginnings or pieces of names: sees pictures, calls tools, thinks. The first that fits counts; None = not known.
BY_NAME: tuple[tuple[str, bool | None, bool | None, bool | None], ...] = (
    (r"gpt-.*-search-(preview|api)", None, False, False),
    (r"gpt-3\.5", False, True, False),
    (r"gpt-4(-0|-32k|$)", False, True, False),
    (r"gpt-4", True, True, False),
    (r"gpt-oss", False, True, True),
    (r"gpt-[5-9]", True, True, None),
    (r"o1-(mini|preview)", False, False, True),
    (r"o3-mini", False, True, True),
    (r"o[134](-|$)", True, True, True),
    (r"claude-(2|instant)", False, False, False),
    (r"claude-3-(opus|sonnet|haiku|5)", True, True, False),
    (r"claude", True, True, None),
    (r"glm-4\.\d+v|llava|moondream|minicpm-v|internvl|molmo|vl(-|$)|vision", True, None, None),
    (r"gemma-?3n?:?-?(270m|1b)", False, False, False),
    (r"gemma-?3", True, False, False),
    (r"gemini", True, True, None),
    (r"llama-?4", True, True, False),
    (r"llama-?3\.[1-3]", False, True, False),
    (r"deepseek-(r1|reasoner)", False, None, True),
    (r"deepseek-(chat|v3)", False, True, None),
    (r"qwen-?(2|2\.5|3)-?vl|qvq", True, None, None),
    (r"qwq", False, True, True),
    (r"qwen-?3", False, True, None),
    (r"qwen-?2\.5", False, True, False),
    (r"pixtral|mistral-(medium|small)-?3", True, True, False),
    (r"magistral", None, True, True),
    (r"mistral|mixtral|ministral|codestral|devstral|command-r|kimi|hermes-?[34]|granite-?[34]", None, True, None),
    (r"glm-4|grok-[34]", None, True, None),
    (r"smollm|tinyllama|phi-?[23]", False, False, False),
)
_TABLE = tuple((re.compile(rf"(^|[/:_.-])({pattern})"), *known) for pattern, *known in BY_NAME)
_FIELDS = ("vision", "tools", "reasoning")


def is_known_service(endpoint: Endpoint) -> bool:
    """Whether the model library knows the service's models. It is heavy, and not loaded for a server of one's own."""
    return endpoint.is_openai or endpoint.protocol != "openai" or endpoint.provider == "groq"


def filled(endpoint: Endpoint, models: list[ModelInfo]) -> list[ModelInfo]:
    """Return the models with what is not known of them yet. Slow the first time for a known service."""
    thinks = _thinking(endpoint) if is_known_service(endpoint) else None
    found = []
    for model in models:
        if thinks and model.reasoning is None:
            model = replace(model, reasoning=thinks(model.id))
        named = zip(_FIELDS, by_name(model.id), strict=True)
        missing = {name: can for name, can in named if can is not None and getattr(model, name) is None}
        found.append(replace(model, **missing) if missing else model)
    return found


def named(model: str) -> ModelInfo:
    """Return a model of which no more than its name is known."""
    vision, tools, reasoning = by_name(model)
    return ModelInfo(model, vision=vision, tools=tools, reasoning=reasoning)


def by_name(model: str) -> tuple[bool | None, bool | None, bool | None]:
    """Return whether a model sees, calls tools and thinks, as its name tells; None = it does not."""
    name = model.lower()
    return next((tuple(known) for pattern, *known in _TABLE if pattern.search(name)), (None, None, None))


def _thinking(endpoint: Endpoint) -> Callable[[str], bool | None]:
    """Return what the library's profiles say of thinking."""
    # The model library takes seconds to load, and a server may list models without asking one.
    from pydantic_ai.profiles.anthropic import anthropic_model_profile
    from pydantic_ai.profiles.google import google_model_profile
    from pydantic_ai.profiles.groq import groq_model_profile
    from pydantic_ai.profiles.openai import openai_model_profile

    known = {"anthropic": anthropic_model_profile, "google": google_model_profile, "groq": groq_model_profile}
    if endpoint.is_openai:
        return lambda model: thinks(model) or openai_model_profile(base_of(model)).get("supports_thinking", False)
    profile = known.get(endpoint.provider or endpoint.protocol, openai_model_profile)
    return lambda model: (profile(model) or {}).get("supports_thinking")
