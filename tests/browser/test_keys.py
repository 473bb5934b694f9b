"""The keyboard: every promised key, an order of Tab that follows the page, and a focus that is never lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import CUT, HELD_TEXT, QUICK, Room
from tests.browser.servers import signed_in

FOCUSED = """() => {
    const { id, ariaLabel, textContent } = document.activeElement;
    return id || ariaLabel || textContent.trim();
}"""
RING = "() => ['outlineStyle', 'boxShadow'].map(name => getComputedStyle(document.activeElement)[name]).join()"
IS_INSIDE = "node => node.contains(document.activeElement)"


def test_enter_sends_and_shift_enter_breaks_the_line(room):
    room.open()
    room.choose(QUICK)
    room.composer.focus()
    room.page.keyboard.type("one")
    room.page.keyboard.press("Shift+Enter")
    room.page.keyboard.type("two")
    expect(room.composer).to_have_value("one\ntwo")
    room.page.keyboard.press("Enter")
    room.page.wait_for_url("**/app/chats/*/")
    expect(room.body(room.mine)).to_have_text("one\ntwo", use_inner_text=True)
    room.ended()


def test_enter_in_an_empty_composer_does_nothing(room):
    room.open()
    room.composer.press("Enter")
    room.composer.fill("   ")
    room.composer.press("Enter")
    expect(room.composer).to_have_value("   ")
    assert room.page.url.endswith("/app/")


def test_enter_that_ends_a_composed_word_does_not_send(room):
    room.open()
    room.composer.fill("日本")
    room.composer.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(room.composer).to_have_value("日本")


def test_escape_stops_and_keeps_the_text(room):
    room.held()
    room.composer.press("Escape")
    room.ended("stopped")
    expect(room.body()).to_have_text(HELD_TEXT)


def test_escape_closes_what_is_open_before_it_stops(room):
    room.held()
    room.page.keyboard.press("Control+k")
    expect(room.dialog).to_be_visible()
    room.page.keyboard.press("Escape")
    expect(room.dialog).to_have_count(0)
    expect(room.replies.last).to_have_attribute("aria-busy", "true")
    room.page.keyboard.press("Escape")
    room.ended("stopped")


def test_arrow_up_edits_the_last_message_only_in_an_empty_composer(room):
    room.answered("Hello")
    room.composer.fill("Draft")
    room.composer.press("ArrowUp")
    expect(room.page.get_by_role("textbox", name="Edited text")).to_have_count(0)
    room.composer.fill("")
    room.composer.press("ArrowUp")
    expect(room.page.get_by_role("textbox", name="Edited text")).to_have_value("Hello")


def test_ctrl_k_finds_a_chat(room):
    room.listed("Prices of coffee")
    room.listed("Roasting schedule")
    room.page.keyboard.press("Control+k")
    field = room.page.get_by_role("combobox", name="Search chats and actions")
    expect(field).to_be_focused()
    found = room.dialog.get_by_role("option")
    expect(found.filter(has_text="Roasting schedule")).to_be_visible()
    field.fill("coffee")
    expect(found.first).to_have_text("Prices of coffee")
    expect(found.filter(has_text="Roasting schedule")).to_have_count(0)
    expect(found.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(room.page.get_by_role("heading", level=1)).to_have_text("Prices of coffee")


def test_ctrl_shift_o_begins_a_chat(room):
    room.answered("Hello")
    room.composer.press("Control+Shift+O")
    room.page.wait_for_url("**/app/")
    expect(room.composer).to_be_focused()


PRESS = """(given) => !document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {ctrlKey: true, bubbles: true, cancelable: true, ...given}))"""


#: What Ctrl+K says on layouts: Russian, Greek, Arabic, Hebrew, Thai, Korean, Dvorak; and what is none there.
OURS = (("л", "KeyK"), ("κ", "KeyK"), ("ن", "KeyK"), ("ל", "KeyK"), ("า", "KeyK"), ("ㅏ", "KeyK"), ("k", "KeyV"))
NOT_OURS = (("t", "KeyK"), ("'", "KeyK"), ("л", "KeyG"))


def test_ctrl_k_is_a_letter_on_every_layout(room):
    room.open()
    for key, code in NOT_OURS:
        assert not room.page.evaluate(PRESS, {"key": key, "code": code}), key
    expect(room.dialog).to_have_count(0)
    for key, code in OURS:
        assert room.page.evaluate(PRESS, {"key": key, "code": code}), key
        expect(room.dialog).to_be_visible()
        room.page.keyboard.press("Escape")
        expect(room.dialog).to_have_count(0)


def test_ctrl_shift_o_on_a_russian_layout(room):
    room.answered("Hello")
    assert room.page.evaluate(PRESS, {"key": "Щ", "code": "KeyO", "shiftKey": True})
    room.page.wait_for_url("**/app/")


def test_a_key_that_has_no_name_is_none(room):
    room.open()
    room.page.evaluate("document.activeElement.dispatchEvent(new Event('keydown', {bubbles: true}))")
    expect(room.dialog).to_have_count(0)  # an error of a script fails the test by itself


def test_on_a_mac_ctrl_stays_with_the_fields(new_page, live):
    page = new_page(signed_in(live))
    page.add_init_script("""Object.defineProperty(Navigator.prototype, "platform", {get: () => "MacIntel"});
        Object.defineProperty(Navigator.prototype, "userAgentData", {get: () => undefined});""")
    room = Room(page, live).open()
    assert not page.evaluate(PRESS, {"key": "k", "code": "KeyK"})
    expect(room.dialog).to_have_count(0)
    expect(page.locator(".rail kbd").filter(has_text="K")).to_have_text("⌘ K")
    assert page.evaluate(PRESS, {"key": "k", "code": "KeyK", "ctrlKey": False, "metaKey": True})
    expect(room.dialog).to_be_visible()


def test_question_mark_lists_the_keys_unless_somebody_writes(room):
    room.open()
    room.composer.press("?")
    expect(room.dialog).to_have_count(0)
    room.composer.fill("")
    room.page.get_by_role("button", name="Workspace: Personal").focus()
    room.page.keyboard.press("?")
    expect(room.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    room.page.keyboard.press("Escape")
    expect(room.page.get_by_role("button", name="Workspace: Personal")).to_be_focused()


@pytest.mark.parametrize(
    ("opener", "name"), [("Chat settings", "Chat settings"), ("Delete message", "Delete this message?")]
)
def test_the_focus_goes_into_a_dialog_and_back(room, opener, name):
    room.answered("Hello")
    button = room.page.get_by_role("button", name=opener, exact=True).last
    button.focus()
    room.page.keyboard.press("Enter")
    dialog = room.page.get_by_role("dialog", name=name)
    expect(dialog).to_be_visible()
    assert dialog.evaluate(IS_INSIDE)
    for _ in range(12):  # more steps than it has places: the focus stays inside or leaves for the browser
        room.page.keyboard.press("Tab")
        assert dialog.evaluate(f"{IS_INSIDE} || document.activeElement === document.body")
    if not dialog.evaluate(IS_INSIDE):
        room.page.keyboard.press("Tab")
    room.page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_tab_walks_the_page_in_its_order_and_each_stop_is_seen(room):
    room.answered("Hello")
    _from_the_top(room)
    seen, rings = [], []
    while len(seen) < 40:
        room.page.keyboard.press("Tab")
        seen.append(room.page.evaluate(FOCUSED))
        if seen[-1] == "composer-text":
            break
        rings.append((seen[-1], room.page.evaluate(RING)))
    assert [name for name, ring in rings if ring == "none,none"] == []
    wanted = [
        "Skip to the content",
        "New chat",
        "Search",
        "Your account",
        "picker-button",
        "Chat settings",
        "composer-text",
    ]
    places = [next(i for i, name in enumerate(seen) if name.startswith(start)) for start in wanted]
    assert places == sorted(places)


def test_the_skip_link_leads_to_the_content(room):
    room.open()
    _from_the_top(room)
    room.page.keyboard.press("Tab")
    room.page.keyboard.press("Enter")
    expect(room.page.get_by_role("main")).to_be_focused()


def _from_the_top(room) -> None:
    """Open the same page with a place named: then the composer does not take the focus."""
    room.page.goto(f"{room.page.url}#top")
    room.page.reload()
    expect(room.composer).not_to_be_focused()


def test_the_picker_is_walked_by_arrows(room):
    room.answered("Hello")
    room.picker().focus()
    room.page.keyboard.press("Enter")
    finder = room.page.get_by_role("combobox", name="Search models and agents")
    expect(finder).to_be_focused()
    expect(finder).to_have_attribute("aria-activedescendant", "picker-1-1")
    room.page.keyboard.press("ArrowDown")
    expect(finder).to_have_attribute("aria-activedescendant", "picker-1-2")
    room.page.keyboard.type(CUT)
    expect(finder).to_have_attribute("aria-activedescendant", "picker-1-1")
    expect(room.option(CUT)).to_have_attribute("aria-selected", "true")
    room.page.keyboard.press("Enter")
    expect(room.page.locator("#picker")).to_be_hidden()
    expect(room.page.locator("#picker-words")).to_have_text(CUT)
    expect(room.picker()).to_be_focused()


def test_the_button_for_a_new_chat_answers_to_the_space_bar(room):
    room.answered("Hello")
    room.page.get_by_role("button", name="New chat", exact=True).focus()
    room.page.keyboard.press("Space")
    room.page.wait_for_url("**/app/")
    expect(room.composer).to_be_visible()
