"""A document beside the chat: made by the model, changed by both, undone in part, quoted, kept when it is stopped."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import chromium
from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in
from tests.scripts import HALFWAY, OBEYS, orders

TEXT = "# Plan\n\nBuy coffee.\n\n```python\nprint(':::')\n```\n\nSell it.\n"


def person(new_page, live, model: str, **options) -> Room:
    cookies = signed_in(live, preferences={"default_model": f"openai_compatible:{model}"})
    return Room(new_page(cookies, **options), live)


@pytest.fixture(params=["desk", "phone"])
def room(request, new_page, live) -> Room:
    """Somebody who lets a model write, at a desk or on a phone."""
    options = {"viewport": chromium.PHONE, "has_touch": True, "is_mobile": True} if request.param == "phone" else {}
    return person(new_page, live, OBEYS, **options)


def panel(page: Page) -> Locator:
    return page.locator("#side-panel")


def close(page: Page) -> None:
    panel(page).get_by_role("button", name="Close the panel").click()
    expect(panel(page)).to_be_hidden()


def write(room: Room, title: str = "Plan") -> str:
    """Have the model make a document; return its id once it stands in the panel and the reply has ended."""
    room.open("/app/")
    room.send(orders([("create_document", {"title": title, "content": TEXT})]))
    expect(panel(room.page).get_by_role("heading", name=title, level=2)).to_be_visible()
    expect(room.page.locator(".document-chip")).to_have_count(1)
    expect(panel(room.page).locator(".canvas-text")).to_contain_text("print(':::')")
    return room.page.locator(".canvas").get_attribute("data-canvas")


def test_model_and_person_write_one_document(room):
    page = room.page
    document = write(room)
    assert_clean(page)
    typed = {"base": "1", "seen": "Plan", "title": "Plan", "content": TEXT.replace("Sell it.", "Sell it in June.")}
    assert room.post(f"/app/documents/{document}/save/", **typed).status == 200
    close(page)
    change = {"document_id": document, "version": 1, "old_text": "Buy coffee.", "new_text": "Buy good coffee."}
    room.send(orders([("replace_in_document", change)]))
    shown = panel(page)
    expect(shown.get_by_role("heading", name="Changed by a model")).to_be_visible()
    expect(shown.locator(".canvas-text")).to_contain_text("Buy good coffee.")
    expect(shown.locator(".canvas-text")).to_contain_text("Sell it in June.")
    assert_clean(page)
    shown.get_by_role("button", name="Undo: Line 3").click()
    expect(shown.get_by_role("heading", name="Changed by a model")).to_have_count(0)
    expect(shown.locator(".canvas-text")).to_contain_text("Buy coffee.")
    expect(shown.locator(".canvas-text")).to_contain_text("Sell it in June.")
    expect(shown.get_by_role("heading", name="Plan", level=2).first).to_be_focused()
    close(page)
    page.locator(".document-chip").first.click()
    expect(shown.get_by_role("heading", name="Plan", level=2).first).to_be_focused()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(page.locator(".document-chip").first).to_be_focused()


def test_what_is_selected_is_asked_about(room):
    page = room.page
    write(room)
    page.locator(".canvas-text p", has_text="Buy coffee.").select_text()
    panel(page).get_by_role("button", name="Ask about this").click()
    expect(room.composer).to_have_value("> Buy coffee.\n> — Plan\n\n")
    expect(room.composer).to_be_focused()


def test_what_is_pinned_goes_to_the_model(room, scripted):
    page = room.page
    write(room)
    panel(page).get_by_role("button", name="Pin to this chat").click()
    expect(panel(page).get_by_role("button", name="Unpin from this chat")).to_be_visible()
    close(page)
    room.send("And now?")
    expect(room.replies).to_have_count(2)
    room.ended()
    assert "Buy coffee." in str(scripted.asked()["messages"][0])


def test_the_panel_lies_beside_at_a_desk_and_over_the_page_on_a_phone(room):
    page = room.page
    write(room)
    box, width = panel(page).bounding_box(), page.viewport_size["width"]
    if width > 1000:
        assert 0.36 * width <= box["width"] <= 0.44 * width
        assert box["x"] + box["width"] == width
        expect(room.composer).to_be_editable()
    else:
        assert box["width"] == width
        expect(panel(page)).to_have_attribute("role", "dialog")
        assert page.evaluate("document.getElementById('main').inert")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_text_grows_while_it_is_written_and_stop_keeps_it(new_page, live, scripted):
    room = person(new_page, live, HALFWAY[0])
    page = room.page
    room.open("/app/")
    room.send(orders([("create_document", {"title": "Long plan", "content": TEXT * 3})]))
    shown = panel(page)
    expect(shown.get_by_role("heading", name="Long plan")).to_be_visible()
    expect(shown.locator(".canvas-draft-text")).to_contain_text("Buy coffee.")
    expect(shown.get_by_text("The model is writing…")).to_be_visible()
    room.stop.click()
    room.ended("stopped")
    expect(shown.get_by_text("The model was stopped while it wrote this.")).to_be_visible()
    expect(shown.locator(".canvas-text")).to_contain_text("Buy coffee.")
    expect(page.locator(".document-chip")).to_contain_text("Long plan")


def test_what_is_written_on_goes_over_into_the_document(new_page, live, scripted):
    room = person(new_page, live, HALFWAY[1])
    room.open("/app/")
    room.send(orders([("create_document", {"title": "Long plan", "content": TEXT * 3})]))
    expect(panel(room.page).locator(".canvas-draft-text")).to_contain_text("Buy coffee.")
    scripted.release(HALFWAY[1])
    expect(panel(room.page).locator(".canvas-text").get_by_text("Sell it.")).to_have_count(3)
    expect(panel(room.page).locator(".canvas-draft")).to_have_count(0)
    expect(room.page.locator(".part-writing")).to_have_count(0)


def test_nobodys_page_opens_by_what_somebody_else_asks(new_page, live):
    asking = person(new_page, live, OBEYS)
    document = write(asking)
    asking.page.reload()
    expect(asking.page.locator(".document-chip")).to_have_count(1)
    expect(panel(asking.page)).to_be_hidden()
    assert document
