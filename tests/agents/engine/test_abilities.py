"""What a name tells of a model."""

import subprocess
import sys

import pytest

from agents import engine
from agents.engine import abilities
from tests.agents.engine.test_values import ROOT


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("gpt-4o-mini", (True, True, False)),
        ("gpt-3.5-turbo", (False, True, False)),
        ("gpt-4o-mini-search-preview", (None, False, False)),
        ("gpt-5-search-api", (None, False, False)),
        ("o3", (True, True, True)),
        ("claude-sonnet-4-5", (True, True, None)),
        ("meta-llama/llama-3.3-70b-instruct", (False, True, False)),
        ("llama3.2-vision:11b", (True, None, None)),
        ("deepseek-r1:8b", (False, None, True)),
        ("SmolLM2-135M-Instruct", (False, False, False)),
        ("something-else", (None, None, None)),
        ("proto4", (None, None, None)),
    ],
)
def test_names(name, known):
    assert abilities.by_name(name) == known


def test_the_server_s_word_counts_first():
    told = engine.ModelInfo("gpt-4o", vision=False, reasoning=True)

    (found,) = abilities.filled(engine.Endpoint("openai", "https://models.example.com/v1"), [told])

    assert (found.vision, found.tools, found.reasoning) == (False, True, True)


def test_a_server_of_one_s_own_loads_no_model_library():
    code = (
        "import sys; from agents import engine; from agents.engine import abilities;"
        "abilities.filled(engine.Endpoint('openai', 'http://127.0.0.1/v1'), [engine.ModelInfo('gpt-4o')]);"
        "print('pydantic_ai' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("name", "is_thinking"),
    [("gpt-9", True), ("ft:o4-mini-2025-04-16:acme::abc", True), ("gpt-4o", False), ("gpt-5-chat-latest", False)],
)
def test_openai_s_models_that_think(name, is_thinking):
    openai = engine.Endpoint("openai", "https://api.openai.com/v1", provider="openai")

    (found,) = abilities.filled(openai, [engine.ModelInfo(name)])

    assert found.reasoning is is_thinking
