"""Deleting messages and chats, and the acts on a chat itself."""

import pytest

from agents import catalog
from agents.generation.reply import Reply
from agents.models import Run
from agents.runs import lifecycle
from agents.runs.registry import Outcome
from chats.actions import editing, housekeeping
from chats.messages import tree
from chats.models import Chat
from chats.replies import responder
from tests.chats.steps import PLAIN, send, texts, waiting
from tests.factories import begin, exchange, message

pytestmark = pytest.mark.django_db


def test_deleting_a_message_deletes_its_branch_and_shows_what_stands_above(chat):
    first = exchange(chat, "one", "first")
    second = exchange(chat, "two", "second", parent=first)
    editing.delete_message(message=second.parent, by=chat.user)
    assert texts(chat) == ["one", "first"]
    assert chat.messages.count() == 2


def test_deleting_a_variant_shows_the_nearest_other(chat):
    first = exchange(chat, "one", "first")
    second = message(chat, "assistant", "second", parent=first.parent)
    editing.delete_message(message=second, by=chat.user)
    assert texts(chat) == ["one", "first"]


def test_deleting_another_branch_leaves_the_view(chat):
    first = exchange(chat, "one", "first")
    second = message(chat, "assistant", "second", parent=first.parent)
    editing.delete_message(message=first, by=chat.user)
    assert texts(chat) == ["one", "second"]
    assert second.pk == chat.current_message_id


def test_deleting_the_first_message_leaves_an_empty_chat_that_goes_on(chat, alice):
    editing.delete_message(message=exchange(chat).parent, by=chat.user)
    assert texts(chat) == []
    send(chat, alice, "anew")
    assert texts(chat) == ["anew", ""]


def test_deleting_a_running_branch_stops_its_run_and_nothing_else_breaks(chat, alice, answer):
    asked, reply = send(chat, alice, "one")
    work = begin(reply.run_id, "here")
    editing.delete_message(message=asked, by=chat.user)
    found = Run.objects.get(pk=reply.run_id)
    assert found.stop_requested_at is not None
    assert lifecycle.finish(found.pk, work.attempt, Outcome("stopped", Reply("x"))) == ""
    found.refresh_from_db()
    assert found.status == "stopped"


def test_what_waits_survives_the_deletion_of_the_branch_it_waits_for(chat, alice):
    """It was not sent yet, so it is not part of what was asked to go."""
    first = exchange(chat, "one", "first")
    asked, _ = send(chat, alice, "two")
    send(chat, alice, "three")
    editing.delete_message(message=asked, by=chat.user)
    assert waiting(chat) == ["three"]
    assert tree.queued(chat)[0].parent == first


# ---- the chat itself -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "act",
    [
        lambda chat: housekeeping.rename(chat=chat, title="New"),
        lambda chat: housekeeping.set_pinned(chat=chat, is_pinned=True),
        lambda chat: housekeeping.set_settings(chat=chat, settings={"temperature": 1}),
        lambda chat: responder.set_model(chat=chat, model=PLAIN),
    ],
    ids=["rename", "pin", "settings", "model"],
)
def test_filing_is_no_activity(chat, act):
    chat.refresh_from_db()
    before = chat.updated_at
    act(chat)
    chat.refresh_from_db()
    assert chat.updated_at == before


def test_the_model_can_change_in_the_middle(chat, alice, answer):
    _, first = send(chat, alice, "one")
    answer(first)
    other = catalog.Model("bundled", "smollm2", "SmolLM2", 2048, has_tokenizer=True, can_continue=True)
    responder.set_model(chat=Chat.objects.get(pk=chat.pk), model=other)
    _, second = send(chat, alice, "two")
    assert (second.run.provider, second.run.model) == ("bundled", "smollm2")
    assert (first.metadata["model"], second.metadata["model"]) == ("fake-plain", "smollm2")


def test_deleting_a_chat_stops_what_runs_in_it_and_sends_nothing_more(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    send(chat, alice, "two")
    housekeeping.delete_chat(chat=chat)
    assert Run.objects.get(pk=reply.run_id).stop_requested_at is not None
    answer(reply, "half", "stopped")
    assert waiting(chat) == ["two"]
    housekeeping.restore_chat(chat=chat)
    assert texts(chat) == ["one", "half"]
