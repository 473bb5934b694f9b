"""Embedding spaces: filled, taken into use when whole, changed for another, given up."""

import pytest
from django.db import connection

from agents import engine
from agents.catalog import Reference
from agents.usage import meter
from documents.models import DocumentChunk, EmbeddingSpace
from documents.vectors import spaces, tables
from sambung.lib.errors import Refused
from tests.documents.vectors.conftest import EMBEDS

pytestmark = pytest.mark.django_db
OTHER = Reference(None, "openai_compatible", "embed-d32")


def kept() -> dict[str, int]:
    """How many vectors each model has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT model, count(*) FROM {tables.TABLE} JOIN embedding_space ON id = space GROUP BY model")
        return dict(cursor.fetchall())


def states() -> dict[str, str]:
    return dict(EmbeddingSpace.objects.values_list("model", "state"))


def test_a_space_is_in_use_once_all_passages_have_vectors(say, run, model, monkeypatch):
    say(*(f"passage {n}" for n in range(70)))
    spaces.open_space(EMBEDS)
    monkeypatch.setattr(spaces, "SPELL", 0)
    run(spaces.work())
    assert (kept(), states()) == ({}, {"embed-d16": "building"})
    monkeypatch.setattr(spaces, "SPELL", 45)
    run(spaces.work())
    assert (kept(), states()) == ({"embed-d16": 70}, {"embed-d16": "live"})
    assert EmbeddingSpace.objects.get().dimensions == 16
    assert [len(batch) for batch in model] == [1, 64, 6]


def test_the_model_reads_title_and_headings_too(say, live, model):
    say("Water at 93 degrees.", title="How to brew")
    live()
    assert model[-1] == ["How to brew\n0\n# 0\n\nWater at 93 degrees."]


def test_what_is_new_gets_a_vector_and_what_goes_loses_it(say, live):
    first = say("one")
    live()
    say("two", "three")
    live()
    assert kept() == {"embed-d16": 3}
    first.delete()
    assert kept() == {"embed-d16": 2}


def test_another_model_is_made_beside_the_one_in_use(say, live, run, monkeypatch):
    say("one", "two")
    live()
    spaces.open_space(OTHER)
    assert states() == {"embed-d16": "live", "embed-d32": "building"}
    run(spaces.work())
    assert states() == {"embed-d16": "old", "embed-d32": "live"}
    run(spaces.work())
    assert (kept(), states()) == ({"embed-d32": 2}, {"embed-d32": "live"})


def test_a_model_is_opened_once_and_a_new_one_gives_up_what_was_being_made(live, say):
    live()
    with pytest.raises(Refused):
        spaces.open_space(EMBEDS)
    spaces.open_space(OTHER)
    spaces.open_space(Reference(None, "openai_compatible", "embed-d8"))
    assert states() == {"embed-d16": "live", "embed-d32": "old", "embed-d8": "building"}


def test_one_that_is_closed_goes_with_its_vectors(say, live, run):
    say("one")
    spaces.close_space(live())
    run(spaces.work())
    assert (kept(), states()) == ({}, {})


def test_why_nothing_goes_on_is_kept_and_forgotten_once_it_does(say, live, model, run, monkeypatch):
    say("one")

    async def refused(*_args, **_options):
        raise engine.QuotaExceeded

    with monkeypatch.context() as patched:
        patched.setattr(meter, "embed", refused)
        spaces.open_space(EMBEDS)
        run(spaces.work())
        assert EmbeddingSpace.objects.get().failure.code == "quota_exceeded"
    run(spaces.work())
    assert (EmbeddingSpace.objects.get().failure, states()) == (None, {"embed-d16": "live"})


def test_vectors_of_another_length_are_not_mixed(say, live, run):
    say("one")
    EmbeddingSpace.objects.filter(pk=live().pk).update(dimensions=17)
    say("two")
    run(spaces.work())
    assert EmbeddingSpace.objects.get().failure.code == "dimensions_changed"
    assert kept() == {"embed-d16": 1}


def test_a_database_that_refuses_the_extension_is_told_with_the_command(say, run, model, monkeypatch):
    monkeypatch.setattr(tables, "COMMAND", "CREATE EXTENSION nothing_of_that_name")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS vectors CASCADE")
        cursor.execute("DROP EXTENSION IF EXISTS vector")
    spaces.open_space(EMBEDS)
    run(spaces.work())
    failure = EmbeddingSpace.objects.get().failure
    assert failure.code == "vectors_not_allowed"
    assert "CREATE EXTENSION nothing_of_that_name;" in failure.sentence
    assert not tables.are_there()


def test_no_migration_needs_the_extension():
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_extension WHERE extname = 'vector'")
        assert cursor.fetchone() is None
        cursor.execute("SELECT to_regnamespace('vectors')")
        assert cursor.fetchone() == (None,)


def test_the_extra_model_opens_its_space_by_itself(say, run, model, monkeypatch):
    say("one")
    run(spaces.work())
    assert states() == {}
    monkeypatch.setattr(spaces.embedding, "extra", lambda: Reference(None, "bundled", "multilingual-d16"))
    run(spaces.work())
    assert states() == {"multilingual-d16": "live"}
    run(spaces.work())
    assert EmbeddingSpace.objects.count() == 1


def test_many_vectors_get_an_index(say, run, model, monkeypatch):
    made = []
    monkeypatch.setattr(spaces, "EXACT", 1)
    monkeypatch.setattr(tables, "make_index", lambda *given: made.append(given))
    say("one", "two")
    spaces.open_space(EMBEDS)
    run(spaces.work())
    assert made == [(EmbeddingSpace.objects.get().pk, 16)]
    assert DocumentChunk.objects.count() == 2
