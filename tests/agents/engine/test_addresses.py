"""Addresses as services give them."""

import pytest

from agents.engine import base_address

AZURE = "https://x.openai.azure.com"


@pytest.mark.parametrize(
    ("given", "base", "model"),
    [
        (f"{AZURE}/openai/deployments/gpt-4o?api-version=2024-10-21", f"{AZURE}/openai/v1", "gpt-4o"),
        (
            f"{AZURE}/openai/deployments/my%20gpt/chat/completions?api-version=2025-01-01-preview",
            f"{AZURE}/openai/v1",
            "my gpt",
        ),
        (f"{AZURE}/", f"{AZURE}/openai/v1", ""),
        (f"{AZURE}/openai/v1/", f"{AZURE}/openai/v1/", ""),
        (f"{AZURE}/openai/responses?api-version=2025-04-01", f"{AZURE}/openai/v1", ""),
        (
            "https://x.cognitiveservices.azure.com/openai/deployments/m/chat/completions?api-version=1",
            "https://x.cognitiveservices.azure.com/openai/v1",
            "m",
        ),
        ("https://x.services.ai.azure.com/models", "https://x.services.ai.azure.com/models", ""),
        ("https://relay.example.org/v1/chat/completions", "https://relay.example.org/v1", ""),
        ("https://relay.example.org/v1/models/", "https://relay.example.org/v1", ""),
        ("https://relay.example.org/v1", "https://relay.example.org/v1", ""),
        ("https://relay.example.org/v1?key=1", "https://relay.example.org/v1?key=1", ""),
        ("https://openai.azure.com.evil.example/openai", "https://openai.azure.com.evil.example/openai", ""),
        ("https://u@x.openai.azure.com/", "https://u@x.openai.azure.com/", ""),
        ("https://[", "https://[", ""),
        ("", "", ""),
    ],
)
def test_what_was_copied_becomes_the_address_of_the_protocol(given, base, model):
    assert base_address(given) == (base, model)
