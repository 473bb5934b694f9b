"""What is opened on a page before its picture is taken."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests import corpus
from tests.browser.chromium import Room

SCHEDULE = "Roasting schedule, week 48"  # a chat of the examples
FILES = [
    {"name": "cupping table.png", "mimeType": "image/png", "buffer": corpus.picture(size=(640, 480), color="#8c5a3c")},
    {"name": "orders-week-48.csv", "mimeType": "text/csv", "buffer": b"bean,kg\nGayo,40\nToraja,25\n"},
    {"name": "Letter to the cooperative about the freight surcharge.docx", "mimeType": "", "buffer": corpus.word("Hi")},
]


def _spoken(name: str, parent: str | None, role: str, text: str) -> dict:
    """A message as ChatGPT exports it."""
    said = {"id": name, "author": {"role": role}, "content": {"content_type": "text", "parts": [text]}}
    return {"id": name, "parent": parent, "children": [], "message": said | {"create_time": 1761900000.0}}


def _talk(name: str, title: str) -> dict:
    """A conversation as ChatGPT exports it."""
    nodes = [{"id": "root", "parent": None, "children": [], "message": None}]
    nodes += [_spoken("q", "root", "user", title), _spoken("a", "q", "assistant", "Let us see.")]
    mapping = {node["id"]: node for node in nodes}
    moments = {"create_time": 1761900000.0, "update_time": 1761990000.0}
    return {"conversation_id": name, "title": title, "mapping": mapping, "current_node": "a"} | moments


TALKS = [_talk("c1", "Names for a new blend"), _talk("c2", "Menu for the shop in Dago"), {"title": "Broken"}]
BROUGHT = {"name": "conversations.json", "mimeType": "", "buffer": json.dumps(TALKS).encode()}


def settings(room: Room) -> None:
    room.page.locator(".bar [formaction$='/settings/']").click()  # its name depends on the language
    expect(room.dialog).to_be_visible()


def palette(room: Room) -> None:
    room.page.keyboard.press("Control+k")
    expect(room.dialog.get_by_role("option").first).to_be_visible()


def delete(room: Room) -> None:
    room.act(room.mine.last, "Delete message").click()
    expect(room.dialog).to_be_visible()


def edit(room: Room) -> None:
    room.act(room.mine.last, "Edit message").click()
    expect(room.page.locator(".edit-text")).to_be_focused()


def figures(room: Room) -> None:
    room.act(room.replies.last, "Details").click()
    expect(room.page.locator("dl.figures:visible")).to_be_visible()


def account(room: Room) -> None:
    rail(room)
    room.page.locator("[popovertarget=person-menu]").click()


def picker(room: Room) -> None:
    room.page.locator("#picker-button").click()
    expect(room.page.locator("#picker-results .palette-item").first).to_be_visible()


def tools(room: Room) -> None:
    room.page.locator("#tools-button").click()
    expect(room.dialog).to_be_visible()


def rail(room: Room) -> None:
    if room.page.locator(".bar-menu").is_visible():
        room.page.locator(".bar-menu").click()


def toast(room: Room) -> None:
    settings(room)
    room.dialog.get_by_role("button", name="Save").click()
    expect(room.toasts.locator(".toast")).to_be_visible()


def keys(room: Room) -> None:
    room.page.evaluate("() => document.activeElement.blur()")
    room.page.keyboard.press("?")
    expect(room.dialog).to_be_visible()


def menu(room: Room) -> None:
    rail(room)
    room.row(SCHEDULE).hover()
    room.page.get_by_role("button", name=f"Options for {SCHEDULE}").click()


def place(room: Room) -> None:
    menu(room)
    room.page.locator(".menu:popover-open [formaction$='/folder/']").click()
    expect(room.dialog).to_be_visible()


def pick(room: Room) -> None:
    for box in room.page.locator("[data-pick-one]").all()[:2]:
        box.check()


def find(words: str) -> Callable[[Room], None]:
    def act(room: Room) -> None:
        room.page.keyboard.press("Control+k")
        room.page.keyboard.type(words)
        expect(room.dialog.get_by_role("option").filter(has_text=re.compile(words, re.I)).first).to_be_visible()

    return act


def slash(room: Room) -> None:
    room.composer.fill("")  # the draft of the picture before
    room.composer.press_sequentially("/")
    expect(room.page.locator("#prompts [role=option]:visible").first).to_be_visible()


def variables(room: Room) -> None:
    slash(room)
    room.composer.press_sequentially("answer")
    room.page.keyboard.press("Enter")
    expect(room.dialog).to_be_visible()


def files(room: Room) -> None:
    room.page.get_by_label("Add files").set_input_files(FILES)
    expect(room.page.locator("#files .file:not(.file-uploading)")).to_have_count(len(FILES))


def file(room: Room) -> None:
    room.page.locator("[data-body] ~ .files, .message .files").get_by_role("button").last.click()
    expect(room.dialog).to_be_visible()


def share(room: Room) -> None:
    room.page.locator(".bar [formaction$='/share/']").evaluate("button => button.click()")
    expect(room.dialog).to_be_visible()


def export(room: Room) -> None:
    room.page.locator(".transfer-ways [hx-get$='/export/']").click()
    expect(room.dialog).to_be_visible()


def under_way(room: Room) -> None:
    going = "UPDATE transfer SET status = %s, heartbeat_at = now() WHERE total = 120"
    room.live.sql(going, "running")
    room.page.reload()
    room.live.sql(going, "stopped")  # before the page asks again; one cannot begin another meanwhile


def bring(room: Room) -> None:
    room.page.locator("input[type=file]").set_input_files(BROUGHT)
    room.page.locator(".page-form .button-primary").click()
    expect(room.page.locator(".transfer-list")).to_be_visible()


def end(room: Room) -> None:
    room.page.locator("[name=retention_days]").scroll_into_view_if_needed()


def found(room: Room) -> None:
    room.page.locator("[data-query]").first.evaluate("node => node.scrollIntoView()")


def top(room: Room) -> None:
    room.page.locator("#scroller").evaluate("node => { node.scrollTop = 0; }")


def cell(room: Room) -> None:
    room.page.locator("#cell-2-2").click()


def diagram(room: Room) -> None:
    expect(room.page.locator(".diagram img")).to_be_visible()


def run(room: Room) -> None:
    room.page.get_by_role("button", name="Run").or_(room.page.get_by_role("button", name="Jalankan")).click()
    expect(room.page.locator("#document-ran > *").first).to_be_visible()


def preview(room: Room) -> None:
    room.page.locator("[data-preview-toggle]").click()
    expect(room.page.locator("[data-preview] > *").first).to_be_visible()


def canvas(room: Room) -> None:
    room.page.locator(".document-chip").first.click()
    expect(room.page.locator(".canvas .review")).to_be_visible()


def step(room: Room) -> None:
    """Open the form of a step; on a phone the list is there instead of the canvas."""
    steps = room.page.locator(".react-flow__node, .flow-row", has_text=re.compile(r"^\s*Sort and answer"))
    steps.locator("visible=true").first.click()
    expect(room.page.locator("#side-panel-body [name=messages-0-content]")).to_be_visible()


def difference(room: Room) -> None:
    room.page.locator(".workflow-changed summary").first.click()
