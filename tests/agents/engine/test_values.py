"""Values and errors."""

import subprocess
import sys
from pathlib import Path

import pytest

from agents import engine
from agents.engine import errors

ROOT = Path(__file__).parents[3]
ALL = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, engine.EngineError) and kind not in {engine.EngineError, errors.Busy}
]


def test_an_endpoint_hides_its_key_and_drops_the_slash():
    endpoint = engine.Endpoint("openai", "https://api.example.com/v1/", "sk-secret")

    assert "secret" not in repr(endpoint)
    assert endpoint.base_url == "https://api.example.com/v1"
    assert endpoint.host == "api.example.com"


def test_an_unknown_protocol():
    with pytest.raises(ValueError, match="protocol"):
        engine.Endpoint("smoke", "https://api.example.com")


@pytest.mark.parametrize("kind", ALL)
def test_every_error_has_a_code_of_its_own(kind):
    error = kind()

    assert str(error) == error.code
    assert [other for other in ALL if other.code == error.code] == [kind]
    assert kind.__name__ in engine.__all__


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The model\n does  not exist", "The model does not exist"),
        ("Bad key sk-abc_DEF-123 given", "Bad key … given"),
        ("Authorization: Bearer abcdef.123", "Authorization: …"),
        ("Consumer 'api_key:AIzaSyA-1234567890_abc' is suspended", "Consumer 'api_key:…' is suspended"),
        ("see https://10.0.0.1:80/x?key=1 now", "see … now"),
        ("x" * 500, "x" * 199 + "…"),
    ],
)
def test_what_a_server_said_is_cleaned(said, shown):
    assert errors.BadRequest(said).detail == shown


def test_importing_the_engine_loads_no_model_library():
    heavy = {"anthropic", "django", "genai_prices", "google.genai", "httpx2", "openai", "pydantic_ai"}
    code = f"import sys, agents.engine; print({heavy} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("provider", "protocol"),
    [("anthropic", "anthropic"), ("google", "google"), ("groq", "openai"), ("ollama", "openai"), ("bundled", "openai")],
)
def test_what_a_provider_speaks(provider, protocol):
    assert engine.protocol_of(provider) == protocol


def test_an_unknown_provider():
    with pytest.raises(ValueError, match="provider"):
        engine.Endpoint("openai", "https://api.example.com", provider="smoke")
