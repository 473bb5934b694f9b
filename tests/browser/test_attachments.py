"""Files in the browser: into the composer by choice, paste and drop, with a message, looked into, taken back."""

import base64
import re

from playwright.sync_api import Locator, Page, expect

from tests import corpus
from tests.browser.axe import assert_clean
from tests.browser.chromium import HELD_TEXT, QUICK, Room
from tests.browser.servers import signed_in
from tests.lib.files.reading import SAMPLES

NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Gayo 40 kg"}
PHOTO = {"name": "photo.png", "mimeType": "image/png", "buffer": corpus.picture(size=(800, 600))}
PROGRAM = {"name": "tool.exe", "mimeType": "text/plain", "buffer": b"MZ\x90\x00" + bytes(99)}
# Hands files over as a person's clipboard or pointer does.
HAND_OVER = """(target, [kind, name, type, data]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, { type }));
    const given = { bubbles: true, cancelable: true, [kind === "paste" ? "clipboardData" : "dataTransfer"]: carried };
    target.dispatchEvent(new (kind === "paste" ? ClipboardEvent : DragEvent)(kind, given));
}"""


def waiting(page: Page) -> Locator:
    """Files in the composer."""
    return page.get_by_role("list", name="Files of this message").get_by_role("listitem")


def choose(page: Page, *files: dict) -> None:
    page.get_by_label("Add files").set_input_files(list(files))


def hand_over(target: Locator, kind: str, file: dict) -> None:
    data = base64.b64encode(file["buffer"]).decode()
    target.evaluate(HAND_OVER, [kind, file["name"], file["mimeType"], data])


def test_files_that_wait_outlive_their_tab(room):
    room.open()
    choose(room.page, NOTES)
    expect(waiting(room.page)).to_contain_text(["notes.txt"])
    expect(room.page.locator("#files [data-file]")).to_have_count(1)
    context = room.page.context
    room.page.close()
    again = Room(context.new_page(), room.live).open()
    expect(waiting(again.page)).to_contain_text(["notes.txt"])


def test_a_message_waits_for_the_files_that_come_back_into_the_composer(room):
    page, held = room.open().page, []
    choose(page, NOTES)
    expect(page.get_by_role("button", name="Remove notes.txt")).to_be_visible()
    page.route(re.compile(r"\?id="), lambda route: held.append(route))
    page.reload()
    room.composer.fill("Look")
    room.composer.press("Enter")
    expect(page.get_by_text("A file is still on its way.")).to_be_visible()
    held[0].continue_()
    expect(waiting(page)).to_contain_text(["notes.txt"])
    room.composer.press("Enter")
    expect(page.locator("article.message-user")).to_contain_text("notes.txt")


def test_files_are_chosen_pasted_and_dropped_and_survive_a_reload(room):
    page = room.open().page
    room.composer.fill("Look at these")
    choose(page, NOTES)
    hand_over(room.composer, "paste", PHOTO)
    hand_over(page.locator("body"), "dragenter", NOTES)
    expect(page.get_by_text("Drop files to add them")).to_be_visible()
    hand_over(page.locator("body"), "drop", NOTES | {"name": "dropped.txt"})
    expect(page.get_by_text("Drop files to add them")).to_be_hidden()
    tiles = waiting(page)
    expect(tiles).to_contain_text(["notes.txt", "photo.png", "dropped.txt"])
    expect(page.get_by_role("button", name="Remove dropped.txt")).to_be_visible()
    expect(room.composer).to_be_focused()
    assert_clean(page)
    row, switch = page.locator(".composer-row"), page.locator(".composer-row > .switch")
    assert switch.bounding_box()["x"] >= row.bounding_box()["x"], "nothing sticks out on a phone"
    page.reload()
    expect(tiles).to_contain_text(["notes.txt", "photo.png", "dropped.txt"])
    page.get_by_role("button", name="Remove photo.png").press("Enter")
    expect(tiles).to_contain_text(["notes.txt", "dropped.txt"])
    expect(room.composer).to_be_focused()
    expect(room.composer).to_have_value("Look at these")


