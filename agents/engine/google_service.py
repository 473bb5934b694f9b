"""Google's Gemini API, by pydantic-ai's model. Heavy to import (seconds)."""

import ssl

from google.genai.client import Client
from google.genai.types import HttpOptions
from pydantic_ai.messages import ModelResponsePart, TextPart, ThinkingPart, ToolCallPart
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.settings import ModelSettings

from agents.engine import transport
from agents.engine.values import Ask

SIGNATURE = "thought_signature"  # pydantic-ai's name for it
# The SDK readies TLS for connections that it then never makes, which takes a tenth of a second; this trusts nobody.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def model_of(ask: Ask) -> GoogleModel:
    """Return the library's model for an ask."""
    endpoint = ask.endpoint
    options = HttpOptions(
        base_url=endpoint.root,
        httpx_async_client=transport.client,
        timeout=int(transport.HOUR * 1000),
        client_args={"verify": NO_TLS},
        async_client_args={"verify": NO_TLS, "ssl": NO_TLS},
    )
    client = Client(vertexai=False, api_key=endpoint.api_key or "none", http_options=options)
    return GoogleModel(ask.model.removeprefix("models/"), provider=GoogleProvider(client=client))


def settings_of(ask: Ask, model: GoogleModel) -> ModelSettings:
    """What is asked for beside the usual: to see the thoughts of a model that thinks by itself."""
    is_free = ask.reasoning is None and "reasoning_effort" not in ask.manners.without
    if model.profile.get("supports_thinking", False) and is_free:
        return ModelSettings(google_thinking_config={"include_thoughts": True})
    return ModelSettings()


def metadata_of(part: ModelResponsePart) -> dict:
    """Return what must come back with a part: its thought signature."""
    signature = part.signature if isinstance(part, ThinkingPart) else None
    if isinstance(part, TextPart | ToolCallPart | ThinkingPart):
        signature = signature or (part.provider_details or {}).get(SIGNATURE)
    return {"thoughtSignature": signature} if signature else {}


def thought_of(text: str, metadata: dict, system: str) -> ThinkingPart | None:
    """Return a thought to send back: Gemini wants only those that carry a signature."""
    if not (details := details_of(metadata)):
        return None
    return ThinkingPart(text, provider_name=system, provider_details=details)


def details_of(metadata: dict) -> dict | None:
    """Return the signature of a text or a call, in the library's form."""
    signature = metadata.get("thoughtSignature")
    return {SIGNATURE: signature} if signature else None
