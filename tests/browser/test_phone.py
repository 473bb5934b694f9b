"""On a phone: the rail is a drawer, nothing runs over the edge; and where the conversation scrolls to."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import LONG, QUICK
from tests.browser.test_markdown import EVERYTHING

AT_END = "node => node.scrollHeight - node.scrollTop - node.clientHeight < 4"


def _opener(room):
    return room.page.get_by_role("main").get_by_role("button", name="Chats", exact=True)


def test_the_drawer_opens_and_closes(phone):
    phone.listed("Prices of coffee")
    expect(phone.chats).to_be_hidden()
    _opener(phone).tap()
    expect(phone.row("Prices of coffee")).to_be_visible()
    phone.chats.get_by_role("button", name="Close").tap()
    expect(phone.chats).to_be_hidden()
    _opener(phone).tap()
    expect(phone.chats).to_be_visible()
    phone.page.touchscreen.tap(380, 500)  # beside it
    expect(phone.chats).to_be_hidden()
    _opener(phone).tap()
    phone.page.keyboard.press("Escape")
    expect(phone.chats).to_be_hidden()
    expect(_opener(phone)).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 834])
def test_nothing_runs_over_the_edge(phone, scripted, width):
    phone.page.set_viewport_size({"width": width, "height": 844})
    long = f"{EVERYTHING}\n\n{'Donaudampfschifffahrt' * 12}\n\n```\n{'x' * 300}\n```\n\n| {'a | ' * 30}\n|{'-|' * 30}\n"
    phone.answered("Wide " + "word" * 60, scripted.say(long, piece=80))
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.page.evaluate(wide) <= 0
    assert phone.page.locator("#scroller").evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    for path in ("/app/", "/accounts/password/change/", "/nothing/"):
        phone.open(path)
        assert phone.page.evaluate(wide) <= 0, path


def test_what_is_pressed_is_large_enough(phone):
    phone.answered("Hello")
    small = phone.page.evaluate(
        """() => [...document.querySelectorAll('button, a.button, summary')].filter((node) =>
            node.checkVisibility({visibilityProperty: true}) && node.offsetParent).map((node) =>
            [node.ariaLabel || node.textContent.trim(), node.getBoundingClientRect()]).filter(([, box]) =>
            box.width && Math.min(box.width, box.height) < 39.5)
            .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_the_end_stays_in_view_only_while_the_reader_is_there(room, scripted):
    room.begin("Hello", LONG)
    scroller = room.page.locator("#scroller")
    expect(room.body()).to_contain_text("w299")
    assert scroller.evaluate(AT_END)
    scroller.hover()
    room.page.mouse.wheel(0, -600)
    jump = room.page.get_by_role("button", name="Jump to latest")
    expect(jump).to_be_visible()
    before = scroller.evaluate("node => node.scrollTop")
    scripted.release(LONG)
    room.ended()
    expect(room.body()).to_contain_text("w599")
    assert scroller.evaluate("node => node.scrollTop") == before
    jump.click()
    expect(jump).to_be_hidden()
    assert scroller.evaluate(AT_END)
    expect(room.composer).to_be_focused()


def test_the_end_is_followed_by_a_reader_who_stays(room, scripted):
    room.begin("Hello", LONG)
    expect(room.body()).to_contain_text("w299")
    scripted.release(LONG)
    room.ended()
    expect(room.body().get_by_text("w599")).to_be_in_viewport()
    assert room.page.locator("#scroller").evaluate(AT_END)


def test_what_one_sends_is_seen(room, scripted):
    scripted.release(LONG)
    room.answered("Hello", LONG)
    room.choose(QUICK)
    scroller = room.page.locator("#scroller")
    scroller.evaluate("node => { node.scrollTop = 0; }")
    room.send("Down here")
    expect(room.body(room.mine.last)).to_be_in_viewport()
