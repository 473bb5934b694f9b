"""What is made of a message's parts: a person's words as they were typed, a model's as Markdown, everywhere."""

import pytest

from chats.messages import content, presenter
from chats.messages.permissions import reader
from chats.models import Message
from chats.sharing import chat_links, public_page
from chats.transfer import transcript
from sambung.lib import markdown
from teams.models import LinkMode
from tests import factories
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db
SAID = "Dear **Bayu**,\n  1) beans"
TYPED = '<p class="typed" dir="auto">Dear **Bayu**,\n  1) beans</p>'
OLD = "<p>old</p>"


@pytest.fixture
def asked(alice):
    """A question and an answer of the same letters, with the HTML of an earlier version."""
    chat = ChatFactory(user=alice)
    question = factories.message(chat, text=SAID, user=alice)
    answer = factories.message(chat, text=SAID, role="assistant", parent=question)
    chat.current_message = answer
    chat.save()
    Message.objects.filter(chat=chat).update(html=OLD, html_version=markdown.VERSION - 1)
    return chat


def assert_right(question: str, answer: str) -> None:
    assert TYPED in question
    assert "<strong>Bayu</strong>" in answer and "typed" not in answer


def test_a_new_message(alice):
    chat = ChatFactory(user=alice)
    parts = [{"type": "text", "text": SAID}]

    assert_right(*(content.write(Message(chat=chat, role=role), parts).html for role in ("user", "assistant")))


def test_an_old_one_is_made_anew_on_the_page(asked, alice):
    found = presenter.conversation(asked, reader(asked, alice))

    assert_right(*(message.html for message in found.messages))
    kept = Message.objects.filter(chat=asked).order_by("created_at")
    assert_right(*(message.html for message in kept))
    assert {message.html_version for message in kept} == {markdown.VERSION}


@pytest.mark.parametrize("mode", [LinkMode.LIVE, LinkMode.SNAPSHOT])
def test_an_old_one_is_made_anew_for_the_public(asked, alice, mode):
    link = chat_links.share(chat=asked, by=alice, mode=mode)

    assert_right(*(message.html for message in public_page.page(link).messages))


def test_an_old_one_is_made_anew_in_a_file(asked):
    found = transcript.transcript(asked, lambda file: {})

    assert_right(*(said.html for said in found.messages))
