"""Two tabs, a killed server, a blocked socket: what was shown stays, and the rest comes."""

import json
import re
from urllib.parse import unquote

from playwright.sync_api import expect

from tests.browser.chromium import CONTINUES, HELD, HELD_TEXT, WHOLE_TEXT, Room
from tests.browser.servers import signed_in


def _second_tab(room: Room) -> Room:
    other = Room(room.page.context.new_page(), room.live)
    other.page.goto(room.page.url)
    return other


def test_a_second_tab_sees_the_message_the_text_and_the_end(room, scripted):
    room.answered("Hello")
    other = _second_tab(room)
    expect(other.replies).to_have_count(1)
    room.choose(HELD)
    expect(room.toasts.get_by_text("answers from now on")).to_be_visible()
    room.send("And now?")
    expect(other.mine).to_have_count(2)
    expect(other.replies).to_have_count(2)
    expect(other.body()).to_have_text(HELD_TEXT)
    expect(other.stop).to_be_visible()
    scripted.release()
    expect(other.body()).to_have_text(WHOLE_TEXT)
    other.ended()
    room.ended()


def test_what_is_being_edited_outlives_a_message_from_another_tab(room):
    room.answered("Hello")
    other = _second_tab(room)
    room.act(room.mine.last, "Edit message").click()
    edit = room.page.get_by_role("textbox", name="Edited text")
    edit.fill("Half a thou")
    with room.page.expect_response("**/app/chats/"):
        other.send("And now?")
    other.ended()
    expect(edit).to_have_value("Half a thou")
    edit.press("Escape")
    expect(room.mine).to_have_count(2)


def test_the_focus_stays_on_its_button_when_the_branch_is_fetched_anew(room):
    room.answered("Hello")
    other = _second_tab(room)
    room.act(room.mine.last, "Copy message").focus()
    other.send("And now?")
    expect(room.mine).to_have_count(2)
    expect(room.act(room.mine.first, "Copy message")).to_be_focused()


def test_another_tab_sees_a_reply_go_on(room, scripted):
    room.held(model=CONTINUES)
    room.stop.click()
    room.ended("stopped")
    other = _second_tab(room)
    scripted.release(CONTINUES)
    room.act(room.replies.last, "Continue").click()
    expect(other.body()).to_have_text(WHOLE_TEXT)
    other.ended()
    expect(other.replies).to_have_count(1)


def test_another_tab_sees_that_everything_was_deleted(room):
    room.answered("Hello")
    other = _second_tab(room)
    expect(other.replies).to_have_count(1)
    room.act(room.mine.first, "Delete message").click()
    room.dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(room.mine).to_have_count(0)
    expect(other.mine).to_have_count(0)
    expect(other.replies).to_have_count(0)


