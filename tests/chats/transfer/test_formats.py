"""Chats to read: Markdown, text and HTML of the branch on show, with nothing hostile in what we write around it."""

import json
import re

import pytest

from chats.messages.content import write
from chats.models import Message, Role
from chats.transfer.formats import FORMATS
from tests import factories
from tests.factories import ChatFactory
from tests.guards.hostile import HOSTILE as HOSTILE_ALL
from tests.guards.hostile import Page

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\n# [x](javascript:alert(1)) \"onload='"


def nowhere(file) -> dict:
    return {}


def written(form: str, chat, by) -> str:
    return FORMATS[form].write(chat, by, nowhere)


@pytest.fixture
def talk(alice):
    chat = ChatFactory(user=alice, title="A talk")
    question = factories.message(chat, text="Which **one**?")
    factories.message(chat, Role.ASSISTANT, "The other branch", parent=question)
    answer = Message(chat=chat, parent=question, role=Role.ASSISTANT, metadata={"label": "Model X"})
    call = {"type": "tool-call", "toolCallId": "1", "toolName": "look_up", "args": {"q": "secret"}}
    write(
        answer, [{"type": "reasoning", "text": "Hm"}, call, {"type": "text", "text": "| a |\n|---|\n| =1+1 |"}]
    ).save()
    chat.current_message = answer
    chat.save()
    return chat


def test_markdown_is_what_was_written(talk, alice):
    text = written("markdown", talk, alice)
    question = "# A talk\n\n## Alice Owner ·\n\nWhich **one**?\n\n"
    answer = "## Model X ·\n\n| a |\n|---|\n| =1+1 |\n\n*Tool: look\\_up*\n"
    assert re.sub(r"· .*", "·", text) == question + answer


def test_an_open_fence_and_headings_stay_in_their_message(alice):
    chat = ChatFactory(user=alice, title="A talk")
    question = factories.message(chat, text="```\nx")
    answer = factories.message(chat, Role.ASSISTANT, "# Title\n\n~~~\n# no heading", parent=question)
    chat.current_message = factories.message(chat, text="Thanks", parent=answer)
    chat.save()
    text = re.sub(r"## .* · .*", "## …", written("markdown", chat, alice))
    said = ["# A talk", "## …", "```\nx\n```", "## …", "### Title\n\n~~~\n# no heading\n~~~", "## …", "Thanks\n"]
    assert text == "\n\n".join(said)


def test_text(talk, alice):
    text = written("text", talk, alice)
    assert text.startswith("A talk\n\nAlice Owner, ")
    assert "Tool: look_up" in text
    assert "The other branch" not in text


def test_html_stands_alone(talk, alice):
    html = written("html", talk, alice)
    assert '<p class="typed" dir="auto">Which **one**?</p>' in html  # a person's words as they were typed
    assert "<td>=1+1</td>" in html
    assert "The other branch" not in html
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert not re.search(r"<script|<link|@import|url\(|src=\"(?!data:)|https?://", html)


@pytest.mark.parametrize(
    ("form", "markup"),
    [("html", r"<script|href=\"javascript|<[^>]*[\"'\s]onload="), ("markdown", r"(?<!\\)<script|(?<!\\)\[x|^# \[")],
)
def test_hostile_words_are_words(alice, form, markup):
    alice.name = HOSTILE
    alice.save()
    chat = ChatFactory(user=alice, title=HOSTILE)
    message = factories.message(chat, text="" if form == "markdown" else HOSTILE, user=alice)
    call = {"type": "tool-call", "toolCallId": HOSTILE, "toolName": HOSTILE, "args": {HOSTILE: HOSTILE}}
    write(message, [*message.parts, call]).save()
    found = written(form, chat, alice)
    assert not re.search(markup, found, re.MULTILINE)
    assert "alert(1)" in found


def test_no_payload_acts_in_html(alice):
    alice.name = HOSTILE_ALL[:200]
    chat = ChatFactory(user=alice, title=HOSTILE_ALL[:200])
    message = factories.message(chat, Role.ASSISTANT, HOSTILE_ALL, metadata={"label": HOSTILE_ALL})
    call = {"type": "tool-call", "toolCallId": "1", "toolName": HOSTILE_ALL, "args": {"a": HOSTILE_ALL}}
    write(message, [*message.parts, call]).save()
    assert Page(written("html", chat, alice)).problems == []


def test_json_is_one_document(talk, alice):
    found = json.loads(written("json", talk, alice))
    assert (found["format"], found["version"], len(found["chats"][0]["messages"])) == ("sambung.chats", 1, 3)
