"""Keeping chats by hand: dragged into folders, moved by the keyboard, tagged by typing, picked in the library."""

import pytest
from playwright.sync_api import expect

from chats.models import Chat, Folder
from teams.models import User
from tests.browser.axe import assert_clean


@pytest.fixture
def mine(room):
    """Give the person chats and folders, by title and name."""

    def keep(*titles: str, folders: tuple[str, ...] = ()) -> None:
        pk = room.live.sql("SELECT id FROM users ORDER BY id DESC LIMIT 1")[0][0]  # the newest, who has the room
        made = [Folder(user=User(pk=pk), name=name) for name in folders]
        room.live.insert(*made, *(Chat(user=User(pk=pk), title=title) for title in titles))
        room.open()

    return keep


def folder(room, name: str):
    """A folder in the rail."""
    return room.page.locator("#folders [data-folder]").filter(has_text=name)


def test_chats_and_folders_are_dragged_into_folders(room, mine):
    mine("Prices of coffee", folders=("Clients", "Work"))
    room.row("Prices of coffee").get_by_role("link").drag_to(folder(room, "Clients"))
    expect(folder(room, "Clients")).to_contain_text("1 chat")
    folder(room, "Clients").get_by_role("link").drag_to(folder(room, "Work"))
    expect(folder(room, "Clients")).to_have_attribute("data-depth", "2")
    fold = folder(room, "Work").get_by_role("button", name="Folders in Work")
    fold.click()
    expect(folder(room, "Clients")).to_be_hidden()
    room.open()
    expect(folder(room, "Clients")).to_be_hidden()
    fold.click()
    folder(room, "Clients").get_by_role("link").drag_to(room.page.locator(".folders-head"))
    expect(folder(room, "Clients")).to_have_attribute("data-depth", "1")


def test_a_chat_is_moved_to_a_folder_by_the_keyboard(room, mine):
    mine("Prices of coffee", folders=("Clients",))
    room.row("Prices of coffee").get_by_role("link").click()
    room.page.get_by_role("button", name="Options for Prices of coffee").focus()
    room.page.keyboard.press("Enter")
    room.page.get_by_role("button", name="Move to folder…").focus()
    room.page.keyboard.press("Enter")
    room.dialog.get_by_role("radio", name="No folder").focus()
    room.page.keyboard.press("ArrowDown")
    room.page.keyboard.press("Enter")
    expect(folder(room, "Clients")).to_contain_text("1 chat")
    expect(room.toasts).to_contain_text("The chat lies in “Clients” now.")
    expect(room.page.get_by_role("main").get_by_role("link", name="Clients")).to_be_visible()


def test_tags_are_typed_above_a_chat(room, mine):
    mine("Prices of coffee")
    room.row("Prices of coffee").get_by_role("link").click()
    field = room.page.get_by_role("combobox", name="Add a tag")
    for name in ("Coffee", "March"):
        field.fill(name)
        field.press("Enter")
        expect(room.page.locator("#chat-tags").get_by_role("link", name=name)).to_be_visible()
        expect(field).to_be_focused()
    field.press("Backspace")
    expect(room.page.locator("#chat-tags").get_by_role("link")).to_have_text(["Coffee"])
    assert_clean(room.page)


def test_chats_are_picked_with_shift_deleted_together_and_taken_back(room, mine):
    mine(*(f"Chat {letter}" for letter in "ABCDE"), folders=("Work",))
    room.open("/app/chats/")
    boxes = room.page.locator("[data-pick-one]")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(room.page.locator("[data-pick-count]")).to_have_text("3 / 5")
    assert_clean(room.page)
    room.page.set_viewport_size({"width": 1440, "height": 900})
    room.page.get_by_role("main").get_by_role("button", name="Delete", exact=True).click()
    expect(boxes).to_have_count(2)
    room.toasts.get_by_role("button", name="Undo").click()
    expect(boxes).to_have_count(5)
    room.page.get_by_label("Choose all on this page").check()
    room.page.get_by_role("button", name="Folder…").click()
    room.dialog.get_by_role("radio", name="Work").check()
    room.dialog.get_by_role("button", name="Save").click()
    expect(folder(room, "Work")).to_contain_text("5 chats")
