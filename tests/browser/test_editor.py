"""The editor of texts and code: what others save comes in, keys, its search, pictures; fingers keep the textarea."""

import base64

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import corpus
from tests.browser.axe import assert_clean
from tests.browser.chromium import Room

TEXT = "# Plan\n\nGayo\n\nToraja\n\nKerinci\n"


def editor(page: Page) -> Locator:
    return page.locator(".document-editor").get_by_role("textbox", name="Text", exact=True)


def source(page: Page) -> Locator:
    return page.locator("textarea[name=content]")


def edit(room: Room, content: str = TEXT, title: str = "Plan", **more: str) -> Page:
    """The form of a new document."""
    room.post("/app/documents/new/", title=title, content=content, **more)
    room.open("/app/documents/").page.get_by_role("link", name=title).click()
    room.page.get_by_role("link", name="Edit", exact=True).click()
    room.page.wait_for_url("**/edit/")
    return room.page


@pytest.fixture
def form(room) -> Page:
    page = edit(room)
    expect(editor(page)).to_be_visible()
    return page


def save_elsewhere(room: Room, *changes: tuple[str, str]) -> None:
    """Somebody else changes words of the first version."""
    content = TEXT
    for before, after in changes:
        content = content.replace(before, after)
    path = room.page.url.removeprefix(room.live.url).replace("/edit/", "/save/")
    assert room.post(path, base="1", seen="Plan", title="Plan", content=content).json()["state"] == "saved"


def test_it_is_the_field_with_its_marks_in_colours(form):
    expect(source(form)).to_be_hidden()
    expect(editor(form)).to_contain_text("Toraja")
    weight = "found => getComputedStyle(found).fontWeight"
    assert form.get_by_text("Plan", exact=True).and_(form.locator(".cm-line span")).evaluate(weight) == "700"
    assert_clean(form)


def test_what_others_save_comes_in_without_typing_and_the_cursor_stays(form, room):
    editor(form).click()
    form.keyboard.press("Control+Home")
    for _ in range(4):
        form.keyboard.press("ArrowDown")
    form.keyboard.press("End")
    save_elsewhere(room, ("Gayo", "Gayo from the north\nand more"))
    save_elsewhere(room, ("Gayo", "Gayo from the north\nand more"), ("Kerinci", "Kerinci too"))
    theirs = TEXT.replace("Gayo", "Gayo from the north\nand more").replace("Kerinci", "Kerinci too")
    expect(source(form)).to_have_value(theirs)
    form.keyboard.type(", here")
    expect(source(form)).to_have_value(theirs.replace("Toraja", "Toraja, here"))
    expect(form.locator("[data-save-state]")).to_have_text("Saved")
    form.keyboard.press("Control+z")
    expect(source(form)).to_have_value(theirs)
    expect(form.locator("[data-save-state]")).to_have_text("Saved")


def test_two_who_type_see_one_anothers_words(form):
    other = form.context.new_page()
    other.goto(form.url)
    editor(other).click()
    other.keyboard.press("Control+End")
    other.keyboard.type("Theirs")
    editor(form).click()
    form.keyboard.press("Control+Home")
    form.keyboard.type("Ours ")
    for page in (form, other):
        expect(source(page)).to_have_value(f"Ours {TEXT}Theirs")
    other.close()


def test_nothing_comes_in_while_an_input_method_is_at_work(form, room):
    form.clock.install()
    form.reload()
    expect(editor(form)).to_be_visible()
    editor(form).click()
    form.keyboard.press("Control+End")
    typing = form.context.new_cdp_session(form)
    typing.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    save_elsewhere(room, ("Gayo", "Gayo from the north"))
    asked = []
    form.on("request", lambda request: asked.append(request.url))
    form.clock.run_for(6_000)
    typing.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    assert not [url for url in asked if "/current/" in url]
    assert "from the north" not in source(form).input_value()
    typing.send("Input.insertText", {"text": "日本"})
    form.clock.resume()
    expect(source(form)).to_have_value(f"{TEXT}日本".replace("Gayo", "Gayo from the north"))


