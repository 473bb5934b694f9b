"""In what models behind the OpenAI protocol differ, as pydantic-ai's profiles know it.

Heavy to import (seconds): only for what not every model takes in the same way.
"""

from typing import Any

from pydantic_ai.profiles import ModelProfile
from pydantic_ai.profiles.groq import groq_model_profile
from pydantic_ai.profiles.openai import SAMPLING_PARAMS
from pydantic_ai.providers.deepseek import DeepSeekProvider
from pydantic_ai.providers.moonshotai import MoonshotAIProvider
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.providers.openrouter import OpenRouterProvider

from agents.engine.chat import messages_of
from agents.engine.openai_names import base_of
from agents.engine.values import OPENAI, Ask, Endpoint

#: Who knows the models of a service, by its host; ours may be another's provider under an own address.
PROFILES = {
    "api.openai.com": OpenAIProvider.model_profile,
    "api.groq.com": groq_model_profile,
    "api.deepseek.com": DeepSeekProvider.model_profile,
    "api.moonshot.ai": MoonshotAIProvider.model_profile,
    "openrouter.ai": OpenRouterProvider.model_profile,
}
OF_PROVIDERS = {"groq": groq_model_profile, "ollama": OllamaProvider.model_profile}
LEVELS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def apply(ask: Ask, body: dict[str, Any]) -> None:
    """Change the body to what the model takes."""
    profile = profile_of(ask.endpoint, ask.model)
    if effort := _effort(ask, profile):
        body["reasoning_effort"] = effort
    for name in _refused(ask, profile, effort):
        body.pop(name, None)
    if ask.tool_choice == "required" and not profile.get("openai_supports_tool_choice_required", True):
        body["tool_choice"] = "auto"
    if field := _thinking_field(profile):
        body["messages"] = [message for turn in ask.turns for message in messages_of(turn, field)]


def profile_of(endpoint: Endpoint, model: str) -> ModelProfile:
    """Return what is known of a model; a name that says nothing gives what all have in common."""
    known = OF_PROVIDERS.get(endpoint.provider) or PROFILES.get(OPENAI if endpoint.is_openai else endpoint.host)
    return (known or OpenAICompatibleProvider.model_profile)(base_of(model)) or {}


def _effort(ask: Ask, profile: ModelProfile) -> str | None:
    """Return the effort to ask for: the lowest accepted one that is not below what is wanted."""
    if ask.reasoning is None or (ask.endpoint.is_openai and not profile.get("openai_supports_reasoning")):
        return None
    wanted = "none" if ask.reasoning == "off" else ask.reasoning
    if "groq_supports_graded_reasoning_effort" in profile:
        return _groq_effort(wanted, profile)
    accepted = profile.get("openai_reasoning_efforts")
    if accepted is None:
        is_stuck = wanted == "none" and profile.get("thinking_always_enabled", False)
        return None if is_stuck else wanted
    least = LEVELS.index(wanted)
    enough = [level for level in LEVELS[least:] if level in accepted]
    return enough[0] if enough else max(accepted, key=LEVELS.index, default=None)


def _groq_effort(wanted: str, profile: ModelProfile) -> str | None:
    """Return Groq's word: its models have grades, or a switch, or neither."""
    if wanted == "none":
        return wanted if profile["groq_supports_reasoning_disable"] else None
    if profile["groq_supports_graded_reasoning_effort"]:
        return wanted
    return "default" if profile["groq_supports_reasoning_disable"] else None


def _refused(ask: Ask, profile: ModelProfile, effort: str | None) -> list[str]:
    """Return the fields of a body that the model refuses."""
    refused = list(profile.get("openai_unsupported_model_settings", ()))
    if not (ask.endpoint.is_openai and profile.get("openai_supports_reasoning")):
        return refused
    thinks = effort != "none" if effort else profile.get("thinking_enabled_by_default", False)
    return [*refused, *SAMPLING_PARAMS] if thinks else refused


def _thinking_field(profile: ModelProfile) -> str | None:
    """Return the field in which a service wants its reasoning back beside calls, where it does."""
    wants = profile.get("openai_chat_send_back_thinking_parts") == "field"
    if wants or profile.get("openai_chat_thinking_requires_field_on_tool_calls"):
        return profile.get("openai_chat_thinking_field") or "reasoning_content"
    return None
