"""Replies are asked for again, and gone on with."""

import pytest

from agents import catalog
from chats.actions import editing, replies
from chats.messages import tree
from chats.models import Message
from sambung.lib.errors import Refused
from tests.chats.steps import CONTINUES, send, texts
from tests.factories import exchange, run

pytestmark = pytest.mark.django_db


def test_regenerate_keeps_the_old_variant_and_select_switches(chat, alice, answer):
    first = exchange(chat, "question", "old")
    second = answer(replies.regenerate(message=first, by=alice), "new")
    assert texts(chat) == ["question", "new"]
    assert tree.variants([second])[second.pk] == [first.pk, second.pk]
    editing.select(message=first)
    assert texts(chat) == ["question", "old"]


def test_regenerate_is_refused_while_another_variant_runs(chat, alice):
    first = exchange(chat)
    replies.regenerate(message=first, by=alice)
    with pytest.raises(Refused, match="Stop it first"):
        replies.regenerate(message=first, by=alice)


def test_retry_of_an_empty_reply_takes_its_place(chat, alice, answer):
    _, reply = send(chat, alice, "question")
    answer(reply, "", "failed")
    answer(replies.retry(message=reply, by=alice), "at last")
    assert texts(chat) == ["question", "at last"]
    assert not Message.objects.filter(pk=reply.pk).exists()


def test_retry_of_a_partial_reply_keeps_it_as_a_variant(chat, alice, answer):
    _, reply = send(chat, alice, "question")
    answer(reply, "half", "failed")
    variant = answer(replies.retry(message=reply, by=alice), "whole")
    assert tree.variants([variant])[variant.pk] == [reply.pk, variant.pk]


def test_retry_of_an_empty_reply_keeps_what_was_said_after_it(chat, alice, answer):
    _, reply = send(chat, alice, "question")
    answer(reply, "", "failed")
    later, later_reply = send(chat, alice, "later")
    answer(later_reply)
    replies.retry(message=reply, by=alice)
    assert Message.objects.filter(pk=later.pk, parent=reply).exists()


def test_what_waits_behind_a_failed_reply_follows_its_retry(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    send(chat, alice, "two")
    answer(reply, "", "failed")
    answer(replies.retry(message=reply, by=alice), "first")
    assert texts(chat) == ["one", "first", "two", ""]


@pytest.mark.parametrize("act", [replies.retry, replies.continue_reply, replies.regenerate])
def test_nothing_is_asked_twice_while_a_variant_runs(chat, alice, answer, offered, act):
    """Retry, Continue and Regenerate of the old variant while the new one is being written."""
    offered(CONTINUES)
    _, reply = send(chat, alice, "question")
    answer(reply, "half", "interrupted")
    replies.regenerate(message=reply, by=alice)
    with pytest.raises(Refused, match="Stop it first"):
        act(message=reply, by=alice)


@pytest.mark.parametrize("act", [replies.retry, replies.continue_reply, replies.regenerate])
def test_a_message_that_another_tab_deleted_is_refused_in_words(chat, alice, offered, act):
    reply = exchange(chat)
    reply.run = run(chat, status="failed", finished_at="2026-01-01T00:00Z")
    Message.objects.filter(pk=reply.pk).delete()
    with pytest.raises(Refused, match="deleted"):
        act(message=reply, by=alice)


def test_continue_grows_the_same_message(chat, alice, answer, offered):
    offered(CONTINUES)
    _, reply = send(chat, alice, "question")
    answer(reply, "The first half", "interrupted")
    assert replies.continue_reply(message=reply, by=alice) == reply
    answer(reply, " and the second")
    assert reply.content == "The first half and the second"
    assert reply.run.status == "succeeded"
    assert reply.parent.children.count() == 1


def test_a_continued_reply_that_dies_at_once_keeps_its_text(chat, alice, answer, offered):
    offered(CONTINUES)
    _, reply = send(chat, alice, "question")
    answer(reply, "The first half", "interrupted")
    replies.continue_reply(message=reply, by=alice)
    answer(reply, "", "failed")
    assert reply.content == "The first half"


def test_continue_grows_the_same_message_whatever_the_model_can(chat, alice, answer, offered):
    _, reply = send(chat, alice, "question")
    answer(reply, "The first half", finish_reason="length")
    assert replies.continue_reply(message=reply, by=alice) == reply
    answer(reply, " and the second")
    assert (reply.content, reply.parent.children.count()) == ("The first half and the second", 1)


def test_continue_makes_a_noted_variant_where_the_model_has_gone(chat, alice, answer, monkeypatch):
    _, reply = send(chat, alice, "question")
    answer(reply, "half", "interrupted")
    monkeypatch.setattr(catalog, "find", lambda reference, workspace: None)
    variant = replies.continue_reply(message=reply, by=alice)
    assert variant != reply
    assert variant.metadata["note"] == "cannot_continue"
    assert answer(variant, "whole").metadata["note"] == "cannot_continue"


def test_continue_of_a_running_reply_is_refused(chat, alice, offered):
    _, reply = send(chat, alice, "question")
    with pytest.raises(Refused, match="still being written"):
        replies.continue_reply(message=reply, by=alice)