def test_signs_of_two_units_stay_whole(form, room):
    editor(form).click()
    form.keyboard.press("Control+End")
    form.keyboard.insert_text("😀é")
    expect(form.locator("[data-save-state]")).to_have_text("Saved")
    save_elsewhere(room, ("Gayo", "Gayo 😀👍🏽"))
    form.keyboard.insert_text("!")
    whole = f"{TEXT}😀é!".replace("Gayo", "Gayo 😀👍🏽")
    expect(source(form)).to_have_value(whole)
    expect(form.locator("[data-save-state]")).to_have_text("Saved")
    form.reload()
    expect(source(form)).to_have_value(whole)


def test_lists_go_on_and_code_is_indented(form, room):
    editor(form).click()
    form.keyboard.press("Control+End")
    form.keyboard.type("- one\ntwo")
    expect(source(form)).to_have_value(f"{TEXT}- one\n- two")
    expect(form.locator("[data-save-state]")).to_have_text("Saved")
    page = edit(room, "", "Code", kind="code", language="python")
    editor(page).click()
    page.keyboard.press("Tab")
    page.keyboard.type("x = 1")
    expect(source(page)).to_have_value("    x = 1")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(editor(page)).not_to_be_focused()
    expect(page.locator("[data-save-state]")).to_have_text("Saved")


def test_it_is_searched_in_words_of_ours(form):
    editor(form).click()
    form.keyboard.press("Control+f")
    form.get_by_placeholder("Find").fill("Toraja")
    form.get_by_placeholder("Replace with").fill("Bajawa")
    form.get_by_role("button", name="Replace all", exact=True).click()
    expect(source(form)).to_have_value(TEXT.replace("Toraja", "Bajawa"))
    expect(form.locator("[data-save-state]")).to_have_text("Saved")
    assert_clean(form)


def test_fingers_write_in_the_textarea(phone):
    page = edit(phone)
    expect(source(page)).to_be_visible()
    source(page).fill("typed by thumbs")
    expect(page.locator("[data-save-state]")).to_have_text("Saved")
    expect(page.locator(".document-editor")).to_have_count(0)


# ---- pictures -------------------------------------------------------------------------------------------
HAND_OVER = """([name, given]) => {
    const data = new DataTransfer(), bytes = Uint8Array.from(atob(given), (sign) => sign.charCodeAt(0));
    data.items.add(new File([bytes], "map.png", { type: "image/png" }));
    const field = document.querySelector(".document-editor").shadowRoot.querySelector(".cm-content");
    const told = { bubbles: true, cancelable: true, composed: true };
    field.dispatchEvent(name === "paste"
        ? new ClipboardEvent("paste", { ...told, clipboardData: data })
        : new DragEvent("drop", { ...told, dataTransfer: data }));
}"""


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_picture_is_described_and_stands_in_the_text(form, way):
    editor(form).click()
    form.keyboard.press("Control+End")
    form.evaluate(HAND_OVER, [way, base64.b64encode(corpus.picture()).decode()])
    dialog = form.get_by_role("dialog", name="Add a picture")
    dialog.get_by_label("What does it show?").fill("A red map")
    assert_clean(form)
    dialog.get_by_role("button", name="Add", exact=True).click()
    form.get_by_role("button", name="Preview").click()
    picture = form.get_by_role("img", name="A red map")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 40)
    expect(form.locator("[data-save-state]")).to_have_text("Saved")
    assert "![A red map](picture:" in source(form).input_value()


def test_what_is_no_picture_is_told_in_the_dialog(form):
    chooser = form.locator("[data-picture-file]")
    chooser.set_input_files({"name": "broken.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n broken"})
    dialog = form.get_by_role("dialog", name="Add a picture")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("broken.png")
    dialog.get_by_role("button", name="Cancel").click()
    expect(source(form)).to_have_value(TEXT)
