"""Every code of what fails has a sentence, and old sentences are read as their codes."""

import pytest
from django.utils import translation

from agents import engine, error_messages, errors
from agents.migrations import _sentences
from sambung.lib import failures, waiting
from sambung.lib.failures import Failure
from tests.indonesian import indonesian  # noqa: F401  a fixture

PARAMS = {"model": "llama 3 (8b)", "size": 5000, "window": 2048, "label": "50% mine", "place": "10.0.0.1:80"}
SAID = "no such model: 50% done"


def _all(kind: type) -> set[type]:
    return {kind}.union(*(_all(sub) for sub in kind.__subclasses__()))


def test_every_error_of_the_engine_has_a_sentence():
    codes = {kind.code for kind in _all(engine.EngineError) if kind.__module__.startswith("agents.engine")}
    assert len(codes) > 20
    assert codes | {engine.TimedOut("idle").code} <= failures.known().keys()


def test_whoever_has_no_slot_is_told_so_by_a_code():
    assert Failure(waiting.Busy.code).sentence == waiting.FULL
    assert Failure(waiting.TwiceAtOnce.code).sentence == waiting.YOURS


def test_an_error_is_stored_with_what_the_service_said():
    found = errors.failure(engine.BadRequest(SAID))
    assert found.stored == {"code": "bad_request", "params": {"detail": SAID}}
    assert found.sentence == f"The model's service refused the request. It said: {SAID}"


@pytest.mark.usefixtures("indonesian")
def test_it_is_told_in_the_readers_language():
    with translation.override("id"):
        found = errors.failure(engine.BadRequest(SAID)).sentence
    assert found == f"Layanan model menolak permintaan ini. Pesannya: {SAID}"


@pytest.mark.usefixtures("indonesian")
@pytest.mark.parametrize("code", error_messages.MESSAGES)
def test_each_sentence_is_translated_with_its_places(code):
    with translation.override("id"):
        said = Failure(code, PARAMS).sentence
    assert said != Failure(code, PARAMS).sentence


# ---- rows from before codes -----------------------------------------------------------------------------
@pytest.mark.parametrize("language", [0, 1], ids=["en", "id"])
@pytest.mark.parametrize("code", _sentences.SENTENCES)
def test_an_old_sentence_is_read_as_what_it_says(code, language):
    old = _sentences.SENTENCES[code][language] % PARAMS
    found, params = _sentences.read(old)
    same = {"timed_out", "draft_too_late"}  # one sentence for both
    assert found == code or {found, code} == same
    assert _sentences.SENTENCES[code][language] % params == old
    assert all(params[name] == PARAMS[name] for name in params)


@pytest.mark.parametrize("code", _sentences.SENTENCES)
def test_it_goes_back_as_it_was(code):
    old = _sentences.SENTENCES[code][0] % PARAMS
    assert _sentences.written(*_sentences.read(old)) == old


@pytest.mark.parametrize("language", [0, 1], ids=["en", "id"])
def test_the_words_of_a_service_are_cut_off_once(language):
    old = _sentences.SENTENCES["server_failed"][language] + _sentences.SAID[language] + "a: It said: b"
    assert _sentences.read(old) == ("server_failed", {"detail": "a: It said: b"})


@pytest.mark.parametrize(
    "old", ["Something else, 100% new.", "It said: nothing", "The model could not answer. Really."]
)
def test_what_nobody_knows_is_kept_whole(old):
    code, params = _sentences.read(old)
    assert Failure(code, params).sentence == old
    assert _sentences.written(code, params) == old
