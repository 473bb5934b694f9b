"""What can be done with messages: edit, copy, delete, look closer."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import QUICK


def test_a_message_is_edited_as_a_branch(room, scripted):
    room.answered("Hello", scripted.say("First answer"))
    scripted.say("Second answer")
    room.composer.press("ArrowUp")
    edit = room.page.get_by_role("textbox", name="Edited text")
    expect(edit).to_be_focused()
    expect(edit).to_have_value("Hello")
    edit.fill("Hello again")
    room.page.get_by_role("button", name="Save and send").click()
    expect(room.body(room.mine.last)).to_have_text("Hello again")
    expect(room.body()).to_have_text("Second answer")
    room.ended()
    expect(room.mine.last.get_by_text("2/2", exact=True)).to_be_visible()
    room.act(room.mine.last, "Previous variant").click()
    expect(room.body(room.mine.last)).to_have_text("Hello")
    expect(room.body()).to_have_text("First answer")


def test_an_edit_is_left_by_escape_and_the_focus_goes_back(room):
    room.answered("Hello")
    room.act(room.mine.last, "Edit message").click()
    expect(room.page.get_by_role("textbox", name="Edited text")).to_be_focused()
    room.page.keyboard.press("Escape")
    expect(room.body(room.mine.last)).to_have_text("Hello")
    expect(room.act(room.mine.last, "Edit message")).to_be_focused()


def test_the_focus_goes_back_though_something_else_settles_first(room):
    room.answered("Hello")
    room.act(room.mine.last, "Edit message").click()
    expect(room.page.get_by_role("textbox", name="Edited text")).to_be_focused()
    held = []
    room.page.route("**/messages/**", lambda route: held.append(route))
    with room.page.expect_request("**/messages/**"):
        room.page.keyboard.press("Escape")
    room.page.evaluate("htmx.trigger(document.body, 'htmx:afterSettle', {requestConfig: {elt: document.body}})")
    for route in held:
        route.continue_()
    expect(room.act(room.mine.last, "Edit message")).to_be_focused()


def test_an_empty_edit_is_refused_in_words(room):
    room.answered("Hello")
    room.act(room.mine.last, "Edit message").click()
    edit = room.page.get_by_role("textbox", name="Edited text")
    edit.fill("   ")
    edit.press("Control+Enter")
    expect(room.page.get_by_role("alert").filter(has_text="Write a message first.")).to_be_visible()
    expect(room.page.get_by_role("textbox", name="Edited text")).to_be_focused()


def test_a_reply_is_edited_as_a_variant(room, scripted):
    room.answered("Hello", scripted.say("Written by the *model*"))
    room.act(room.replies.last, "Edit message").click()
    edit = room.page.get_by_role("textbox", name="Edited text")
    expect(edit).to_have_value("Written by the *model*")
    edit.fill("Written by **me**")
    room.page.get_by_role("button", name="Save", exact=True).click()
    expect(room.body().locator("strong")).to_have_text("me")
    expect(room.page.get_by_text("2/2", exact=True)).to_be_visible()
    expect(room.replies.last.get_by_text("Edited by Alice Owner.")).to_be_visible()
    assert scripted.get("/_stats")["asked"].get("fake-plain-n1", 0) <= 2  # the reply and perhaps a title, no more


@pytest.fixture
def copying(room):
    """A page that may use the clipboard; gives what is in it."""
    room.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lambda: room.page.evaluate("() => navigator.clipboard.readText()")


def test_a_message_is_copied_as_it_was_written(room, scripted, copying):
    text = "A **bold** word\n\n- one\n- two\n"
    article = room.answered("Hello", scripted.say(text))
    room.act(article, "Copy message").click()
    expect(room.page.get_by_text("Copied", exact=True)).to_be_attached()
    assert copying().strip() == text.strip()


def test_a_code_block_is_copied_without_its_frame(room, scripted, copying):
    code = "def change(old, new):\n    return (new - old) / old"
    room.answered("Hello", scripted.say(f"Look:\n\n```python\n{code}\n```\n"))
    room.page.get_by_role("button", name="Copy code").click()
    expect(room.page.get_by_text("Copied", exact=True).first).to_be_attached()
    assert copying().strip("\n") == code


def test_deleting_asks_first_and_takes_what_follows(room, scripted):
    room.answered("First")
    room.send("Second")
    expect(room.replies).to_have_count(2)
    room.ended()
    room.act(room.mine.nth(1), "Delete message").click()
    expect(room.dialog).to_contain_text("The message after it goes as well. This cannot be undone.")
    room.dialog.get_by_role("link", name="Cancel").click()
    expect(room.dialog).to_have_count(0)
    expect(room.act(room.mine.nth(1), "Delete message")).to_be_focused()
    expect(room.replies).to_have_count(2)
    room.act(room.mine.nth(1), "Delete message").click()
    room.dialog.get_by_role("button", name="Delete").click()
    expect(room.replies).to_have_count(1)
    expect(room.mine).to_have_count(1)
    expect(room.dialog).to_have_count(0)


def test_figures_of_a_reply_come_on_demand(room):
    article = room.answered("Hello", QUICK)
    room.act(article, "Details").click()
    figures = article.locator("dl")
    expect(figures.get_by_text("Tokens written")).to_be_visible()
    expect(figures).to_contain_text(re.compile(r"Tokens written\s*20"))
    expect(figures).to_contain_text(re.compile(r"Cost\s*not known"))
    room.page.keyboard.press("Escape")
    expect(figures).to_be_hidden()
    expect(room.act(article, "Details")).to_be_focused()
