"""What the names of OpenAI's models tell."""

import pytest

from agents import engine
from agents.engine import openai_names
from agents.engine.values import DEFAULT_URLS

OPENAI = engine.Endpoint("openai", DEFAULT_URLS["openai"])
#: Names that OpenAI lists or has listed, and the protocol by which each answers; "" = none that we speak.
NAMES = {
    "responses": "gpt-5 gpt-5-mini gpt-5-pro gpt-5-codex gpt-5.1 gpt-5.1-chat-latest gpt-5.1-codex-max gpt-5.2-pro"
    " gpt-5.3-codex gpt-5.4 gpt-5.4-nano gpt-5.5 gpt-5.6-terra gpt-5.6-luna gpt-6-astra gpt-6.1-sol gpt-10 o1 o1-pro"
    " o1-2024-12-17 o3 o3-mini o3-pro o4-mini codex-mini-latest ft:o4-mini-2025-04-16:acme::abc",
    "openai": "gpt-4o gpt-4o-mini gpt-4.1 gpt-4.1-nano gpt-4 gpt-4-turbo gpt-3.5-turbo chatgpt-4o-latest o1-mini"
    " o1-preview gpt-5-chat-latest gpt-5-search-api gpt-4o-search-preview gpt-oss-20b"
    " ft:gpt-4o-mini:acme:audio-notes:abc ft:gpt-3.5-turbo-0125:acme:gpt-5:x:ckpt-step-90",
    "": "gpt-3.5-turbo-instruct o3-deep-research o4-mini-deep-research computer-use-preview gpt-image-1 gpt-5-image"
    " gpt-4o-audio-preview gpt-audio-mini gpt-realtime-2 gpt-live-1 sora-2 tts-1-hd whisper-1 dall-e-3"
    " gpt-4o-transcribe omni-moderation-latest text-embedding-3-small davinci-002 ft:babbage-002:acme::abc",
}
CASES = [(name, protocol) for protocol, names in NAMES.items() for name in names.split()]


@pytest.mark.parametrize(("name", "protocol"), CASES)
def test_how_each_is_asked(name, protocol):
    assert openai_names.is_for_chats(name) is bool(protocol)
    if protocol:
        assert engine.Ask(OPENAI, name, ()).protocol == protocol


@pytest.mark.parametrize("host", ["api.openai.com", "eu.api.openai.com"])
def test_openai_s_own_service_everywhere(host):
    assert engine.Ask(engine.Endpoint("openai", f"https://{host}/v1"), "gpt-5.6-terra", ()).protocol == "responses"


@pytest.mark.parametrize("url", ["https://x.openai.azure.com/openai/v1", "https://notapi.openai.com.example/v1"])
def test_the_same_models_elsewhere_are_asked_as_ever(url):
    assert engine.Ask(engine.Endpoint("openai", url), "gpt-5.6-terra", ()).protocol == "openai"


def test_an_endpoint_may_say_it_itself():
    endpoint = engine.Endpoint("responses", "https://models.example.com/v1")

    assert engine.Ask(endpoint, "anything", ()).protocol == "responses"
