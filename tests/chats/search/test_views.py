"""The page of the search, and the places that it leads to."""

import re

import pytest

from agents import catalog
from chats.actions import editing
from chats.messages import tree
from chats.models import Folder, Message, Role, Tag
from teams.workspace import Workspace
from tests.factories import ChatFactory, exchange, message

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def long_chat(alice):
    """A chat of 120 messages, named by their numbers."""
    chat = ChatFactory(user=alice, title="Long")
    rows, parent = [], None
    for n in range(120):
        role = Role.ASSISTANT if n % 2 else Role.USER
        parent = Message(chat=chat, parent=parent, role=role, content=f"number{n}")
        rows.append(parent)
    Message.objects.bulk_create(rows)
    chat.current_message = parent
    chat.save()
    return chat, rows


def numbers(html: str) -> list[int]:
    return [int(n) for n in re.findall(r"data-source>number(\d+)<", html)]


def test_the_page_shows_hits_and_keeps_what_was_asked(alice, sign_in):
    exchange(ChatFactory(user=alice, title="<b>Beans"), "Gayo?", "Gayo <i>now</i>")
    html = sign_in(alice).get("/app/search/?q=gayo&pinned=").content.decode()
    assert "<mark>Gayo</mark> &lt;i&gt;now&lt;/i&gt;" in html
    assert "&lt;b&gt;Beans" in html
    assert 'value="gayo"' in html
    assert "<form" not in sign_in(alice).get("/app/search/?q=gayo", headers=SCRIPT).content.decode()


def test_operators_are_completed_with_what_there_is(alice, bob, team, sign_in):
    Folder.objects.create(user=alice, name="Green beans")
    Folder.objects.create(team=team, name="Elsewhere")
    Tag.objects.create(user=alice, name="roast")
    Tag.objects.create(name="everybody's")
    found = dict(sign_in(alice).get("/app/search/").context["operators"])
    assert (found["in"], list(found["tag"]), found["from"]) == (
        ["Green beans"],
        ["everybody's", "roast"],
        ["me", "assistant"],
    )
    assert found["model"] == sorted({model.id for model in catalog.offered(Workspace(alice))})
    there = dict(sign_in(alice).get(f"/team/{team.slug}/search/").context["operators"])
    assert there["in"] == ["Elsewhere"]
    assert set(there["from"][2:]) == {str(alice), str(bob)}


def test_controls_write_the_query(alice, sign_in):
    ChatFactory(user=alice, title="Plain gayo")
    ChatFactory(user=alice, title="Pinned gayo", is_pinned=True)
    html = sign_in(alice).get("/app/search/?q=gayo&pinned=on").content.decode()
    found = html.partition('id="search-results"')[2]
    assert "Pinned" in found
    assert "Plain" not in found
    assert 'value="gayo is:pinned"' in html


def test_problems_and_odd_pages_are_answered(alice, sign_in):
    client = sign_in(alice)
    assert "is no date" in client.get("/app/search/?q=after:soon").content.decode()
    assert "There is no “title:”" in client.get("/app/search/?q=title:parser").content.decode()
    exchange(ChatFactory(user=alice), "Run tar -xvf of it")
    html = client.get("/app/search/?q=tar+-xvf").content.decode()
    assert "Nothing was found without “xvf”" in html
    assert "<mark>xvf</mark>" in html
    for odd in ("page=0", "page=-1", "page=x", "page=99999999999", "since=x", "said_by=evil"):
        assert client.get(f"/app/search/?q=gayo&{odd}").status_code == 200


def test_a_hit_opens_at_its_message_and_both_ways_lead_on(long_chat, alice, sign_in):
    (chat, rows), client = long_chat, sign_in(alice)
    at = rows[60]
    html = client.get(f"/app/chats/{chat.pk}/?at={at.pk}").content.decode()
    assert numbers(html) == list(range(41, 81))
    later = client.get(f"/app/chats/{chat.pk}/later/?after={rows[80].pk}&end={rows[119].pk}", headers=SCRIPT)
    assert numbers(later.content.decode()) == list(range(81, 120))
    assert "later/" not in later.content.decode()
    earlier = client.get(f"/app/chats/{chat.pk}/earlier/?before={rows[41].pk}", headers=SCRIPT)
    assert numbers(earlier.content.decode()) == list(range(1, 41))
    assert "another branch" not in html


def test_at_the_end_nothing_follows(long_chat, alice, sign_in):
    chat, rows = long_chat
    html = sign_in(alice).get(f"/app/chats/{chat.pk}/?at={rows[119].pk}").content.decode()
    assert numbers(html)[-1] == 119
    assert "later/" not in html


def test_a_hit_on_another_branch_says_so(alice, sign_in):
    chat = ChatFactory(user=alice)
    first = exchange(chat, "one", "old answer")
    message(chat, Role.ASSISTANT, "new answer", parent=first.parent)
    client = sign_in(alice)
    html = client.get(f"/app/chats/{chat.pk}/?at={first.pk}").content.decode()
    assert "another branch" in html
    assert "old answer" in html
    chat.refresh_from_db()
    assert chat.current_message_id != first.pk, "looking changes nothing"
    client.post(f"/app/messages/{first.pk}/select/")
    chat.refresh_from_db()
    assert chat.current_message_id == first.pk


def test_a_message_that_is_gone_or_foreign_opens_the_chat(alice, bob, sign_in):
    chat, foreign = ChatFactory(user=alice), exchange(ChatFactory(user=bob))
    exchange(chat, "one", "two")
    for at in (foreign.pk, chat.pk, "x"):
        assert "two" in sign_in(alice).get(f"/app/chats/{chat.pk}/?at={at}").content.decode()


def test_later_takes_messages_of_the_chat_alone(alice, bob, sign_in):
    chat, foreign = ChatFactory(user=alice), exchange(ChatFactory(user=bob))
    own = exchange(chat)
    client = sign_in(alice)
    for after, end in ((foreign.pk, own.pk), (own.pk, foreign.pk), ("x", own.pk), (own.pk, "")):
        assert client.get(f"/app/chats/{chat.pk}/later/?after={after}&end={end}").status_code == 404


def test_beneath_is_none_off_the_branch(alice):
    chat = ChatFactory(user=alice)
    first = exchange(chat, "one", "two")
    other = message(chat, Role.ASSISTANT, "three", parent=first.parent)
    assert tree.beneath(first.pk, other.pk, 10) is None
    assert tree.beneath(first.parent_id, other.pk, 10) == [other]
    editing.select(message=first)


def test_the_palette_finds_what_was_said(alice, sign_in):
    exchange(ChatFactory(user=alice, title="Beans"), "Gayo?", "From zanzibar, they say.")
    html = sign_in(alice).get("/app/palette/?q=zanz", headers=SCRIPT).content.decode()
    assert "From <mark>zanzibar</mark>, they say." in html
    assert "?at=" in html
    assert "/app/search/?q=zanz" in html
