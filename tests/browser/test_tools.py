"""The choice of tools in the browser: by keyboard, and by @."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import WRITTEN, Room
from tests.browser.servers import signed_in


@pytest.fixture
def room(new_page, live) -> Room:
    """A page of somebody whose model can use tools."""
    preferences = {"default_model": f"openai_compatible:{WRITTEN}"}
    return Room(new_page(signed_in(live, preferences=preferences)), live)


def test_tools_are_chosen_by_keyboard(room):
    room.open("/app/")
    button = room.page.locator("#tools-button")
    expect(button).to_contain_text("Tools ·")
    button.focus()
    room.page.keyboard.press("Enter")
    dialog = room.page.get_by_role("dialog", name="Tools", exact=True)
    dialog.get_by_role("searchbox", name="Search tools").fill("calcul")
    whole = dialog.get_by_role("checkbox", name=re.compile("^Calculator"))
    expect(whole).to_be_checked()
    expect(dialog.locator("[data-tools-source]:visible")).to_have_count(1)
    expect(dialog.locator("[data-tools-source]:visible summary")).to_have_text("1/1 tools of Calculator")
    assert_clean(room.page)
    whole.focus()
    room.page.keyboard.press("Space")
    dialog.get_by_role("radio", name=re.compile("^Ask before")).check()
    room.page.keyboard.press("Enter")
    expect(button).to_contain_text("Ask first ·")
    expect(room.page.locator("#tools input[value='toolkit:calculator']")).to_have_count(0)
    expect(room.page.locator("#tools input[value='toolkit:clock']")).to_have_count(1)


def test_a_tool_is_named_in_the_message(room):
    room.open("/app/")
    room.page.get_by_role("textbox", name="Message").press_sequentially("Please @calc")
    expect(room.page.locator("#mentions [role=option]:visible").first).to_contain_text("Calculator")
    room.page.keyboard.press("Enter")
    expect(room.page.get_by_role("textbox", name="Message")).to_have_value("Please @Calculator ")
