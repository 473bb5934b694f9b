"""Agents in the browser: drafted by a model, found, kept at hand, changed, gone and back."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import WRITTEN, Room
from tests.browser.servers import signed_in

WRITTEN_AGENT = {
    "name": "Machine helper",
    "description": "Helps baristas.",
    "instructions": "You help with the espresso machine.",
    "icon": "wrench",
    "starters": ["It leaks."],
}


@pytest.fixture
def room(new_page, live) -> Room:
    """A page of somebody for whom the model answers that is told what to say."""
    preferences = {"default_model": f"openai_compatible:{WRITTEN}"}
    return Room(new_page(signed_in(live, preferences=preferences)), live)


def make(room: Room, name: str, description: str = "") -> None:
    """Make an agent by its form."""
    room.post("/app/agents/new/", name=name, description=description, icon_id="default")


def test_an_agent_from_one_sentence(room, scripted):
    scripted.say(json.dumps(WRITTEN_AGENT))
    room.open("/app/agents/new/")
    room.page.get_by_label("In one sentence").fill("Helps our baristas with the machine.")
    room.page.get_by_role("button", name="Draft it").click()
    expect(room.page.get_by_label("Name", exact=True)).to_have_value("Machine helper")
    expect(room.page.get_by_label("Instructions")).to_have_value("You help with the espresso machine.")
    expect(room.page.get_by_role("radio", name="Wrench")).to_be_checked()
    assert_clean(room.page)
    room.page.get_by_role("button", name="Make it active").click()
    expect(room.toasts).to_contain_text("can be used now")


def test_found_and_kept_at_hand(room):
    for name in ("Menu translator", "Invoice checker"):
        make(room, name)
    room.open("/app/agents/")
    room.page.get_by_role("searchbox", name="Search agents").fill("menu")
    expect(room.page.get_by_role("link", name="Invoice checker", exact=True)).to_have_count(0)
    room.page.get_by_role("button", name="Bookmark").click()
    expect(room.page.get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    room.page.get_by_role("link", name="Bookmarked").click()
    expect(room.page.get_by_role("link", name="Menu translator", exact=True)).to_be_visible()
    assert_clean(room.page)


def test_changed_deleted_and_taken_back(room):
    make(room, "Menu translator")
    room.open("/app/agents/")
    room.page.get_by_role("link", name="Menu translator", exact=True).click()
    room.page.get_by_role("link", name="Change", exact=True).click()
    room.page.get_by_label("Instructions").fill("You translate.")
    room.page.get_by_role("button", name="Save", exact=True).click()
    room.page.get_by_role("link", name="What was changed").click()
    expect(room.page.locator("ins")).to_have_text("You translate.")
    assert_clean(room.page)
    room.page.get_by_role("button", name="Go back to before change 1").click()
    expect(room.page.get_by_label("Instructions")).to_have_value("")
    room.page.get_by_role("button", name="Options for Menu translator").click()
    room.page.get_by_role("button", name="Delete").click()
    room.toasts.get_by_role("button", name="Undo").click()
    expect(room.page.get_by_label("Name", exact=True)).to_have_value("Menu translator")
