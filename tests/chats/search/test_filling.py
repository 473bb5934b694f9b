"""Words for rows that have none, in batches; until all have some, the former columns are read."""

import asyncio
import threading
import uuid

import pytest
from django.db import connection, connections

from chats.actions import sending
from chats.models import Chat, Message, Role
from chats.search import filling, former, matching
from chats.search.find import find
from chats.search.query import parse
from sambung.lib import lexemes
from tests.factories import ChatFactory, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def columns(monkeypatch):
    """Columns of which nobody knows yet whether they are full."""
    made = filling.Columns()
    monkeypatch.setattr(filling, "columns", made)
    monkeypatch.setattr("chats.search.find.columns", made)
    return made


def _sql(query: str, *params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else []


def _empty() -> None:
    _sql("UPDATE messages SET words = NULL, pairs = NULL")
    _sql("UPDATE chats SET words = NULL")


def _kept(pk) -> tuple[bool, list[int]]:
    """Whether the words of a message are those of its content, and its pairs."""
    (row,) = _sql("SELECT content, words, pairs FROM messages WHERE id = %s", pk)
    (same,) = _sql("SELECT %s::tsvector = %s::tsvector", lexemes.index(row[0]).words, row[1])
    return same[0], row[2]


def _titles(alice, text: str) -> list[str]:
    return [hit.chat.title for hit in find(alice, parse(text))[0]]


def test_what_is_written_has_its_words_at_once(alice):
    chat = ChatFactory(user=alice, title="Getting café")
    said = message(chat, Role.USER, "Roasting the beans")
    assert _kept(said.pk) == (True, sorted([lexemes.pair("roasting", "the"), lexemes.pair("the", "beans")]))
    assert _titles(alice, "cafe") == ["Getting café"]
    Chat.objects.filter(pk=chat.pk).update(title="Other Müller")
    assert (_titles(alice, "cafe"), _titles(alice, "muller")) == ([], ["Other Müller"])
    said = Message.objects.get(pk=said.pk)
    said.content = "Nothing of it"
    said.save()
    assert (_titles(alice, "beans"), _titles(alice, "nothing")) == ([], ["Other Müller"])


def test_a_reply_has_its_words_when_it_ends(alice, chat, answer):
    found = Chat.objects.filter(pk=chat.pk)
    reply = sending.send(chat=found, by=alice, text="Which roast?", client_id=uuid.uuid4()).reply
    assert _kept(reply.pk) == (True, [])
    answer(reply, "Roasting the **beans**")
    same, pairs = _kept(reply.pk)
    assert same
    assert lexemes.pair("roasting", "the") in pairs
    assert _titles(alice, "beans") == [str(chat)]


def test_rows_are_filled_batch_by_batch(alice, columns, monkeypatch):
    monkeypatch.setattr(filling, "BATCH", 2)
    chat = ChatFactory(user=alice, title="Beans")
    rows = [message(chat, Role.USER, f"gayo {n} HTTPServer") for n in range(5)]
    message(chat, Role.SYSTEM, "not searched")
    _empty()
    assert not columns.are_full()
    assert [filling.fill_batch() for _ in range(4)] == [3, 2, 1, 0]
    assert [_kept(row.pk)[0] for row in rows] == [True] * 5
    assert _sql("SELECT words::text FROM chats") == [("'beans':1 '~bean'",)]
    assert columns.are_full()


@pytest.mark.django_db(transaction=True)
def test_the_job_fills_all_that_is_left(alice, columns):
    for n in range(3):
        message(ChatFactory(user=alice), Role.USER, f"gayo {n}")
    _empty()
    asyncio.run(filling.fill_words(timestamp=0))
    assert columns.are_full()


def test_the_former_columns_are_read_until_the_new_ones_are_full(alice, columns):
    chat = ChatFactory(user=alice, title="Beans")
    message(chat, Role.USER, "Herr Müller roasts in the HTTPServer, they say")
    _empty()
    for query in ("müller", "roasting", '"in the"', "-toraja they", "beans"):
        assert _titles(alice, query) == ["Beans"], query
    assert _titles(alice, "muller") == _titles(alice, "server") == _titles(alice, "🚀") == []
    assert filling.fill_batch() == 2
    assert _titles(alice, "muller") == _titles(alice, "server") == ["Beans"]


def test_once_full_they_are_read_for_good(alice, columns):
    message(ChatFactory(user=alice, title="Beans"), Role.USER, "Herr Müller")
    assert columns.are_full()
    _sql("UPDATE chats SET title = title || ' zanzibar'")
    assert columns.are_full()
    assert _titles(alice, "muller") == ["Beans zanzibar"]


def test_a_text_changed_past_the_application_is_read_anew(alice):
    said = message(ChatFactory(user=alice, title="Beans"), Role.USER, "gayo")
    _sql("UPDATE messages SET content = 'toraja' WHERE id = %s", said.pk)
    assert _titles(alice, "gayo") == _titles(alice, "toraja") == []
    assert filling.fill_batch() == 1
    assert (_titles(alice, "gayo"), _titles(alice, "toraja")) == ([], ["Beans"])
    _sql("UPDATE messages SET metadata = '{}' WHERE id = %s", said.pk)
    assert filling.fill_batch() == 0


def test_terms_of_both_columns():
    terms = parse('roasting "two words" -getUserName C++', is_typing=True).terms
    new, old = matching.asked(terms), former.asked(terms)
    assert (new.column, old.column, old.pairs) == ("words", "search", [])
    assert new.pairs == [lexemes.pair("two", "words")]
    assert new.params[0].split(" & ") == [
        "(('roast' | 'roasting' | '~roast' | '~roasting'))",
        "(('two' <-> 'words'))",
        "!(('get' <-> 'user' <-> 'name' | 'getusername'))",
        "(('c' | '~c' | 'c':*)",
        "'c++':*)",
    ]


@pytest.mark.django_db(transaction=True)
def test_rows_that_somebody_holds_are_passed_by_and_filled_later(alice, columns):
    rows = [message(ChatFactory(user=alice, title="Beans"), Role.USER, f"gayo {n}") for n in range(3)]
    _empty()
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("SELECT FROM messages WHERE id = %s FOR UPDATE", [rows[0].pk])
                is_held.set()
                may_end.wait(30)
                cursor.execute("ROLLBACK")
        finally:
            connections["default"].close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert is_held.wait(30)
        assert filling.fill_batch() == 5
        assert not columns.are_full()
    finally:
        may_end.set()
        holder.join()
    assert filling.fill_batch() == 1
    assert columns.are_full()
