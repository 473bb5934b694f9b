"""Documents that replies have written: kept for the chat, shown under the reply to whoever may open them."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from agents import engine
from agents.generation.deltas import Deltas
from agents.generation.reply import Reply, render_parts
from agents.models import RunStatus
from agents.runs import lifecycle
from agents.runs.registry import Outcome
from chats.actions import personal_data
from chats.canvas import written
from chats.models import ChatDocument
from chats.validators import validate_parts
from documents.actions import deleting
from tests import factories
from tests.factories import begin

pytestmark = pytest.mark.django_db
CREATE = "toolkit:documents:create_document"


def parts(*documents, version: int = 1) -> list[dict]:
    """A call that has written these documents."""
    result = {"type": "tool-result", "toolCallId": "c1", "result": {"title": "Plan"}}
    call = {"type": "tool-call", "toolCallId": "c1", "toolName": "create_document", "args": {}, "tool": CREATE}
    return [call, result | {"documents": [{"documentId": str(one.pk), "version": version} for one in documents]}]


@pytest.fixture
def plan(alice):
    return factories.document(alice)


@pytest.fixture
def asked(chat, alice):
    """A reply on its way, with its run."""
    question = factories.message(chat, "user", "Write it.", user=alice)
    run = factories.run(chat, requested_by=alice, lock_key=f"chat:{question.pk}")
    return factories.message(chat, "assistant", "", parent=question, run=run)


def end(message, status: str, deltas: list[dict]) -> None:
    work = begin(message.run_id, "here")
    reply = Reply(str(message.pk), finish_reason="stop")
    reply.apply([*work.base, *deltas])
    lifecycle.finish(message.run_id, work.attempt, Outcome(status, reply))
    message.refresh_from_db()


def writing(args: str) -> list[dict]:
    """The deltas of a call of which only this has come."""
    about = {"toolCallId": "c1", "tool": CREATE, "title": "Make a document", "field": "content"}
    deltas = Deltas()
    deltas.take(engine.Writing(0, "create_document", args, True, about))
    return deltas.cut()


def test_the_end_of_a_reply_keeps_what_it_has_written(asked, plan):
    end(asked, RunStatus.SUCCEEDED, parts(plan))
    row = ChatDocument.objects.get()
    assert (row.chat, row.document, row.message, row.is_pinned) == (asked.chat, plan, asked, False)


def test_a_later_reply_takes_the_place_and_a_pin_stays(chat, plan, alice):
    first, second = factories.exchange(chat), factories.exchange(chat)
    factories.chat_document(chat, plan, is_pinned=True)
    for message in (first, second):
        written.keep(message.pk, parts(plan))
    row = ChatDocument.objects.get()
    assert (row.message, row.is_pinned) == (second, True)


def test_what_is_gone_is_not_kept(chat, plan):
    gone = factories.document(plan.user)
    given = parts(plan, gone)
    gone.delete()
    written.keep(factories.exchange(chat).pk, given)
    assert [row.document for row in ChatDocument.objects.all()] == [plan]


def test_a_chip_leads_to_each_document(chat, plan, alice, sign_in):
    answer = factories.exchange(chat)
    answer.parts = parts(plan, version=3)
    answer.save()
    page = sign_in(alice).get(f"/app/chats/{chat.pk}/").content.decode()
    assert f'href="/app/documents/{plan.pk}/"' in page
    assert f'data-panel="/app/chats/{chat.pk}/document/?document={plan.pk}"' in page
    assert "Version 3" in page


def test_others_documents_have_no_chip(chat, alice, carol, sign_in):
    answer = factories.exchange(chat)
    theirs, gone = factories.document(carol, title="Secret"), factories.document(alice, title="Gone")
    deleting.delete_document(document=gone)
    answer.parts = parts(theirs, gone)
    answer.save()
    page = sign_in(alice).get(f"/app/chats/{chat.pk}/").content.decode()
    assert "document-chip" not in page
    assert "Secret" not in page


def test_the_card_names_the_document_for_the_page(plan):
    assert f'data-document="{plan.pk}"' in render_parts(parts(plan), "x")
    assert "data-document" not in render_parts([*parts(plan)[:1]], "x")


def test_parts_that_name_documents_are_checked(plan):
    validate_parts(parts(plan))
    wrong = parts(plan)
    wrong[1]["documents"] = [{"documentId": "no id", "version": 0}]
    with pytest.raises(Exception, match="documents"):
        validate_parts(wrong)


@pytest.mark.parametrize("status", [RunStatus.STOPPED, RunStatus.INTERRUPTED])
def test_what_was_written_when_it_was_stopped_is_kept_as_partial(asked, alice, status):
    end(asked, status, writing('{"title": "Plan", "content": "Buy cof'))
    row = ChatDocument.objects.select_related("document__current_version").get()
    document = row.document
    assert (document.title, document.content, document.user) == ("Plan", "Buy cof", alice)
    assert (document.current_version.is_partial, document.current_version.author_kind) == (True, "model")
    assert [part["type"] for part in asked.parts] == ["tool-call", "tool-result"]
    assert "stopped" in asked.parts[1]["result"]["partial"]
    validate_parts(asked.parts)


@pytest.mark.parametrize("args", ["", "{", '{"title": "Plan"', '{"content": 7', "nonsense"])
def test_where_nothing_had_come_nothing_is_kept(asked, args):
    end(asked, RunStatus.STOPPED, writing(args))
    assert (asked.parts, ChatDocument.objects.count()) == ([], 0)


def test_a_person_who_has_gone_writes_nothing(asked, alice):
    alice.is_active = False
    alice.save()
    document = factories.document(alice)
    given = f'{{"document_id": "{document.pk}", "text": "more'
    deltas = writing(given)
    deltas[0] |= {"tool": "toolkit:documents:append_to_document", "field": "text"}
    end(asked, RunStatus.STOPPED, deltas)
    document.refresh_from_db()
    assert document.versions.count() == 1


def test_an_unknown_tool_keeps_nothing(asked):
    deltas = writing('{"content": "x')
    deltas[0]["tool"] = f"mcp:{uuid.uuid4()}:write"
    end(asked, RunStatus.STOPPED, deltas)
    assert asked.parts == []


# ---- people who go ---------------------------------------------------------------------------------------
def test_a_person_takes_along_which_documents_belong_to_a_chat(chat, plan, alice):
    factories.chat_document(chat, plan, is_pinned=True)
    told = dict(personal_data.export(alice))[f"chats/{chat.pk}.json"]
    assert told["documents"] == [{"document": plan.pk, "message": None, "is_pinned": True}]


def test_it_goes_with_the_chat_and_with_the_document(chat, plan, alice):
    factories.chat_document(chat, plan)
    plan.delete()
    assert not ChatDocument.objects.exists()
    factories.chat_document(chat)
    personal_data.delete_personal(alice)
    assert not ChatDocument.objects.exists()


def test_there_is_one_row_for_each_of_both(chat, plan):
    factories.chat_document(chat, plan)
    with pytest.raises(IntegrityError, match="chat_document_chat_document"), transaction.atomic():
        factories.chat_document(chat, plan)
