"""What models take in different ways."""

import pytest

from agents import engine
from agents.engine import chat, quirks
from agents.engine.values import DEFAULT_URLS

USER = engine.Turn.of("user", "Hello")
COMPATIBLE = engine.Endpoint("openai", "https://models.example.com/v1")
OPENAI = engine.Endpoint("openai", DEFAULT_URLS["openai"], provider="openai")
GROQ = engine.Endpoint("openai", DEFAULT_URLS["groq"], provider="groq")
EUROPE = engine.Endpoint("openai", "https://eu.api.openai.com/v1", provider="openai")
DEEPSEEK = engine.Endpoint("openai", "https://api.deepseek.com/v1")


def body(endpoint: engine.Endpoint, model: str, *turns: engine.Turn, **options) -> dict:
    ask = engine.Ask(endpoint, model, turns or (USER,), **options)
    found = chat.body_of(ask)
    quirks.apply(ask, found)
    return found


@pytest.mark.parametrize(
    ("endpoint", "model", "wanted", "effort"),
    [
        (OPENAI, "gpt-5", "off", "minimal"),
        (OPENAI, "gpt-5.1", "off", "none"),
        (OPENAI, "gpt-5", "high", "high"),
        (OPENAI, "gpt-4o", "high", None),
        (EUROPE, "gpt-5", "off", "minimal"),
        (OPENAI, "ft:gpt-4o:acme::abc", "high", None),
        (GROQ, "openai/gpt-oss-20b", "low", "low"),
        (GROQ, "openai/gpt-oss-20b", "off", None),
        (GROQ, "qwen/qwen3-32b", "low", "default"),
        (GROQ, "qwen/qwen3-32b", "off", "none"),
        (GROQ, "llama-3.3-70b-versatile", "low", None),
        (COMPATIBLE, "some-model", "off", "none"),
        (COMPATIBLE, "some-model", "medium", "medium"),
    ],
)
def test_effort(endpoint, model, wanted, effort):
    assert body(endpoint, model, reasoning=wanted).get("reasoning_effort") == effort


@pytest.mark.parametrize(
    ("endpoint", "model", "wanted", "is_sent"),
    [
        (OPENAI, "gpt-5", None, False),
        (OPENAI, "gpt-4o", None, True),
        (OPENAI, "gpt-5.1", None, True),
        (OPENAI, "gpt-5.1", "low", False),
        (COMPATIBLE, "gpt-5", None, True),
    ],
)
def test_a_model_that_thinks_takes_no_temperature(endpoint, model, wanted, is_sent):
    assert ("temperature" in body(endpoint, model, temperature=0.5, reasoning=wanted)) is is_sent


def test_deepseek_wants_its_thoughts_back_beside_calls():
    call = {"type": "tool-call", "toolCallId": "1", "toolName": "add", "args": {}}
    said = engine.Turn("assistant", ({"type": "reasoning", "text": "Hm."}, call))
    tools = (engine.Tool("add", "Add.", {"type": "object"}),)

    told = [
        body(endpoint, "deepseek-chat", USER, said, tools=tools)["messages"][1] for endpoint in (DEEPSEEK, COMPATIBLE)
    ]

    assert [message.get("reasoning_content") for message in told] == ["Hm.", None]


@pytest.mark.parametrize(
    ("options", "is_special"),
    [
        ({}, False),
        ({"temperature": 0.5}, False),
        ({"reasoning": "low"}, True),
        ({"tools": (engine.Tool("add", "", {}),)}, False),
    ],
)
def test_a_question_to_a_server_of_one_s_own_needs_no_library(options, is_special):
    assert chat._has_quirks(engine.Ask(COMPATIBLE, "m", (USER,), **options)) is is_special


@pytest.mark.parametrize("endpoint", [OPENAI, GROQ, DEEPSEEK])
def test_tools_of_known_services_do(endpoint):
    assert chat._has_quirks(engine.Ask(endpoint, "m", (USER,), tools=(engine.Tool("add", "", {}),)))


def test_the_known_services_are_the_same_in_both_places():
    assert quirks.PROFILES.keys() == chat.SERVICES
    assert quirks.OF_PROVIDERS.keys() == chat.PROVIDERS
