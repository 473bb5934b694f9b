"""Without JavaScript, what can work does."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import HELD, Room
from tests.browser.servers import signed_in
from tests.factories import PASSWORD
from tests.live import register_on


@pytest.fixture
def plain(new_page, live) -> Page:
    """A signed-in page that runs no scripts."""
    page = new_page(signed_in(live), java_script_enabled=False)
    page.goto(f"{live.url}/app/")
    return page


def test_sign_in(new_page, live):
    email = register_on(live, PASSWORD)
    page = new_page(java_script_enabled=False)
    page.goto(f"{live.url}/app/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_visible()


def test_messages_are_sent_and_a_reload_shows_the_reply(plain, live, scripted):
    room = Room(plain, live)
    # The first model of the listing answers; the second message waits for nothing.
    room.composer.fill("Hello")
    plain.get_by_role("button", name="Send message").click()
    expect(room.body(room.mine)).to_have_text("Hello")
    _reload_until(room, "w19")
    room.composer.fill("Again")
    plain.get_by_role("button", name="Send message").click()
    expect(room.mine).to_have_count(2)


def test_a_reply_is_stopped(plain, live, new_page, scripted):
    cookie = signed_in(live)
    scripted_room = Room(new_page(cookie), live)
    scripted_room.held(model=HELD)
    room = Room(new_page(cookie, java_script_enabled=False), live)
    room.page.goto(scripted_room.page.url)
    room.stop.click()
    scripted_room.ended("stopped")
    room.page.reload()
    expect(room.page.get_by_text("The text so far is kept.")).to_be_visible()


def test_a_chat_is_renamed(plain, live, new_page):
    cookie = signed_in(live)
    Room(new_page(cookie), live).listed("Old name")
    page = new_page(cookie, java_script_enabled=False)
    page.goto(f"{live.url}/app/")
    page.get_by_role("button", name="Options for Old name").click()
    page.get_by_role("button", name="Rename…").click()
    page.get_by_label("Title").fill("New name")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New name")


def test_search_is_a_page(plain):
    plain.get_by_role("link", name="Search").click()
    expect(plain.get_by_role("searchbox", name="Search chats and actions")).to_be_visible()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Search")


def test_the_theme_is_kept(plain):
    plain.get_by_role("button", name="Your account").click()
    plain.get_by_role("radio", name="Dark").check(force=True)
    plain.locator("[data-theme-form]").get_by_role("button", name="Save").click()
    expect(plain.locator("html")).to_have_attribute("data-theme", "dark")


def _reload_until(room: Room, text: str) -> None:
    """Reload, as a person would, until the reply is there; a bounded number of times."""
    for _ in range(40):
        if re.search(text, room.body().text_content()):
            return
        room.page.reload()
    raise AssertionError(f"{text!r} did not come")
