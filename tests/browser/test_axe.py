"""axe finds nothing: every page and state, in either theme, on a phone and on a wide window.

Left out: Django's admin, whose markup is Django's own.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.chromium import CUT, DESKTOP, HELD, PHONE, Room
from tests.browser.test_markdown import EVERYTHING

AXE = Axe()
# Two frames for the new look, then the ends of the transitions that it began.
SETTLED = """async () => {
    for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
    const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(moving.map((one) => one.finished));
}"""
ALL = {"resultTypes": ["violations"]}
# Structure is the same in both themes: the second look at a width asks for what colours and sizes change.
LOOK = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}}


def assert_clean(page) -> None:
    """Run axe on the page as it stands in four looks; fail with what it found."""
    found = []
    for scheme, size, options in (
        ("light", DESKTOP, ALL),
        ("dark", DESKTOP, LOOK),
        ("dark", PHONE, ALL),
        ("light", PHONE, LOOK),
    ):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        page.evaluate(SETTLED)
        for violation in AXE.run(page, options=options).response["violations"]:
            nodes = "; ".join(f"{node['target']} {node.get('failureSummary', '')}" for node in violation["nodes"][:3])
            found.append(f"{scheme} {size['width']}: {violation['id']}: {nodes}")
    assert found == []


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/1-wrong/",
        "/nothing/here/",
    ],
)
def test_pages_before_signing_in(page, live, path):
    page.goto(live.url + path)
    assert_clean(page)


def test_a_refused_sign_in(page, live):
    page.goto(f"{live.url}/accounts/login/")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".notice-failed")).to_be_visible()
    assert_clean(page)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/change/",
        "/accounts/logout/",
        "/app/chats/00000000-0000-0000-0000-000000000000/",
        "/app/palette/",
        "/app/chats/",
    ],
)
def test_pages_after_signing_in(room, path):
    room.open(path)
    assert_clean(room.page)


def test_a_new_chat(room):
    room.open()
    assert_clean(room.page)


def test_a_chat_with_everything(room, scripted):
    text = (
        f"Prices\n\n{EVERYTHING}\n\n> Quoted\n\n![Cup](http://192.0.2.7/c.png) and `code` and [link](http://a.example)"
    )
    room.answered("Compare the *prices*", scripted.say(text, reasoning="Let me think."))
    room.body().locator("summary").click()
    room.act(room.replies.last, "Regenerate").click()
    expect(room.page.get_by_text("2/2", exact=True)).to_be_visible()
    room.ended()
    room.choose(CUT)
    room.send("And a broken one")
    expect(room.replies).to_have_count(2)
    room.ended("interrupted")
    assert_clean(room.page)


def test_a_reply_on_its_way_with_a_queue(room):
    room.held()
    room.send("One more thing")
    expect(room.page.locator("[data-queued]")).to_have_count(1)
    assert_clean(room.page)


def _settings(room: Room) -> None:
    room.page.get_by_role("button", name="Chat settings").click()
    expect(room.dialog).to_be_visible()


def _wrong_setting(room: Room) -> None:
    _settings(room)
    field = room.dialog.get_by_label("Temperature")
    field.evaluate("node => node.form.noValidate = true")
    field.fill("9")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")


def _delete(room: Room) -> None:
    room.act(room.mine.last, "Delete message").click()
    expect(room.dialog).to_be_visible()


def _rename(room: Room) -> None:
    room.row_act("Hello", "Rename…")
    expect(room.dialog).to_be_visible()


def _palette(room: Room) -> None:
    room.page.keyboard.press("Control+k")
    expect(room.dialog.get_by_role("option").first).to_be_visible()


def _keys(room: Room) -> None:
    room.page.get_by_role("heading", level=1).click()
    room.page.evaluate("() => document.activeElement.blur()")
    room.page.keyboard.press("?")
    expect(room.dialog).to_be_visible()


def _edit(room: Room) -> None:
    room.act(room.mine.last, "Edit message").click()
    expect(room.page.get_by_role("textbox", name="Edited text")).to_be_focused()


def _figures(room: Room) -> None:
    room.act(room.replies.last, "Details").click()
    expect(room.page.get_by_text("First token after")).to_be_visible()


def _account(room: Room) -> None:
    room.page.get_by_role("button", name="Your account").click()
    expect(room.page.get_by_role("button", name="Sign out")).to_be_visible()


def _picker(room: Room) -> None:
    room.page.get_by_role("button", name="Model", exact=True).click()
    expect(room.page.get_by_role("radio", name=HELD, exact=True)).to_be_visible()


def _toast(room: Room) -> None:
    room.row_act("Hello", "Pin")
    expect(room.toasts.get_by_text("The chat is pinned.")).to_be_visible()


STATES = (_settings, _wrong_setting, _delete, _rename, _palette, _keys, _edit, _figures, _account, _picker, _toast)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.strip("_"))
def test_what_opens_over_a_chat(room, state):
    room.listed("Hello")
    state(room)
    assert_clean(room.page)


def test_the_drawer(phone):
    phone.listed("Hello")
    phone.page.get_by_role("banner").or_(phone.page.get_by_role("main")).get_by_role("button", name="Chats").click()
    expect(phone.chats).to_be_visible()
    assert_clean(phone.page)
