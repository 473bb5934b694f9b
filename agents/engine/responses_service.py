"""OpenAI's Responses, by pydantic-ai's model. Heavy to import (seconds).

Nothing is kept at the service: what a model thought comes encrypted, and goes back with the conversation.
"""

from pydantic_ai.messages import ModelResponsePart, TextPart, ThinkingPart
from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.profiles import ModelProfile, merge_profile
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from agents.engine.manners import STREAM, SUMMARIES, THOUGHTS
from agents.engine.openai_names import base_of
from agents.engine.responses_client import Client
from agents.engine.values import Ask

#: What is taken for granted of a model that is newer than the library.
UNKNOWN = OpenAIModelProfile(
    supports_thinking=True,
    thinking_always_enabled=True,
    openai_supports_reasoning=True,
    openai_supports_encrypted_reasoning_content=True,
)
LEAST = 16  # tokens of an answer, the service's own least
PHASE = "phase"  # the library's name, and the service's


def model_of(ask: Ask) -> OpenAIResponsesModel:
    """Return the library's model for an ask. A fine-tuned one can do what that can which it was made from."""
    client = Client(ask.endpoint, is_whole=STREAM in ask.manners.without)
    provider = OpenAIProvider(openai_client=client)
    profile = _profile_of(ask.model)
    if THOUGHTS in ask.manners.without:
        profile = merge_profile(profile, OpenAIModelProfile(openai_supports_encrypted_reasoning_content=False))
    return OpenAIResponsesModel(ask.model, provider=provider, profile=profile)


def _profile_of(model: str) -> ModelProfile:
    known = OpenAIProvider.model_profile(base_of(model)) or {}
    return known if known.get("supports_thinking", False) else merge_profile(known, UNKNOWN)


def settings_of(ask: Ask, model: OpenAIResponsesModel) -> ModelSettings:
    """What is asked for beside the usual: that nothing is kept, and to be told what the model thinks."""
    found = OpenAIResponsesModelSettings(openai_store=False)
    thinks = ask.reasoning != "off" or model.profile.get("thinking_always_enabled", False)
    if thinks and SUMMARIES not in ask.manners.without:
        found["openai_reasoning_summary"] = "auto"
    if ask.max_tokens is not None:
        found["max_tokens"] = max(ask.max_tokens, LEAST)
    return found


def metadata_of(part: ModelResponsePart) -> dict:
    """Return what must come back with a part: the whole of a thought, or what a text was in the answer."""
    if isinstance(part, ThinkingPart) and part.signature:
        return {"itemId": part.id, "reasoningEncryptedContent": part.signature}
    if isinstance(part, TextPart) and (phase := (part.provider_details or {}).get(PHASE)):
        return {PHASE: phase}
    return {}


def thought_of(text: str, metadata: dict, system: str) -> ThinkingPart | None:
    """Return a thought to send back; without its encrypted form and its name there is none to send."""
    match metadata:
        case {"itemId": str(id_), "reasoningEncryptedContent": str(hidden)} if id_ and hidden:
            return ThinkingPart(text, id=id_, signature=hidden, provider_name=system)
    return None


def details_of(metadata: dict) -> dict | None:
    """Return what a text was, in the library's form."""
    return {PHASE: metadata[PHASE]} if PHASE in metadata else None
