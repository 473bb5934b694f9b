"""Prompts in the browser: called with a slash, filled in, written, saved from a message."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import Room


@pytest.fixture
def shelf(room) -> Room:
    """The page of somebody who has prompts, one with variables."""
    write(room, "Joke", "Tell a joke.\nA {{short}} one.")
    write(room, "Code Review", "Review {code} in {language}: {code}")
    return room.open("/app/")


def write(room: Room, name: str, content: str) -> None:
    room.post("/app/prompts/new/", name=name, content=content, category="coding")


def offered(room: Room) -> Locator:
    return room.page.locator("#prompts [role=option]:visible")


def test_a_slash_brings_a_prompt_without_variables(shelf):
    shelf.composer.fill("Hi\n")
    shelf.composer.press_sequentially("/jo")
    expect(offered(shelf)).to_have_text("Joke Coding")
    shelf.page.keyboard.press("Enter")
    expect(shelf.composer).to_have_value("Hi\nTell a joke.\nA {{short}} one.")
    expect(shelf.composer).to_be_focused()
    shelf.composer.press_sequentially(" /jo")  # a slash inside of a line calls nothing
    expect(shelf.composer).to_have_value("Hi\nTell a joke.\nA {{short}} one. /jo")
    expect(offered(shelf)).to_have_count(0)


def test_variables_are_asked_for(shelf):
    shelf.composer.press_sequentially("/")
    expect(offered(shelf)).to_have_count(2)
    expect(shelf.page.get_by_role("option", name="Code Review")).to_have_attribute("aria-selected", "true")
    shelf.page.keyboard.press("ArrowDown")
    expect(shelf.page.get_by_role("option", name="Joke")).to_have_attribute("aria-selected", "true")
    shelf.composer.press_sequentially("rev")  # a word inside of the name
    shelf.page.keyboard.press("Tab")
    expect(shelf.dialog.get_by_label("code")).to_be_focused()
    shelf.page.keyboard.press("Escape")
    expect(shelf.composer).to_be_focused()
    expect(shelf.composer).to_have_value("/rev")
    shelf.page.keyboard.press("Backspace")
    expect(offered(shelf)).to_have_count(1)
    shelf.page.keyboard.press("Enter")
    shelf.dialog.get_by_label("code").fill("a {language}\n<b>$&</b>")
    shelf.dialog.get_by_label("language").fill("Go")
    assert_clean(shelf.page)
    shelf.dialog.get_by_label("language").press("Enter")
    expect(shelf.composer).to_have_value("Review a {language}\n<b>$&</b> in Go: a {language}\n<b>$&</b>")
    expect(shelf.composer).to_be_focused()
    expect(shelf.dialog).to_have_count(0)


def test_any_variable_keeps_its_lines(shelf):
    write(shelf, "Improve", "Improve this {kalimat} for {audience}.")
    shelf.open("/app/").composer.press_sequentially("/improve")
    expect(offered(shelf)).to_have_count(1)
    shelf.page.keyboard.press("Enter")
    field = shelf.dialog.get_by_label("kalimat")
    before = field.bounding_box()["height"]
    field.fill("line one\nline two\n\n- item")
    assert field.bounding_box()["height"] > before
    field.press("Shift+Enter")
    field.press_sequentially("- more")
    shelf.dialog.get_by_label("audience").fill("all")
    field.press("Enter")
    expect(shelf.composer).to_have_value("Improve this line one\nline two\n\n- item\n- more for all.")


def test_escape_leaves_the_slash_alone(shelf):
    shelf.composer.press_sequentially("/c")
    expect(offered(shelf)).to_have_count(1)
    shelf.page.keyboard.press("Escape")
    expect(offered(shelf)).to_have_count(0)
    shelf.composer.press_sequentially("o")
    expect(offered(shelf)).to_have_count(0)
    expect(shelf.composer).to_have_value("/co")


def test_a_message_is_saved_and_called(room):
    room.listed("Explain {topic} in short.")
    room.mine.get_by_role("link", name="Save as a prompt").click()
    room.dialog.get_by_label("Name").fill("Explain")
    room.dialog.get_by_role("button", name="Save").click()
    expect(room.toasts).to_contain_text("“Explain” is saved.")
    room.composer.press_sequentially("/expl")
    expect(offered(room)).to_contain_text("Explain")


def test_written_changed_and_found(room):
    room.open("/app/prompts/new/")
    room.page.get_by_label("Name", exact=True).fill("Plan")
    room.page.get_by_label("Text", exact=True).fill('Plan {week} with {"a": 1}')
    expect(room.page.locator(".prompt-variables")).to_have_text("Variables: week")
    assert_clean(room.page)
    room.page.get_by_role("button", name="Save", exact=True).click()
    expect(room.page.locator("mark")).to_have_text("{week}")
    assert_clean(room.page)
    room.page.get_by_role("link", name="Prompts", exact=True).first.click()
    room.page.get_by_role("searchbox", name="Search prompts").fill("no such thing")
    expect(room.page.get_by_text("No prompt here fits.")).to_be_visible()
    room.page.get_by_role("searchbox", name="Search prompts").fill("WEEK")
    expect(room.page.get_by_role("link", name="Plan", exact=True)).to_be_visible()
    assert_clean(room.page)
