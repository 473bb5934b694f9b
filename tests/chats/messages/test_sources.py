"""Sources below a reply: they open for whoever may read the document now, and have no title for others."""

import pytest

from chats.messages import presenter, sources
from chats.messages.permissions import Reader
from chats.models import Message
from chats.sharing import public_page
from documents.knowledge import anchors
from documents.knowledge.search import Place, search
from teams.models import TeamMember
from teams.workspace import Workspace
from tests import factories
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(alice, team):
    return factories.indexed(alice, team, title="Secret plans", content="# Ending\n\nNotice is ninety days.")


@pytest.fixture
def reply(alice, team, document) -> Message:
    """A reply in the team's chat that cites the document."""
    (passage,) = search("notice", Place(Workspace(alice, team))).passages
    anchor = anchors.anchor_of(passage)
    named = {"number": 1, "title": str(document), "documentId": str(document.pk), "quote": anchor["quote"]}
    chat = ChatFactory(user=alice, team=team)
    end = factories.exchange(chat)
    parts = [{"type": "text", "text": "It is [1]."}, {"type": "source", **named, "anchor": anchor}]
    Message.objects.filter(pk=end.pk).update(parts=parts, html_version=0)
    return Message.objects.select_related("chat", "run").get(pk=end.pk)


def shown(reply: Message, user) -> str:
    return presenter.view(reply, Reader(user, False)).files


def test_a_source_leads_to_its_passage_for_whoever_may_read_it(reply, bob, document, sign_in):
    html = shown(reply, bob)
    assert "Secret plans" in html
    address = html.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    page = sign_in(bob).get(address).content.decode()
    assert '<div class="passage" id="passage">' in page
    assert "Notice is ninety days." in page.partition('id="passage">')[2]
    assert f'id="s-{reply.pk}-1"' in html
    assert f'href="#s-{reply.pk}-1"' in presenter.view(reply, Reader(bob, False)).html


def test_whoever_lost_the_right_sees_that_there_is_a_source_and_no_title(reply, bob, team):
    TeamMember.objects.filter(team=team, user=bob).delete()
    html = shown(reply, bob)
    assert "Secret" not in html and "href" not in html and "ninety" not in html
    assert "A document that you may not read" in html


def test_a_title_is_as_it_is_now(reply, bob, document):
    type(document).objects.filter(pk=document.pk).update(title="Public plans")
    assert "Public plans" in shown(reply, bob)


def test_a_deleted_document_has_no_title(reply, alice, document):
    type(document).objects.filter(pk=document.pk).update(deleted_at=document.created_at)
    assert "Secret" not in shown(reply, alice)


def test_a_public_link_shows_no_source(reply):
    kept = [part for part in reply.parts if public_page._is_shown(part, None)]
    assert [part["type"] for part in kept] == ["text"]
    assert not public_page._is_whole(reply)


def test_earlier_replies_are_asked_for_what_is_cited_again(alice):
    chat = ChatFactory(user=alice)
    first = factories.exchange(chat)
    found = {"kind": "sources", "sources": [{"number": 4, "title": "T", "documentId": str(chat.pk), "quote": "q"}]}
    parts = [
        {"type": "tool-call", "toolCallId": "a", "toolName": "search", "args": {}},
        {"type": "tool-result", "toolCallId": "a", "result": "…", "show": found},
        {"type": "text", "text": "x"},
    ]
    Message.objects.filter(pk=first.pk).update(parts=parts)
    second = factories.exchange(chat, parent=first)
    made = sources.with_sources(second.pk, [{"type": "text", "text": "Again [4], not [5]."}])
    assert [part["number"] for part in made if part["type"] == "source"] == [4]


def test_a_reply_without_sources_asks_nothing(alice, django_assert_num_queries):
    chat = ChatFactory(user=alice)
    end = factories.exchange(chat)
    with django_assert_num_queries(0):
        assert sources.shown([end], alice) == {}
