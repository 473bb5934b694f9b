"""What people do with a chat, act by act."""

import uuid

import pytest

from agents import catalog
from agents.catalog import servers
from agents.models import Run
from chats.actions import editing, replies, sending
from chats.messages import tree
from chats.models import Chat, Message
from sambung.lib.errors import Refused
from tests.factories import exchange, message, run

pytestmark = pytest.mark.django_db

PLAIN = catalog.Model("openai_compatible", "fake-plain", "Fake", 8192, has_tokenizer=False, can_continue=False)
CONTINUES = catalog.Model("openai_compatible", "fake-plain", "Fake", 8192, has_tokenizer=True, can_continue=True)


@pytest.fixture
def offered(monkeypatch):
    """Choose what the catalog offers."""

    def offer(*models):
        monkeypatch.setattr(servers, "models", lambda: list(models))

    offer(PLAIN)
    return offer


def send(chat, alice, text="Hello", **given):
    found = Chat.objects.filter(pk=chat.pk)
    sent = sending.send(chat=found, by=alice, text=text, client_id=given.pop("client_id", uuid.uuid4()), **given)
    return sent.message, sent.reply


def texts(chat) -> list[str]:
    """The branch on show."""
    chat.refresh_from_db()
    return [m.content for m in tree.branch(chat.current_message_id)]


def waiting(chat) -> list[str]:
    return [m.content for m in tree.queued(chat)]


# ---- begin and send --------------------------------------------------------------------------------------
def start(alice, workspace, text="Why is the sky blue?", **given):
    given = {"client_id": uuid.uuid4()} | given
    chat = sending.start_chat(by=alice, workspace=workspace, model=PLAIN, text=text, **given)
    chat.refresh_from_db()
    return chat


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


# ---- the queue -------------------------------------------------------------------------------------------
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


def test_a_waiting_message_follows_a_stopped_reply(chat, alice, answer):
    _, reply = send(chat, alice, "one")
    send(chat, alice, "two")
    answer(reply, "half", "stopped")
    assert texts(chat) == ["one", "half", "two", ""]


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


# ---- ask again -------------------------------------------------------------------------------------------
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


# ---- go on -----------------------------------------------------------------------------------------------
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


def test_continue_makes_a_noted_variant_where_the_model_cannot(chat, alice, answer, offered):
    _, reply = send(chat, alice, "question")
    answer(reply, "half", "interrupted")
    variant = replies.continue_reply(message=reply, by=alice)
    assert variant != reply
    assert variant.metadata["note"] == "cannot_continue"
    assert answer(variant, "whole").metadata["note"] == "cannot_continue"


def test_continue_of_a_running_reply_is_refused(chat, alice, offered):
    _, reply = send(chat, alice, "question")
    with pytest.raises(Refused, match="still being written"):
        replies.continue_reply(message=reply, by=alice)


# ---- edit ------------------------------------------------------------------------------------------------
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
