"""Anthropic's Messages, by pydantic-ai's model. Heavy to import (seconds)."""

from anthropic import AsyncAnthropic
from pydantic_ai.messages import ModelResponsePart, ThinkingPart
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
from pydantic_ai.profiles.anthropic import ANTHROPIC_THINKING_BUDGET_MAP
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.settings import ModelSettings

from agents.engine import transport
from agents.engine.manners import CACHE
from agents.engine.values import Ask

LEAST_BUDGET = 1024  # tokens of thought, the service's own least
REDACTED = "redacted_thinking"


def model_of(ask: Ask) -> AnthropicModel:
    """Return the library's model for an ask. The SDK tries nothing again: that is ours to do."""
    endpoint = ask.endpoint
    client = AsyncAnthropic(
        api_key=endpoint.api_key or "none", base_url=endpoint.root, max_retries=0, http_client=transport.client
    )
    return AnthropicModel(ask.model, provider=AnthropicProvider(anthropic_client=client))


def settings_of(ask: Ask, model: AnthropicModel) -> ModelSettings:
    """What is asked for beside the usual: that the instructions and the conversation so far are kept in the cache.

    Some relays refuse that.

    A model that thinks takes no temperature, and its thoughts must leave room within the limit of tokens.
    """
    is_kept = CACHE not in ask.manners.without
    found = AnthropicModelSettings(anthropic_cache_instructions=is_kept, anthropic_cache=is_kept)
    if ask.reasoning in (None, "off") or not model.profile.get("supports_thinking", False):
        return found
    is_fixed = not model.profile.get("anthropic_supports_adaptive_thinking", False)
    if is_fixed and ask.max_tokens and ask.max_tokens <= ANTHROPIC_THINKING_BUDGET_MAP[ask.reasoning]:
        if ask.max_tokens < 2 * LEAST_BUDGET:
            found["thinking"] = False
            return found
        found["anthropic_thinking"] = {"type": "enabled", "budget_tokens": ask.max_tokens // 2}
    if ask.temperature is not None:
        found["temperature"] = 1.0
    return found


def metadata_of(part: ModelResponsePart) -> dict:
    """Return what must come back with a part: the signature of a thought, or the whole of a hidden one."""
    if not isinstance(part, ThinkingPart) or not part.signature:
        return {}
    return {"redactedData" if part.id == REDACTED else "signature": part.signature}


def thought_of(text: str, metadata: dict, system: str) -> ThinkingPart | None:
    """Return a thought to send back; without a signature there is none to send."""
    if data := metadata.get("redactedData"):
        return ThinkingPart("", id=REDACTED, signature=data, provider_name=system)
    if signature := metadata.get("signature"):
        return ThinkingPart(text, signature=signature, provider_name=system)
    return None


def details_of(metadata: dict) -> dict | None:
    """Nothing but thoughts is signed here."""
    return None