def test_a_refused_file_says_why_and_a_slow_one_is_cancelled(room):
    page = room.open().page
    room.composer.fill("Kept words")
    choose(page, PROGRAM)
    expect(room.toasts).to_contain_text("“tool.exe” is of a kind that cannot be read here.")
    expect(waiting(page)).to_have_count(0)
    page.route("**/app/files/", lambda route: None)  # it never arrives
    choose(page, NOTES, PHOTO)
    expect(page.get_by_role("progressbar")).to_have_count(2)
    room.composer.press("Enter")
    expect(room.toasts).to_contain_text("A file is still on its way.")
    page.get_by_role("button", name="Cancel notes.txt").click()
    page.get_by_role("button", name="Cancel photo.png").click()
    expect(waiting(page)).to_have_count(0)
    expect(room.composer).to_have_value("Kept words")
    page.unroute("**/app/files/")
    choose(page, NOTES)
    expect(page.get_by_role("button", name="Remove notes.txt")).to_be_visible()


def test_files_go_with_a_message_and_stay_when_it_is_edited(room):
    page = room.open().page
    room.choose(QUICK)
    choose(page, PHOTO, NOTES)
    expect(page.get_by_role("button", name="Remove notes.txt")).to_be_visible()
    room.composer.press("Enter")  # without a word
    room.ended()
    files = room.mine.get_by_role("list", name="Files").get_by_role("listitem")
    expect(files).to_contain_text(["photo.png", "notes.txt"])
    expect(files.first.locator("img")).to_have_js_property("naturalWidth", 320)
    files.last.get_by_role("button", name="What a model gets of notes.txt").press("Enter")
    expect(room.dialog).to_contain_text("Gayo 40 kg")
    assert_clean(page)
    page.keyboard.press("Escape")
    room.mine.hover()
    room.act(room.mine, "Edit message").click()
    box = page.get_by_role("textbox", name="Edited text")
    box.fill("Read them")
    box.press("Control+Enter")
    expect(room.body(room.mine)).to_have_text("Read them")
    expect(files).to_contain_text(["photo.png", "notes.txt"])


def test_what_cannot_be_sent_keeps_its_words_and_tiles(room):
    page = room.open().page
    room.answered("Hello")
    choose(page, NOTES, NOTES | {"name": "other.txt"})
    expect(page.get_by_role("button", name="Remove other.txt")).to_be_visible()
    gone = waiting(page).first.get_attribute("data-file")
    assert room.post(f"/app/files/{gone}/remove/").status == 200
    room.send("Read these")
    expect(page.get_by_role("alert").filter(has_text="A file is not there any more.")).to_be_visible()
    expect(room.composer).to_have_value("Read these")
    expect(waiting(page)).to_contain_text(["notes.txt", "other.txt"])
    page.reload()
    expect(waiting(page)).to_contain_text(["other.txt"])
    room.composer.press("Enter")
    expect(room.mine.last.get_by_role("list", name="Files")).to_contain_text("other.txt")


def test_a_waiting_message_that_is_taken_back_brings_its_files(room):
    room.held()
    choose(room.page, NOTES)
    expect(room.page.get_by_role("button", name="Remove notes.txt")).to_be_visible()
    room.send("And this")
    queue = room.page.get_by_role("region", name="Waiting to be sent")
    expect(queue).to_contain_text("notes.txt")
    queue.get_by_role("button", name="Take back").click()
    expect(room.composer).to_have_value("And this")
    expect(waiting(room.page)).to_contain_text(["notes.txt"])
    expect(room.body()).to_have_text(HELD_TEXT)


def test_what_could_not_be_read_is_marked_and_a_guessed_encoding_is_changed(room):
    page = room.open().page
    scan = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": (SAMPLES / "scan.pdf").read_bytes()}
    table = {"name": "a.csv", "mimeType": "text/csv", "buffer": "имя,город\nИван,Москва\n".encode("koi8-r")}
    choose(page, scan, table)
    tiles = waiting(page)
    expect(tiles.first.get_by_role("img", name="No text could be read: its pages are pictures")).to_be_visible()
    assert_clean(page)
    tiles.last.get_by_role("button", name="What a model gets of a.csv").click()
    expect(room.dialog).to_contain_text("was guessed")
    assert_clean(page)
    room.dialog.get_by_label("Letters written as").select_option("KOI8-R")
    room.dialog.get_by_role("button", name="Read again").click()
    expect(room.dialog).to_contain_text("Иван,Москва")
    expect(room.dialog).not_to_contain_text("was guessed")


def test_without_a_script_a_file_goes_with_the_form(new_page, live):
    page = new_page(signed_in(live), java_script_enabled=False)
    room = Room(page, live).open()
    choose(page, NOTES)
    room.composer.fill("Read this")
    page.get_by_role("button", name="Send message").click()
    expect(room.mine.get_by_role("list", name="Files")).to_contain_text("notes.txt")
    page.get_by_role("button", name="What a model gets of notes.txt").click()
    expect(page.locator("body")).to_contain_text("Gayo 40 kg")
