"""A chat is begun, messages are sent, and wait for their turn."""

import uuid

import pytest

from agents.models import Run
from chats.actions import editing, sending
from chats.messages import tree
from chats.models import Message
from sambung.lib.errors import Refused
from tests.chats.steps import send, start, texts, waiting
from tests.factories import exchange

pytestmark = pytest.mark.django_db


def test_start_makes_a_chat_with_the_message_an_empty_reply_and_a_run(alice, workspace):
    chat = start(alice, workspace)
    asked, reply = tree.branch(chat.current_message_id)
    assert (asked.role, asked.content, asked.user) == ("user", "Why is the sky blue?", alice)
    assert (reply.role, reply.parts, reply.run.status, reply.run.model) == ("assistant", [], "queued", "fake-plain")
    assert (chat.provider, chat.model, chat.is_temporary) == ("openai_compatible", "fake-plain", False)


def test_start_twice_with_one_client_id_is_one_chat(alice, workspace):
    client_id = uuid.uuid4()
    first = start(alice, workspace, client_id=client_id)
    assert start(alice, workspace, client_id=client_id) == first
    assert Message.objects.filter(chat=first).count() == 2


def test_title_is_the_first_words(alice, workspace):
    chat = start(alice, workspace, text="one two  three\nfour five six seven eight nine ten")
    assert chat.title == "one two three four five six seven eight"


def test_title_of_one_endless_word_is_cut(alice, workspace):
    chat = start(alice, workspace, text="x" * 500)
    assert chat.title == "x" * 59 + "…"


def test_send_twice_with_one_client_id_is_one_message(chat, alice):
    client_id = uuid.uuid4()
    first = send(chat, alice, client_id=client_id)
    assert send(chat, alice, "Hello again", client_id=client_id) == first
    assert chat.messages.count() == 2
    assert Run.objects.filter(messages__chat=chat).count() == 1


def test_send_goes_on_at_the_end_of_the_branch_on_show(chat, alice):
    exchange(chat, "first", "second")
    send(chat, alice, "third")
    assert texts(chat) == ["first", "second", "third", ""]


def test_send_moves_the_last_activity(chat, alice):
    before = chat.updated_at
    send(chat, alice)
    chat.refresh_from_db()
    assert chat.updated_at > before


def test_a_finished_reply_moves_the_last_activity(chat, alice, answer):
    _, reply = send(chat, alice)
    chat.refresh_from_db()
    before = chat.updated_at
    answer(reply)
    chat.refresh_from_db()
    assert chat.updated_at > before


def test_send_while_a_reply_runs_waits_in_order_and_follows(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    sent = [send(chat, alice, text) for text in ("two", "three")]
    assert [reply for _, reply in sent] == [None, None]
    assert waiting(chat) == ["two", "three"]
    answer(reply, "first")
    assert texts(chat) == ["one", "first", "two", ""]
    assert waiting(chat) == ["three"]
    answer(Message.objects.get(parent=sent[0][0]), "second")
    assert texts(chat) == ["one", "first", "two", "second", "three", ""]
    assert waiting(chat) == []


def test_two_tabs_at_once_are_one_branch(chat, alice):
    """Both tabs show the same end; the second to arrive queues behind the first."""
    end = exchange(chat)
    _, first = send(chat, alice, "from one tab", parent=end.pk)
    second, reply = send(chat, alice, "from the other", parent=end.pk)
    assert first.run.status == "queued"
    assert reply is None
    assert second.queued_at is not None
    assert end.children.filter(queued_at=None).count() == 1


def test_what_waits_is_held_when_the_reply_is_stopped(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    held, _ = send(chat, alice, "two")
    send(chat, alice, "three")
    answer(reply, "half", "stopped")
    assert (texts(chat), waiting(chat)) == (["one", "half"], ["two", "three"])
    _, present = send(chat, alice, "something else")
    assert present is not None, "what is said after Stop does not wait behind what is held"
    answer(present, "sure")
    assert (texts(chat)[2:], waiting(chat)) == (["something else", "sure"], ["two", "three"])
    sending.push(message=held, by=alice)
    assert (texts(chat)[4:], waiting(chat)) == (["two", ""], ["three"])
    assert Message.objects.get(pk=held.pk).metadata == {}


def test_what_is_held_can_follow_the_present_reply(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    held, _ = send(chat, alice, "two")
    answer(reply, "half", "stopped")
    _, present = send(chat, alice, "three")
    sending.push(message=held, by=alice)
    assert waiting(chat) == ["two"]
    answer(present, "sure")
    assert texts(chat)[2:] == ["three", "sure", "two", ""]


@pytest.mark.parametrize("status", ["failed", "interrupted"])
def test_a_waiting_message_stays_when_the_reply_fails_and_can_be_pushed(chat, alice, answer, status):
    _, reply = send(chat, alice, "one")
    queued, _ = send(chat, alice, "two")
    answer(reply, "half", status)
    assert waiting(chat) == ["two"]
    sending.push(message=queued, by=alice)
    assert texts(chat) == ["one", "half", "two", ""]
    assert waiting(chat) == []


def test_push_is_refused_while_a_reply_runs(chat, alice):
    send(chat, alice, "one")
    queued, _ = send(chat, alice, "two")
    with pytest.raises(Refused, match="being written"):
        sending.push(message=queued, by=alice)
    assert waiting(chat) == ["two"]


def test_push_twice_sends_once(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    queued, _ = send(chat, alice, "two")
    answer(reply, "", "failed")
    answer(sending.push(message=queued, by=alice))
    with pytest.raises(Refused, match="already"):
        sending.push(message=queued, by=alice)


def test_withdraw_takes_a_waiting_message_back(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    queued, _ = send(chat, alice, "two")
    assert sending.withdraw(message=queued, by=chat.user) == "two"
    answer(reply, "first")
    assert texts(chat) == ["one", "first"]


def test_withdraw_after_it_was_sent_is_refused(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    queued, _ = send(chat, alice, "two")
    answer(reply)
    with pytest.raises(Refused, match="already"):
        sending.withdraw(message=queued, by=chat.user)


def test_the_queue_has_an_end(chat, alice, monkeypatch):
    monkeypatch.setattr(sending, "QUEUE_LIMIT", 2)
    send(chat, alice, "one")
    client_id = uuid.uuid4()
    for text, key in (("two", client_id), ("three", uuid.uuid4())):
        send(chat, alice, text, client_id=key)
    with pytest.raises(Refused, match="2 messages wait"):
        send(chat, alice, "four")
    assert send(chat, alice, "two", client_id=client_id)[0].content == "two"


def test_a_message_waits_for_the_branch_it_was_written_in(chat, alice, answer):
    """A reply that ends in another branch sends nothing there, and moves nobody's view."""
    _, old = send(chat, alice, "one")
    queued, _ = send(chat, alice, "for the old branch")
    _, new = editing.edit_user_message(message=old.parent, by=alice, text="one, edited", client_id=uuid.uuid4())
    answer(new, "new")
    assert texts(chat) == ["one, edited", "new"]
    answer(old, "old")
    queued.refresh_from_db()
    assert (queued.parent_id, queued.queued_at) == (old.pk, None)
    assert texts(chat) == ["one, edited", "new"]
