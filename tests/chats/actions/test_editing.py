"""Messages are edited as branches, and branches chosen."""

import uuid

import pytest

from chats.actions import editing
from chats.models import Message
from sambung.lib.errors import Refused
from tests.chats.steps import send, texts
from tests.factories import exchange, message

pytestmark = pytest.mark.django_db


def test_select_shows_the_newest_end_of_that_branch(chat, alice):
    first = exchange(chat, "question", "old")
    exchange(chat, "more", "more old", parent=first)
    message(chat, "assistant", "new", parent=first.parent)
    editing.select(message=first)
    assert texts(chat) == ["question", "old", "more", "more old"]


def test_select_of_a_message_that_was_deleted_meanwhile_is_refused(chat):
    first = exchange(chat)
    type(first).objects.filter(pk=first.pk).delete()
    with pytest.raises(Refused):
        editing.select(message=first)


def test_select_is_no_activity(chat):
    first = exchange(chat)
    chat.refresh_from_db()
    before = chat.updated_at
    editing.select(message=first)
    chat.refresh_from_db()
    assert chat.updated_at == before


def test_editing_a_question_makes_a_branch_and_asks(chat, alice):
    old = exchange(chat, "question", "old")
    edited, reply = editing.edit_user_message(
        message=old.parent, by=alice, text="better question", client_id=uuid.uuid4()
    )
    assert texts(chat) == ["better question", ""]
    assert (edited.parent_id, reply.run.status) == (old.parent.parent_id, "queued")
    editing.select(message=old.parent)
    assert texts(chat) == ["question", "old"]


def test_editing_a_reply_makes_a_variant_that_says_so_and_asks_nobody(chat, alice):
    old = exchange(chat, "question", "old")
    variant = editing.edit_assistant_message(message=old, by=alice, text="**mine**", client_id=uuid.uuid4())
    assert texts(chat) == ["question", "**mine**"]
    assert "<strong>mine</strong>" in variant.html
    assert (variant.run, variant.metadata["edited_by"]) == (None, "Alice Owner")
    assert Message.objects.get(pk=old.pk).content == "old"


def test_editing_a_running_reply_is_refused(chat, alice):
    _, reply = send(chat, alice)
    with pytest.raises(Refused, match="still being written"):
        editing.edit_assistant_message(message=reply, by=alice, text="no", client_id=uuid.uuid4())


def test_an_edit_that_is_sent_twice_is_one(chat, alice, answer):
    _, reply = send(chat, alice, "question")
    answer(reply)
    for edit, old in ((editing.edit_user_message, reply.parent), (editing.edit_assistant_message, reply)):
        given = {"message": old, "by": alice, "text": "better", "client_id": uuid.uuid4()}
        assert edit(**given) == edit(**given)
    assert chat.messages.filter(content="better").count() == 2
