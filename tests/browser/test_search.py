"""Searching by hand: from the palette to the message, and about in a long chat."""

import re

import pytest
from playwright.sync_api import expect

from chats.messages.content import write
from chats.models import Chat, Message, Role
from sambung.lib import lexemes
from teams.models import User
from tests.browser.axe import assert_clean

LENGTH = 300  # messages


_WORDS = """
UPDATE messages SET words = given.words::tsvector, pairs = given.pairs::int2[]
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS given(id, words, pairs) WHERE messages.id = given.id
"""


@pytest.fixture
def long_chat(room) -> tuple[Chat, list[Message]]:
    """A chat of the person's with messages that are named by their numbers; the 150th holds a rare word."""
    pk = room.live.sql("SELECT id FROM users ORDER BY id DESC LIMIT 1")[0][0]  # the newest, who has the room
    chat, said = Chat(user=User(pk=pk), title="Long"), []
    for n in range(LENGTH):
        role, parent = (Role.ASSISTANT if n % 2 else Role.USER), said[-1] if said else None
        text = (
            f"Number {n}."
            + " It goes on for a while." * (n % 7 * 8)
            + (" Zanzibar <b>is</b> here." if n == 150 else "")
        )
        said.append(write(Message(chat=chat, parent=parent, role=role), [{"type": "text", "text": text}]))
    room.live.insert(chat, *said)
    found_by = [lexemes.index(message.content) for message in said]
    given = [[message.pk for message in said], [one.words for one in found_by], [one.pairs for one in found_by]]
    room.live.sql(_WORDS, *given)  # as the application writes them, and the job only within a minute
    room.live.sql("UPDATE chats SET current_message_id = %s WHERE id = %s", said[-1].pk, chat.pk)
    room.open()
    return chat, said


def number(room, n: int):
    """The message of that number."""
    return room.log.get_by_role("article").filter(has_text=re.compile(rf"Number {n}\."))


def top(room, n: int) -> float:
    """Where it stands in the window, in pixels."""
    return number(room, n).bounding_box()["y"]


def test_a_hit_of_the_palette_opens_the_chat_at_its_message(room, long_chat):
    room.page.keyboard.press("Control+k")
    room.page.get_by_role("combobox", name="Search chats and actions").fill("zanzi")
    hit = room.page.get_by_role("group", name="Messages").get_by_role("option").first
    expect(hit).to_contain_text("Zanzibar <b>is</b> here.")
    room.page.get_by_role("option", name="Search for “zanzi”").click()
    expect(room.page.locator("#search-results mark")).to_have_text("Zanzibar")
    expect(room.page.locator("#search-results b")).to_have_count(0)
    assert_clean(room.page)
    room.page.locator("#search-results").get_by_role("link").click()
    expect(number(room, 150)).to_be_in_viewport()


def test_operators_are_completed_and_controls_narrow_what_is_found(room, long_chat):
    room.open("/app/search/")
    field, results = room.page.get_by_role("combobox", name="Search in titles"), room.page.locator("#search-results")
    field.press_sequentially("zanzibar from:a")
    offered = room.page.locator("#search-completions option")
    expect(offered).to_have_count(1)
    expect(offered).to_have_attribute("value", "zanzibar from:assistant")
    field.fill("zanzibar")
    expect(results.get_by_role("listitem")).to_have_count(1)
    room.page.get_by_label("Pinned").check()
    expect(results).to_contain_text("Nothing was found")
    field.fill("after:soon")
    expect(results).to_contain_text("is no date")


def test_a_long_chat_scrolls_both_ways_from_its_middle_and_holds_its_place(room, long_chat):
    chat, said = long_chat
    room.open(f"/app/chats/{chat.pk}/?at={said[150].pk}#m-{said[150].pk}")
    expect(number(room, 150)).to_be_in_viewport()
    assert not number(room, 110).count()
    for first in (131, 91):  # each time the first that is shown comes into sight, and those before it come in above
        before = number(room, first)
        before.scroll_into_view_if_needed()
        expect(number(room, first - 40)).to_be_attached()
        expect(before).to_be_in_viewport()
    for last in (170, 210):
        number(room, last).scroll_into_view_if_needed()
        expect(number(room, last + 40)).to_be_attached()
        expect(number(room, last)).to_be_in_viewport()
    room.page.get_by_role("button", name="Jump to latest").click()
    expect(number(room, LENGTH - 1)).to_be_in_viewport()
    room.page.wait_for_url(f"**/chats/{chat.pk}/")


def test_what_is_sent_from_the_middle_goes_to_the_end(room, long_chat):
    chat, said = long_chat
    room.open(f"/app/chats/{chat.pk}/?at={said[20].pk}#m-{said[20].pk}")
    room.send("And now?")
    room.page.wait_for_url(f"**/chats/{chat.pk}/")
    expect(room.mine.last).to_contain_text("And now?")
    expect(number(room, LENGTH - 1)).to_be_visible()
    parent = room.live.sql("SELECT parent_id FROM messages WHERE chat_id = %s AND content = 'And now?'", chat.pk)
    assert parent == [(said[-1].pk,)]
