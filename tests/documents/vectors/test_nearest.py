"""Which passages lie nearest to a question: of whose, how many, with the index and without."""

import pytest
from django.db import connection

from agents import engine
from agents.usage import meter
from agents.usage.meter import Payer
from documents.actions import deleting
from documents.models import DocumentChunk
from documents.vectors import nearest, spaces, tables
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(run, live):
    """The texts of the passages nearest to a question."""

    def found(question: str, **where) -> list[str]:
        live()
        asked = run(nearest.asked(question, Payer()))
        hits = nearest.nearest(asked, DocumentChunk.objects.count(), **where)
        texts = dict(DocumentChunk.objects.values_list("pk", "text__text"))
        return [texts[chunk].partition("\n\n")[2] for chunk, _document in hits]

    return found


def test_the_nearest_come_first_in_other_languages_too(say, ask, alice):
    say("the price of coffee", "a mountain in the north", "cats sleep long")
    assert ask("harga kopi", scope=alice.pk)[0] == "the price of coffee"


def test_only_what_lies_in_the_scope_or_in_the_collections(say, ask, alice, bob, team):
    mine = say("my coffee")
    say("coffee of the team", team=team)
    say("coffee of bob", by=bob)
    assert ask("coffee", scope=alice.pk) == ["my coffee"]
    assert ask("coffee", scope=team.pk) == ["coffee of the team"]
    collection = factories.collection(alice, None, mine)
    assert ask("coffee", collections=[collection.pk]) == ["my coffee"]
    assert ask("coffee", collections=[]) == []


def test_what_is_deleted_is_not_found_and_is_again_once_it_is_taken_back(say, ask, alice):
    document = say("coffee")
    assert ask("coffee", scope=alice.pk) == ["coffee"]
    deleting.delete_document(document=document)
    assert ask("coffee", scope=alice.pk) == []
    deleting.restore_documents(type(document).objects.filter(pk=document.pk))
    assert ask("coffee", scope=alice.pk) == ["coffee"]


def test_what_is_deleted_starves_nobody(say, ask, alice, monkeypatch):
    """More is looked at where the nearest of all are gone."""
    monkeypatch.setattr(nearest, "_LOOKED", 2)
    gone = say(*(f"coffee number {n}" for n in range(8)))
    say("tea", "milk", "water")
    assert len(ask("coffee", scope=alice.pk, most=2)) == 2
    deleting.delete_document(document=gone)
    assert len(ask("coffee", scope=alice.pk, most=2)) == 2
    assert len(ask("coffee", scope=alice.pk, most=3)) == 3


def test_there_are_as_many_as_there_are(say, ask, alice, bob):
    say(*(f"coffee number {n}" for n in range(30)), by=bob)
    say("one coffee", "two coffees", "tea")
    assert len(ask("coffee", scope=alice.pk, most=20)) == 3
    assert len(ask("coffee", scope=bob.pk, most=20)) == 20


def test_without_a_space_or_an_answer_words_must_do(run, live, say, monkeypatch, caplog):
    assert run(nearest.asked("coffee", Payer())) is None
    live()

    async def refused(*_args, **_options):
        raise engine.ConnectFailed

    monkeypatch.setattr(meter, "embed", refused)
    asked = run(nearest.asked("coffee", Payer()))
    assert (asked.vector, nearest.nearest(asked, 1)) == ([], [])
    assert "by words alone" in caplog.text


@pytest.fixture
def committed(transactional_db):
    """Vectors are no tables of Django's, which empties its own behind a test that commits."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA vectors CASCADE; DROP EXTENSION vector")


def test_the_index_finds_what_a_look_at_all_finds_in_a_small_scope(committed, say, ask, live, alice, bob, monkeypatch):
    """The case that starves others: an index that is asked before the scope is."""
    say(*(f"coffee {n} of bob's" for n in range(300)), by=bob)
    collection = factories.collection(alice, None, say(*(f"coffee {n} of alice's" for n in range(25))))
    space = live()
    everything = ask("coffee alice's", scope=alice.pk, most=20)
    tables.make_index(space.pk, space.dimensions)
    tables.make_index(space.pk, space.dimensions)  # there already
    monkeypatch.setattr(nearest, "EXACT", 1)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        indexed = ask("coffee alice's", scope=alice.pk, most=20)
        joined = ask("coffee alice's", collections=[collection.pk], most=20)
        cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan")
    for found in (indexed, joined):
        assert len(found) == 20
        assert len(set(found) & set(everything)) >= 19
    assert spaces.EXACT == 10_000