def test_a_message_sent_after_the_session_ended_is_still_there_after_signing_in(room):
    room.answered("Hello")
    (key,) = [cookie["value"] for cookie in room.page.context.cookies() if cookie["name"] == room.live.session_cookie]
    room.live.sql("DELETE FROM django_session WHERE session_key = %s", key)
    room.send("Do not lose me")
    expect(room.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert "next=/app/chats/" in unquote(room.page.url)  # whoever notices first leads there, page or server
    assert "Do not lose me" in room.page.evaluate("JSON.stringify(sessionStorage)")


def test_stop_works_from_another_tab(room):
    room.held()
    other = _second_tab(room)
    expect(other.body()).to_have_text(HELD_TEXT)
    other.stop.click()
    room.ended("stopped")
    other.ended("stopped")
    expect(room.body()).to_have_text(HELD_TEXT)


def test_a_queue_is_seen_in_every_tab(room):
    room.held()
    other = _second_tab(room)
    room.send("Later")
    expect(other.page.locator("[data-queued]")).to_contain_text(["Later"])
    other.page.get_by_role("button", name="Take back").click()
    expect(room.page.locator("[data-queued]")).to_have_count(0)


def test_after_a_kill_the_page_comes_back_by_itself(new_page, mortal, scripted):
    room = Room(new_page(signed_in(mortal)), mortal)
    room.held(model=CONTINUES)
    seen = room.body().text_content().strip()
    article = room.replies.last.get_attribute("data-message")
    mortal.kill()
    mortal.start()
    room.ended("interrupted")  # nobody reloads
    assert room.replies.last.get_attribute("data-message") == article
    assert room.body().text_content().strip() == seen
    expect(room.page.get_by_text("The text so far is kept.")).to_be_visible()
    scripted.release(CONTINUES)
    room.act(room.replies.last, "Continue").click()
    expect(room.body()).to_have_text(WHOLE_TEXT)
    room.ended()


def test_without_a_socket_the_text_is_asked_for(room, scripted):
    room.page.route_web_socket("**/ws/", lambda socket: socket.close())
    room.begin("Hello", HELD)
    expect(room.body()).to_have_text(HELD_TEXT)
    room.send("And then?")
    expect(room.page.locator("[data-queued]")).to_have_count(1)
    scripted.release()
    expect(room.body(room.replies.first)).to_have_text(WHOLE_TEXT)
    expect(room.page.locator("[data-queued]")).to_have_count(0)
    expect(room.mine).to_have_count(2)
    room.ended()


def test_a_socket_that_breaks_in_the_middle_loses_nothing(room, scripted):
    sockets = []

    def relay(socket):
        sockets.append((socket, socket.connect_to_server()))

    room.page.route_web_socket("**/ws/", relay)
    room.held()
    for side in sockets[-1]:
        side.close()
    scripted.release()
    room.ended()
    expect(room.body()).to_have_text(WHOLE_TEXT)


def test_a_page_opened_in_the_middle_shows_what_there_is(room, scripted):
    room.held()
    room.page.reload()
    expect(room.body()).to_have_text(HELD_TEXT)
    scripted.release()
    expect(room.body()).to_have_text(WHOLE_TEXT)
    room.ended()


def test_signing_out_elsewhere_leads_to_the_door(room):
    room.answered("Hello")
    other = _second_tab(room)
    other.page.get_by_role("button", name="Your account").click()
    other.page.get_by_role("button", name="Sign out").click()
    expect(other.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    room.page.wait_for_url("**/accounts/login/**")


def test_the_way_back_after_signing_out_leads_to_the_door(room):
    room.answered("A secret of mine")
    room.page.get_by_role("button", name="Your account").click()
    room.page.get_by_role("button", name="Sign out").click()
    expect(room.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    room.page.go_back()
    expect(room.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(room.page.get_by_text("A secret of mine")).to_have_count(0)
    assert "secret" not in room.page.evaluate("JSON.stringify([sessionStorage, localStorage])")


def test_what_is_not_saved_yet_is_told_and_appears_by_itself(room, live, scripted):
    """The database takes nothing for a while: the reply waits, and what is sent comes back into the composer."""
    room.held()
    told = room.replies.last.get_by_text("What follows is not saved yet.")
    with live.read_only():
        scripted.release()
        expect(told).to_be_visible()
        expect(room.body()).to_have_text(HELD_TEXT)
        room.send("And then?")
        expect(room.toasts.get_by_text("Your text is kept; send it again in a moment.")).to_be_visible()
        expect(room.page.locator("#composer-text")).to_have_value("And then?")
    expect(room.body()).to_have_text(WHOLE_TEXT)
    expect(told).to_have_count(0)
    room.ended()


def test_messages_that_end_at_once_are_each_fetched(room):
    """A request without a source of its own waits behind the others, and only the last one that waits is sent."""
    sockets = []

    def through(route):
        route.connect_to_server()
        sockets.append(route)

    room.page.route_web_socket(re.compile("."), through)
    room.answered("One")
    for n, words in enumerate(("Two", "Three"), start=2):
        room.send(words)
        expect(room.replies).to_have_count(n)
        room.ended()
    frames = room.replies.evaluate_all("""found => found.map((one) => {
        one.setAttribute("aria-busy", "true");
        one.dataset.before = "";
        const { run, message, seq } = one.dataset;
        const html = one.querySelector("[data-body]").innerHTML;
        return { kind: "end", state: "succeeded", run, subject: `message:${message}`, seq: Number(seq) + 1, html };
    })""")
    for frame in frames:
        sockets[-1].send(json.dumps(frame))
    expect(room.page.locator("article[data-before]")).to_have_count(0)
    expect(room.replies).to_have_count(3)
