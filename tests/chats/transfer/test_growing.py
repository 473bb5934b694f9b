"""Chats that were brought before and have gone on elsewhere: what is new comes, once, and goes again where it must."""

import pytest

from chats.models import Chat, Message
from chats.transfer import progress
from tests.chats.transfer.test_chatgpt import conversation, node
from tests.chats.transfer.test_imports import brought, go, imports, looked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]
WAYS = {
    "q1": ("root", "user"),
    "a1": ("q1", "assistant"),
    "q2": ("a1", "user"),
    "a2": ("q2", "assistant"),
    "q1b": ("root", "user"),
    "a1b": ("q1b", "assistant"),
    "a1c": ("q1", "assistant"),
}


def talk(*names: str, current: str = "", **fields) -> dict:
    """A conversation of these messages, of which each is a second younger than the one before."""
    made = [node(n, *WAYS[n], said=n, create_time=1_700_000_000 + list(WAYS).index(n)) for n in names]
    return conversation(*made, current_node=current or names[-1], title="Talk", **fields)


def said(chat: Chat) -> dict[str, str]:
    """What each message says, and what the one above says."""
    rows = chat.messages.order_by("id").values_list("content", "parent__content")
    return dict(rows)


def test_new_messages_come_below_those_that_are_here(alice):
    brought(looked(alice, [talk("q1", "a1")]))
    before = Message.objects.get(content="a1")
    transfer = looked(alice, [talk("q1", "a1", "q2", "a2", update_time=1_700_009_000)])
    (row,) = transfer.report["chats"]
    assert (row["is_here"], row["new"]) == (True, 2)
    done = brought(transfer)
    counted = {name: done.report[name] for name in ("brought", "grown", "added", "skipped_count")}
    assert counted == {"brought": 0, "grown": 1, "added": 2, "skipped_count": 0}
    chat = Chat.objects.get()
    assert said(chat) == {"q1": None, "a1": "q1", "q2": "a1", "a2": "q2"}
    assert (chat.current_message.content, chat.updated_at.timestamp()) == ("a2", 1_700_009_000)
    assert Message.objects.get(content="a1") == before
    assert "<p" in Message.objects.get(content="a2").html


def test_a_third_time_nothing_comes(alice):
    for names in (("q1", "a1"), ("q1", "a1", "q2", "a2")):
        brought(looked(alice, [talk(*names)]))
    transfer = looked(alice, [talk("q1", "a1", "q2", "a2")])
    assert transfer.report["chats"][0]["new"] == 0
    assert brought(transfer).report["skipped_count"] == 1
    assert Message.objects.count() == 4


def test_new_variants_come_and_the_branch_on_show_stays(alice):
    brought(looked(alice, [talk("q1", "a1")]))
    brought(looked(alice, [talk("q1", "a1", "q1b", "a1b", "a1c")]))
    chat = Chat.objects.get()
    assert said(chat) == {"q1": None, "a1": "q1", "q1b": None, "a1b": "q1b", "a1c": "q1"}
    assert chat.current_message.content == "a1"


def test_a_chat_that_went_on_here_keeps_its_end(alice):
    brought(looked(alice, [talk("q1", "a1")]))
    chat = Chat.objects.get()
    mine = Message.objects.create(chat=chat, parent=chat.current_message, role="user", content="mine", user=alice)
    Chat.objects.update(current_message=mine)
    brought(looked(alice, [talk("q1", "a1", "q2")]))
    chat.refresh_from_db()
    assert said(chat) == {"q1": None, "a1": "q1", "mine": "a1", "q2": "a1"}
    assert chat.current_message == mine


def test_what_was_deleted_here_stays_away(alice):
    brought(looked(alice, [talk("q1", "a1", "q2", "a2")]))
    Message.objects.filter(content="q2").delete()
    assert brought(looked(alice, [talk("q1", "a1", "q2", "a2")])).report["skipped_count"] == 1
    assert brought(looked(alice, [talk("q1", "a1", "q2", "a2", "q1b")])).report["added"] == 1
    assert set(said(Chat.objects.get())) == {"q1", "a1", "q1b"}


def test_a_deleted_chat_and_an_emptied_one_get_nothing(alice):
    brought(looked(alice, [talk("q1", "a1")]))
    Message.objects.all().delete()
    assert brought(looked(alice, [talk("q1", "a1", "q2")])).report["skipped_count"] == 1
    Chat.objects.update(deleted_at="2024-01-01T00:00Z")
    assert brought(looked(alice, [talk("q1", "a1", "q2")])).report["skipped_count"] == 1


def test_one_that_was_brought_by_an_older_version(alice):
    brought(looked(alice, [talk("q1", "a1")]))
    Chat.objects.update(metadata={"title_by": "person"})
    assert brought(looked(alice, [talk("q1", "a1", "q2", "a2")])).report["added"] == 2


def test_several_of_the_same_date_are_told_apart(alice):
    same = [node(name, above, said=name, create_time=None) for name, above in (("x", "root"), ("y", "x"), ("z", "y"))]
    brought(looked(alice, [conversation(*same[:2])]))
    brought(looked(alice, [conversation(*same)]))
    assert said(Chat.objects.get()) == {"x": None, "y": "x", "z": "y"}


def test_another_workspace_is_not_touched(alice, bob, team):
    brought(looked(bob, [talk("q1", "a1")]))
    assert brought(looked(alice, [talk("q1", "a1", "q2")])).report["brought"] == 1
    assert brought(looked(alice, [talk("q1", "a1", "q2")], team)).report["brought"] == 1
    assert Chat.objects.get(user=bob, team=None).messages.count() == 2


def test_stopping_takes_new_messages_away_again(alice):
    brought(looked(alice, [talk("q1", "a1")]))
    before = Chat.objects.values("metadata", "updated_at", "current_message").get()
    transfer = looked(alice, [talk("q1", "a1", "q2", "a2", update_time=1_700_009_000), talk("q1", conversation_id="2")])
    imports.start(transfer=transfer, chosen=None, folder=None)
    steps = imports.run(str(transfer.pk))
    next(steps)
    assert Message.objects.count() == 4
    progress.stop(transfer=transfer)
    assert list(steps) == []
    assert said(Chat.objects.get()) == {"q1": None, "a1": "q1"}
    assert Chat.objects.values("metadata", "updated_at", "current_message").get() == before
    assert brought(go(imports.again(transfer=transfer))).report["added"] == 2
