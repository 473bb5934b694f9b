"""Failures: a code and parameters, and the sentence of them."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from sambung.lib import failures, waiting
from sambung.lib.errors import Refused
from sambung.lib.failures import UNKNOWN, Failed, Failure
from tests.indonesian import indonesian  # noqa: F401  a fixture


def test_two_columns_hold_it():
    assert failures.columns(Failure("x", {"n": 1}), "last") == {"last_code": "x", "last_params": {"n": 1}}
    assert failures.columns(None) == {"error_code": "", "error_params": {}}


def test_parameters_fill_the_sentence_and_are_no_places_themselves():
    assert Failure("other", {"text": "100% %(of)s it"}).sentence == "100% %(of)s it"


@pytest.mark.parametrize("failure", [Failure("of_a_later_version", {"n": 1}), Failure("other")])
def test_what_cannot_be_said_is_something_that_went_wrong(failure):
    assert failure.sentence == UNKNOWN


@pytest.mark.usefixtures("indonesian")
def test_people_read_it_in_their_language_and_models_in_english():
    failure = Failure("mcp_refused_saying", {"detail": "50% done\nsee above"})
    with translation.override("id"):
        assert str(failure) == failure.sentence == "Server MCP menolak: 50% done\nsee above"
        assert failure.english == str(Failed(failure)) == "The MCP server refused: 50% done\nsee above"
    assert str(failure) == failure.english


@pytest.mark.parametrize(
    ("until", "told"),
    [("2026-11-30T07:09:45+00:00", "2:10 p.m."), ("2026-12-01T07:09:45+00:00", "12/01/2026 2:10 p.m.")],
)
def test_a_moment_is_told_in_the_time_of_whoever_reads(monkeypatch, until, told):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 30, 3, tzinfo=UTC))
    failure = Failure("rate_limited", {"wait_until": until})
    with timezone.override("Asia/Jakarta"):
        assert failure.sentence == f"The model's service takes no more requests from here until {told}."
    assert failure.english.endswith(f"until {until[:10]} 07:10 UTC.")
    with timezone.override("UTC"):
        assert failure.sentence.endswith(" UTC.")


def test_without_a_moment_the_sentence_tells_none():
    assert Failure("rate_limited").english.endswith("Try again shortly.")


def test_what_is_stored_is_read():
    failure = Failure("mcp_down", {"status": 502})
    assert failures.read(failure.stored) == Failed("mcp_down", status=502).failure == failure
    assert [failures.read(nothing) for nothing in ({}, None, "")] == [None] * 3


@pytest.mark.usefixtures("indonesian")
def test_a_refusal_is_told_by_its_failure_when_it_is_shown():
    refused = Refused(Failure("busy"), status=503, field="name")
    assert (refused.code, refused.status, refused.field, refused.sentence) == ("busy", 503, "name", waiting.FULL)
    with translation.override("id"):
        assert refused.sentence != waiting.FULL
    assert (Refused("No.").code, Refused("No.").sentence) == ("refused", "No.")


def test_a_code_means_one_thing():
    with pytest.raises(ValueError, match="other"):
        failures.register({"other": "Another meaning."})
