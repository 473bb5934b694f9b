"""What is exported can be imported: any tree of messages comes back the same."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chats.messages.content import write
from chats.models import Archive, ArchiveItem, Chat, ChatTag, Folder, Message, Role, Tag
from chats.transfer import Unreadable, document
from chats.transfer.restore import Place, restore
from chats.transfer.source import Source
from teams.workspace import Workspace
from tests import factories
from tests.factories import ChatFactory

pytestmark = pytest.mark.django_db
BEGUN = datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
#: Of each message: where its parent stands (none before it = the top), role, text, minutes since the chat's begin.
TREES = st.lists(
    st.tuples(st.integers(-2, 8), st.sampled_from(Role.values), TEXT, st.integers(-5, 5)), min_size=1, max_size=9
)


def nowhere(file) -> dict:
    return {}


def taken_along(chat: Chat, by) -> dict:
    """The chat as another server reads it."""
    text = document.text([document.written(chat, by, nowhere)])
    (found,) = Source(io.BytesIO(text.encode())).found()
    assert not found.problem
    return found.chat


def without_ids(written: dict) -> dict:
    """The same with ids of messages replaced by their places."""
    names = {message["id"]: n for n, message in enumerate(written["messages"])}
    messages = [m | {"id": names[m["id"]], "parent": names.get(m["parent"])} for m in written["messages"]]
    return written | {"messages": messages, "current": names.get(written["current"])}


def planted(chat: Chat, tree: list[tuple]) -> Chat:
    """Give the chat messages."""
    made: list[Message] = []
    for above, role, text, minutes in tree:
        parent = made[above] if 0 <= above < len(made) else None
        message = Message(chat=chat, parent=parent, role=role, created_at=BEGUN + timedelta(minutes=minutes))
        message.user = chat.user if role == Role.USER else None
        if role == Role.ASSISTANT:
            message.metadata = {
                "model": "m",
                "usage": {"input_tokens": 3},
                "cost": "1E-7",
                "cost_is_partial": True,
                "agent": {"name": text},
            }
        write(message, [{"type": "text", "text": text}, {"type": "reasoning", "text": text}]).save()
        made.append(message)
    chat.current_message = made[-1]
    chat.save(update_fields=["current_message"])
    return chat


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, title=TEXT, system=TEXT)
def test_round_trip(alice, bob, tree, title, system):
    chat = planted(ChatFactory(user=alice, title=title, settings={"system_prompt": system}), tree)
    written = document.written(chat, alice, nowhere)
    copy = restore(Place(Workspace(bob)), taken_along(chat, alice), {})
    copy.refresh_from_db()
    assert without_ids(document.written(copy, bob, nowhere)) == without_ids(written)
    copy.delete()


def test_what_it_is_filed_under_comes_along(alice, bob):
    outer = Folder.objects.create(user=alice, name="Work")
    inner = Folder.objects.create(user=alice, name="2024", parent=outer)
    chat = ChatFactory(user=alice, folder=inner, is_pinned=True, agent=factories.agent(alice))
    ChatTag.objects.create(chat=chat, tag=Tag.objects.create(user=alice, name="tax", color="#112233"))
    ArchiveItem.objects.create(chat=chat, archive=Archive.objects.create(user=alice, name="Old"))
    Folder.objects.create(user=bob, name="Work")
    place = Place(Workspace(bob))
    copy = restore(place, taken_along(chat, alice), {})
    written = document.written(copy, bob, nowhere)
    assert (written["folder"], written["archives"], written["is_pinned"]) == (["Work", "2024"], ["Old"], True)
    assert written["tags"] == [{"name": "tax", "color": "#112233"}]
    assert (copy.created_at, copy.user) == (chat.created_at, bob)
    assert Folder.objects.filter(user=bob, name="Work").count() == 1
    assert {kind: len(ids) for kind, ids in place.made.items()} == {"folders": 1, "tags": 1, "archives": 1}


def test_an_archive_of_somebody_else_stays_with_them(alice, bob, team):
    chat = ChatFactory(user=alice, team=team)
    ArchiveItem.objects.create(chat=chat, archive=Archive.objects.create(user=bob, name="Bob's own"))
    assert document.written(chat, alice, nowhere)["archives"] == []


def test_it_names_no_row_of_this_server(alice):
    key = factories.api_key(alice)
    chat = ChatFactory(user=alice, api_key=key, settings={"tools": ["mcp:secret-server"], "tool_choice": "manual"})
    message = Message(chat=chat, role=Role.ASSISTANT, metadata={"key": "My key", "passed_on": [{"key": "My key"}]})
    call = {"type": "tool-call", "toolCallId": "1", "toolName": "t", "args": {}, "tool": "mcp:secret-server"}
    write(message, [call]).save()
    text = json.dumps(document.written(chat, alice, nowhere))
    assert "secret-server" not in text
    assert "My key" not in text
    assert str(key.pk) not in text


def test_words_of_others_keep_their_name_alone(alice, bob, team):
    chat = ChatFactory(user=alice, team=team)
    factories.message(chat, text="mine", user=alice)
    factories.message(chat, text="Bob's", user=bob)
    copy = restore(Place(Workspace(alice)), taken_along(chat, alice), {})
    authors = {m.content: (m.user, m.metadata.get("author")) for m in copy.messages.all()}
    assert authors == {"mine": (alice, None), "Bob's": (None, "Bob Member")}


ONE = {"id": "a", "parent": None, "role": "user", "created_at": "2024-01-01T00:00:00+00:00", "parts": []}
CHAT = {
    "origin": "sambung:1",
    "title": "",
    "created_at": "2024-01-01",
    "updated_at": "2024-01-01",
    "current": None,
    "messages": [],
    "files": [],
}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"role": "moderator"}, "role"),
        ({"role": ["user"]}, "role"),
        ({"id": ""}, "id"),
        ({"id": "x" * 101}, "id"),
        ({"id": 5}, "id"),
        ({"parent": "x" * 101}, "parent"),
        ({"parent": ""}, "parent"),
        ({"parent": False}, "parent"),
        ({"created_at": "x" * 41}, "created_at"),
        ({"created_at": 5}, "created_at"),
        ({"metadata": {"model": 5}}, "metadata.model"),
        ({"metadata": {"model": "x" * 201}}, "metadata.model"),
        ({"metadata": {"more": "x"}}, "metadata"),
        ({"metadata": []}, "metadata"),
        ({"parts": {}}, "parts"),
        ({"parts": [{"type": "text"}]}, "parts[0]"),
        ({"parts": [{"type": "text", "text": 5}]}, "parts[0].text"),
        ({"parts": [{"type": "text", "text": "x", "more": 1}]}, "parts[0]"),
        ({"parts": [{"type": "odd", "text": "x"}]}, "parts[0].type"),
        ({"more": 1}, ""),
    ],
)
def test_a_message_that_does_not_fit_is_told_by_its_place(changed, place):
    with pytest.raises(Unreadable) as raised:
        document.checked(CHAT | {"messages": [ONE, ONE | {"id": "2"} | changed]})
    assert str(raised.value) == f"$.messages[1]{place and '.'}{place} does not hold what it should."


def test_a_chat_has_only_so_many_messages(monkeypatch):
    monkeypatch.setattr(document, "MOST_MESSAGES", 1)
    with pytest.raises(Unreadable, match="messages"):
        document.checked(CHAT | {"messages": [ONE, ONE | {"id": "2"}]})


@pytest.mark.parametrize(
    "changed",
    [
        {"messages": [ONE, ONE]},
        {"messages": [ONE | {"parent": "b"}]},
        {"messages": [ONE | {"parent": "b"}, ONE | {"id": "b", "parent": "a"}]},
        {"messages": [ONE | {"parent": "a"}]},
        {"current": "a"},
        {"messages": [ONE | {"role": "root"}]},
        {"messages": [ONE | {"parts": [{"type": "html", "text": "x"}]}]},
        {"messages": [ONE | {"metadata": {"cost": "free"}}]},
        {"messages": [ONE | {"created_at": "yesterday"}]},
        {"messages": [ONE | {"created_at": "9999-12-31T23:59:59-23:00"}]},
        {"created_at": 0},
        {"updated_at": "9999-12-31T23:59:59+00:00"},  # which is no date in Jakarta
        {"created_at": "0001-01-01T00:00:00+00:00"},
        {"settings": {"temperature": 99}},
        {"tags": [{"name": "x", "color": "red"}]},
        {"folder": [" "]},
        {"origin": " "},
        {"is_public": True},
        {"title": "x" * 201},
    ],
)
def test_what_does_not_fit_is_refused(changed):
    document.checked(CHAT)
    with pytest.raises(Unreadable):
        document.checked(CHAT | changed)


def test_what_cannot_be_stored_is_taken_out():
    chat = document.checked(CHAT | {"title": "a\0b\ud800"})
    assert chat["title"] == "ab?"
