"""Files in the browser: dropped, read, searched by a model, and cited with a passage that opens."""

import base64

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in
from tests.lib.files.reading import SAMPLES
from tests.scripts import OBEYS, orders

READ = 30_000  # ms until a file has been read on a busy machine
_DROP = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: held }));
  }
}"""


@pytest.fixture
def reader(new_page, live) -> Room:
    """Somebody whose model searches when it is told to."""
    return Room(new_page(signed_in(live, preferences={"default_model": f"openai_compatible:{OBEYS}"})), live)


def test_a_dropped_pdf_is_found_and_its_citation_opens(reader, scripted):
    page = reader.page
    reader.open("/app/documents/")
    data = base64.b64encode((SAMPLES / "printed.pdf").read_bytes()).decode()
    page.evaluate(_DROP, ["printed.pdf", data])
    row = page.locator(".document-row")
    expect(row).to_contain_text("printed.pdf")
    expect(row).to_contain_text("can be searched", timeout=READ)
    assert_clean(page)
    row.get_by_role("link", name="printed.pdf").click()
    expect(page.locator(".document-text")).to_contain_text("This year the rain came late.")
    scripted.say("They wait until June [1], not July [7].", like=OBEYS, model=OBEYS)
    reader.open("/app/")
    question = orders([("search_documents", {"question": "When do the farmers of Gayo pick cherries?"})])
    page.get_by_role("textbox", name="Message").fill(question)
    page.locator("#send").click()
    answer = page.locator(".message-assistant .part-text")
    expect(answer).to_contain_text("They wait until June 1, not July .")
    source = page.locator(".sources a")
    expect(source).to_have_text("printed.pdf")
    expect(page.locator(".sources")).to_contain_text("Page 1")
    assert_clean(page)
    source.click()
    expect(page.locator("#passage")).to_contain_text("dried them on raised beds")
    expect(page.locator("#passage")).not_to_contain_text("Outlook")
    assert_clean(page)


def test_files_are_chosen_and_what_cannot_be_kept_says_why(reader):
    page = reader.page
    reader.open("/app/documents/")
    page.locator("#document-add input[type=file]").set_input_files(
        [
            {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"A plan."},
            {"name": "x.bin", "mimeType": "application/octet-stream", "buffer": bytes(range(256))},
        ]
    )
    expect(page.locator(".document-row")).to_have_count(1)
    expect(reader.toasts).to_contain_text("x.bin")


def test_a_collection_is_made_and_given_to_nobody_yet(reader):
    page = reader.page
    reader.open("/app/documents/")
    page.get_by_role("link", name="Collections").click()
    page.get_by_role("button", name="New collection").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Handbook")
    assert_clean(page)
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Handbook")).to_be_visible()
    expect(page.get_by_text("Nothing is in it yet.")).to_be_visible()
    assert_clean(page)
