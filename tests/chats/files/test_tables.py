"""Which files of a chat questions are asked over: its own that have tables, for those who may read it."""

import pytest

from agents.tools import Caller
from chats.files import attach, store
from chats.files.tables import MOST, ChatTables
from chats.models import Attachment
from teams.workspace import Workspace
from tests.factories import ChatFactory, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(alice, chat):
    def add(name: str, data: bytes = b"a,b\n1,2\n", **scope) -> Attachment:
        file = store.keep(by=alice, workspace=Workspace(alice, chat.team), name=name, data=data)
        attach.attach([file], chat, message(chat))
        return file

    return add


def _names(caller: Caller) -> list[str]:
    return [file.name for file in ChatTables().at_hand(caller)]


def test_files_with_tables_come_in_their_order(add, alice, chat):
    for name in ("one.csv", "notes.txt", "two.tsv", "three.jsonl"):
        add(name)
    here = Caller(Workspace(alice), f"chat:{chat.pk}")
    assert _names(here) == ["one.csv", "two.tsv", "three.jsonl"]
    (first, *_) = ChatTables().at_hand(here)
    assert first.content() == b"a,b\n1,2\n"
    assert (first.family, first.digest) == ("csv", Attachment.objects.get(name="one.csv").sha256)


def test_only_the_newest_are_asked(alice, chat):
    told = {"mime_type": "text/csv", "size": 1, "sha256": "0" * 64, "chat": chat, "user": alice}
    for n in range(MOST + 2):
        Attachment.objects.create(name=f"{n}.csv", file=f"attachments/{n}", **told)
    assert _names(Caller(Workspace(alice), f"chat:{chat.pk}")) == [f"{n}.csv" for n in range(2, MOST + 2)]


@pytest.mark.parametrize("topic", ["", "chat:", "chat:nothing", "run:0", "chat:00000000-0000-0000-0000-000000000000"])
def test_where_no_chat_asks_there_are_none(add, alice, topic):
    add("one.csv")
    assert _names(Caller(Workspace(alice), topic)) == []


def test_another_chat_and_another_person_have_none(add, alice, carol, chat):
    add("one.csv")
    assert _names(Caller(Workspace(carol), f"chat:{chat.pk}")) == []
    assert _names(Caller(Workspace(alice), f"chat:{ChatFactory(user=alice).pk}")) == []
