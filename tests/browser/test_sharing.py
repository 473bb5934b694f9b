"""Public links in the browser: made, read by nobody in particular, ended, gone on from; links that lead elsewhere."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import QUICK, WRITTEN, Room
from tests.browser.servers import signed_in


@pytest.fixture
def shared(room) -> tuple[Room, str]:
    """Somebody's page with an answered chat, and the address of its link."""
    room.answered("Which bean?")
    return room, share(room)


def share(room: Room, password: str = "") -> str:
    """Share the open chat from its header; return the address."""
    room.page.get_by_role("button", name="Share chat").click()
    if password:
        room.dialog.get_by_label("Password").fill(password)
    room.dialog.get_by_role("button", name="Make the link").click()
    return room.dialog.get_by_label("Whoever has this link").input_value()


@pytest.fixture
def nobody(new_page) -> Page:
    """A page of somebody without an account."""
    return new_page()


def test_a_chat_is_shared_read_and_ended(shared, nobody):
    room, address = shared
    assert re.fullmatch(rf"{room.live.url}/p/[-\w]{{32}}", address)
    room.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert_clean(room.page)
    room.dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(room.page.locator("#announcer")).to_have_text("Copied")
    assert room.page.evaluate("navigator.clipboard.readText()") == address
    nobody.goto(address)
    expect(nobody.get_by_role("article", name="Person")).to_contain_text("Which bean?")
    expect(nobody.get_by_role("article", name="Assistant")).to_contain_text("w0 w1")
    expect(nobody.get_by_role("textbox")).to_have_count(0)
    assert_clean(nobody)
    assert nobody.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out on a phone"
    nobody.emulate_media(media="print")
    expect(nobody.get_by_role("link", name="Sign in to continue as my copy")).to_be_hidden()
    room.dialog.get_by_role("button", name="End the link…").click()
    room.dialog.get_by_role("button", name="End the link", exact=True).click()
    expect(room.toasts).to_contain_text("The link has ended.")
    assert nobody.goto(address).status == 404


def test_a_look_counts_once_a_session(shared, nobody, new_page):
    room, address = shared
    with nobody.expect_response("**/seen/") as told:
        nobody.goto(address)
    assert told.value.status == 204
    nobody.reload()
    nobody.wait_for_load_state("networkidle")
    with (another := new_page()).expect_response("**/seen/"):
        another.goto(address)
    room.open("/app/links/")
    expect(room.page.get_by_role("listitem").filter(has_text="seen 2 times")).to_have_count(1)


def test_a_password_stands_before_it(room, nobody):
    room.answered("Which bean?")
    address = share(room, "toraja")
    nobody.goto(address)
    expect(nobody.get_by_text("Which bean?")).to_have_count(0)
    nobody.get_by_label("Password").fill("robusta")
    nobody.get_by_label("Password").press("Enter")
    expect(nobody.get_by_text("This is not the password.")).to_be_visible()
    assert_clean(nobody)
    nobody.get_by_label("Password").fill("toraja")
    nobody.get_by_role("button", name="Open").click()
    expect(nobody.get_by_role("article", name="Person")).to_contain_text("Which bean?")


def test_all_links_are_listed_and_ended_at_once(shared, nobody):
    room, address = shared
    room.open("/app/links/")
    expect(room.page.get_by_role("listitem").filter(has_text="seen 0 times")).to_have_count(1)
    assert_clean(room.page)
    room.page.get_by_role("button", name="End the chosen links, or all…").click()
    expect(room.dialog).to_contain_text("1 link ends at once, for everybody.")
    room.dialog.locator("button.button-danger").click()
    expect(room.page.get_by_text("Nothing in this workspace is public.")).to_be_visible()
    assert nobody.goto(address).status == 404


def test_a_reader_goes_on_with_a_copy(shared, new_page):
    room, address = shared
    reader = Room(new_page(signed_in(room.live)), room.live)
    reader.page.goto(address)
    reader.page.get_by_role("link", name="Continue as my copy").click()
    assert_clean(reader.page)
    reader.page.get_by_role("button", name="Make the copy").click()
    expect(reader.mine).to_contain_text("Which bean?")
    reader.choose(QUICK)
    reader.send("And which roast?")
    reader.ended()
    expect(reader.mine).to_have_count(2)
    room.page.reload()
    expect(room.mine).to_have_count(1)


def test_a_link_leads_over_a_page_that_shows_the_whole_host(room, scripted):
    scripted.say("See [the bank](https://bank.example.evil.example/login?next=a%20b)")
    room.answered("Where?", WRITTEN)
    with room.page.context.expect_page() as opened:
        room.body().get_by_role("link", name="the bank").click()
    page = opened.value
    expect(page.get_by_role("heading")).to_have_text("bank.example.evil.example")
    expect(page.get_by_role("link", name="Go on")).to_have_attribute(
        "href", "https://bank.example.evil.example/login?next=a%20b"
    )
    assert_clean(page)
