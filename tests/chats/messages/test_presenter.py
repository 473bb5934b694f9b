"""Messages and rows as they are filled in show what their templates show."""

import re
import uuid
from dataclasses import replace

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from chats.messages.permissions import reader
from chats.messages.presenter import MessageView, RowView, views
from teams.models import Team
from teams.workspace import Workspace
from tests.factories import ChatFactory, exchange

ROW = RowView(
    uuid.uuid4(), "Coffee & <cake>", 3, "3 messages", is_pinned=False, is_replying=False, is_unread=False, is_open=False
)
ROWS = (
    ROW,
    replace(ROW, message_count=0),
    *(replace(ROW, **{name: True}) for name in ("is_pinned", "is_replying", "is_open")),
)
ASKED = MessageView(
    id=uuid.uuid4(),
    role="user",
    html=mark_safe("<p>100% <b>sure</b></p>"),
    files=mark_safe(""),
    documents=mark_safe(""),
    text="100% <b>sure</b>",
    author_name="Bob <Member>",
    author_initials="B<",
    author_picture="/people/1/picture/?v=&",
    is_mine=False,
    sent_at="2026-05-20T12:00:00+00:00",
    sent_label="05/20/2026 noon",
    run_id=None,
    state="succeeded",
    seq=0,
    error="",
    mending=(),
    notices=(),
    agent_name="",
    model_label="",
    variant="",
    previous_id=None,
    next_id=None,
    can_retry=False,
    wait_until="",
    can_continue=False,
    can_edit=True,
    can_delete=True,
    can_regenerate=False,
    can_answer=False,
    can_stop=False,
    is_busy=False,
    has_usage=False,
)
REPLY = replace(
    ASKED,
    role="assistant",
    author_name="",
    author_initials="",
    author_picture="",
    run_id=uuid.uuid4(),
    model_label="big <m>",
    can_regenerate=True,
    has_usage=True,
)
MESSAGES = (
    ASKED,
    replace(ASKED, is_mine=True),
    replace(ASKED, can_answer=True),
    replace(ASKED, variant="2/3", previous_id=uuid.uuid4(), next_id=uuid.uuid4()),
    replace(ASKED, variant="1/2", next_id=uuid.uuid4()),
    REPLY,
    replace(REPLY, model_label=""),
    replace(REPLY, agent_name="Ada <a>"),
    replace(
        REPLY,
        state="running",
        can_stop=True,
        can_edit=False,
        can_delete=False,
        can_regenerate=False,
        seq=7,
        html=mark_safe(""),
        text="",
    ),
    replace(REPLY, state="failed", error="It said <b>x</b>", can_retry=True),
    replace(REPLY, state="interrupted", can_retry=True, can_continue=True),
    replace(REPLY, state="stopped", can_retry=True, can_continue=True, notices=("One & <two>", "three")),
)


@pytest.mark.parametrize(
    "workspace", [Workspace(user=None), Workspace(user=None, team=Team(slug="kopi"))], ids=["personal", "team"]
)
@pytest.mark.parametrize(("name", "views"), [("row", ROWS), ("message", MESSAGES)])
def test_a_filled_row_shows_what_its_template_shows(name, views, workspace):
    page = engines["django"].from_string(f'{{% load fast_rows %}}{{% repeat "chats/_{name}.html" {name}=views %}}')
    for view in views:
        plain = render_to_string(f"chats/_{name}.html", {name: view, "workspace": workspace})
        assert page.render({"views": [view], "workspace": workspace}) == re.sub(r"\n\s+", "\n", plain)


@pytest.mark.parametrize(("name", "views"), [("row", ROWS), ("message", MESSAGES)])
def test_these_are_all_different(name, views):
    shown = {render_to_string(f"chats/_{name}.html", {name: view, "workspace": Workspace(user=None)}) for view in views}
    assert len(shown) == len(views)


@pytest.mark.django_db
def test_a_reply_says_what_of_the_files_it_did_not_get(alice):
    chat = ChatFactory(user=alice)
    reply = exchange(chat)
    reply.metadata = {"files_cut": ["<b>.pdf"], "images_unseen": True}
    (shown,) = views([reply], reader(chat, alice))
    assert [notice.partition(" ")[0] for notice in shown.notices] == ["Of", "This"]
    assert "<b>.pdf" in shown.notices[0]
