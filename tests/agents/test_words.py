"""Stored sentences are shown in the reader's language."""

import ast
import inspect

import pytest
from django.utils import translation

from agents import catalog, engine
from agents.catalog import servers
from agents.engine import errors
from agents.generation import context
from agents.runs import runtime
from sambung.lib import words
from tests.indonesian import indonesian  # noqa: F401  a fixture

SPOKEN = {"words", "sentence", "UNEXPECTED"}


def _all(kind: type) -> set[type]:
    return {kind}.union(*(_all(sub) for sub in kind.__subclasses__()))


def _spoken_in(source: str) -> set[str]:
    """The sentences that a module assigns to a name for people."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = {getattr(target, "attr", getattr(target, "id", "")) for target in targets}
        value = getattr(node, "value", None)
        if names & SPOKEN and isinstance(value, ast.Constant) and isinstance(value.value, str):
            found.add(value.value)
    return found


def test_words_of_every_error_are_known():
    unknown = {kind.__name__ for kind in _all(engine.EngineError) if not words.is_known(kind.words)}
    assert not unknown


def test_sentences_that_the_engine_writes_elsewhere_are_known():
    spoken = _spoken_in(inspect.getsource(errors))
    assert len(spoken) > 15
    assert not {sentence for sentence in spoken if not words.is_known(sentence)}


def test_a_new_sentence_would_be_noticed():
    assert _spoken_in('class New:\n    words = "Nobody knows this."') == {"Nobody knows this."}
    assert not words.is_known("Nobody knows this.")


@pytest.mark.usefixtures("indonesian")
@pytest.mark.parametrize(
    "sentence",
    [
        runtime.UNEXPECTED,
        servers.NOT_RUNNING,
        servers.NOT_SET_UP,
        context._ABOVE_WINDOW % {"size": 5000, "window": 2048},
        catalog.NOT_OFFERED % {"model": "llama 3 (8b)"},
        engine.ServerFailed("upstream 500\nsee above").sentence,
        engine.TimedOut("idle").sentence,
    ],
)
def test_what_runs_store_is_known_and_translated(sentence):
    assert words.is_known(sentence)
    with translation.override("id"):
        assert words.shown(sentence) != sentence


@pytest.mark.usefixtures("indonesian")
def test_what_fills_a_sentence_stays():
    stored = engine.BadRequest("no such model: 50% done").sentence
    with translation.override("id"):
        assert words.shown(stored) == "Layanan model menolak permintaan ini. Pesannya: no such model: 50% done"
    with translation.override("en"):
        assert words.shown(stored) == stored


def test_an_unknown_sentence_is_shown_as_it_is():
    assert words.shown("Something else, 100% new.") == "Something else, 100% new."
    assert words.shown("") == ""
