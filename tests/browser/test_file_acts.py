"""What is asked of files, in the browser: a password, a newer file, an address in a collection, a name behind an @."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in
from tests.browser.test_knowledge import READ
from tests.lib.files.reading import SAMPLES
from tests.scripts import OBEYS, orders


@pytest.fixture
def reader(new_page, live) -> Room:
    """Somebody whose model searches when it is told to."""
    return Room(new_page(signed_in(live, preferences={"default_model": f"openai_compatible:{OBEYS}"})), live)


def add(room: Room, *names: str) -> None:
    """Add samples as documents, and wait until none is under way."""
    room.open("/app/documents/")
    room.page.locator("#document-add input[type=file]").set_input_files([SAMPLES / name for name in names])
    expect(room.page.locator(".document-row")).to_have_count(len(names))
    expect(room.page.locator(".document-status-queued, .document-status-reading")).to_have_count(0, timeout=READ)


def test_a_locked_file_asks_for_its_password_by_the_keyboard(reader):
    page = reader.page
    add(reader, "password.pdf")
    page.get_by_role("link", name="password.pdf").click()
    page.get_by_role("button", name="Give the password…").press("Enter")
    field = reader.dialog.get_by_label("Password")
    expect(field).to_be_focused()
    assert_clean(page)
    field.fill("wrong")
    field.press("Enter")
    expect(reader.dialog).to_contain_text("This password does not open it.")
    assert field.input_value() == ""
    field.fill("secret")
    field.press("Enter")
    expect(page.locator(".document-text")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("is kept nowhere")
    assert_clean(page)


def test_a_scan_offers_a_model_and_says_where_there_is_none(reader):
    page = reader.page
    add(reader, "scan.pdf")
    page.get_by_role("link", name="scan.pdf").click()
    page.get_by_role("button", name="Have a model read it…").click()
    expect(reader.dialog).to_contain_text("2 pages of 2 have no text.")
    expect(reader.dialog).to_contain_text("its price is not known")
    assert_clean(page)


def test_a_file_is_replaced_and_an_address_that_cannot_be_had_says_why(reader):
    page = reader.page
    add(reader, "catalogue.pdf")
    page.get_by_role("link", name="catalogue.pdf").click()
    page.get_by_role("button", name="Options for catalogue.pdf").click()
    page.get_by_role("button", name="Replace the file…").click()
    reader.dialog.get_by_label("File").set_input_files(SAMPLES / "printed.pdf")
    reader.dialog.get_by_role("button", name="Replace").click()
    expect(page.locator(".document-text")).to_contain_text("This year the rain came late.", timeout=READ)
    reader.open("/app/collections/new/")
    page.get_by_label("Name").fill("Handbook")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Options for this collection").click()
    page.get_by_role("button", name="Add an address…").click()
    reader.dialog.get_by_label("Address").fill("https://10.0.0.1/rules")
    reader.dialog.get_by_role("button", name="Add").click()
    expect(reader.dialog).to_contain_text("This server does not connect to that address.")
    assert_clean(page)


def test_a_document_is_named_behind_an_at_and_the_passage_is_marked_on_its_page(reader, scripted):
    page = reader.page
    add(reader, "printed.pdf", "catalogue.pdf")
    scripted.say("They wait until June [1].", like=OBEYS, model=OBEYS)
    reader.open("/app/")
    question = orders([("search_documents", {"question": "When do the farmers of Gayo pick cherries?"})])
    reader.composer.press_sequentially("@prin")
    expect(page.get_by_role("option", name="printed.pdf")).to_be_visible()
    reader.composer.press("Enter")
    expect(reader.composer).to_have_value("@printed.pdf ")
    reader.composer.press("End")
    page.keyboard.insert_text(f"\n{question}")
    reader.composer.press("Enter")
    reader.ended()
    asked = [body for body in scripted.get("/_requests?last=20") if body.get("messages")]
    assert any("“printed.pdf”" in str(body["messages"][0]) for body in asked)
    page.locator(".sources a").click()
    image = page.locator(".passage-page img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("found => found.naturalWidth") > 500
    assert_clean(page)
