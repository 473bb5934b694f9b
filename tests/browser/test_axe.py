"""axe finds nothing: every page and state, in either theme, on a phone and on a wide window.

Left out: Django's admin, whose markup is Django's own.
"""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import CUT, HELD, Room
from tests.browser.servers import signed_in
from tests.browser.test_markdown import EVERYTHING

ERRORS = """
import json
from django.test import RequestFactory
from sambung import errors
request = RequestFactory().get("/")
request.id = "0123456789ab"
views = [errors.bad_request, errors.forbidden, errors.not_found, errors.server_error]
views += [errors.unavailable, errors.no_room]
print(json.dumps({page.status_code: page.content.decode() for page in (view(request) for view in views)}))
"""


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/login/code/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/1-wrong/",
    ],
)
def test_pages_before_signing_in(page, live, path):
    page.goto(live.url + path)
    assert_clean(page)


@pytest.fixture(scope="module")
def errors(live) -> dict[str, str]:
    """The error pages, with the addresses of the web process's own styles, by status."""
    return json.loads(live.manage(ERRORS))


@pytest.mark.parametrize("status", ["400", "403", "404", "500", "503", "507"])
def test_error_pages(page, live, errors, status):
    page.route("**/broken/", lambda route: route.fulfill(body=errors[status], content_type="text/html"))
    page.goto(f"{live.url}/broken/")
    expect(page.get_by_text(f"Error {status}")).to_be_visible()
    assert_clean(page)


def test_a_refused_sign_in(page, live):
    page.goto(f"{live.url}/accounts/login/")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".notice-failed")).to_be_visible()
    assert_clean(page)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/",
        "/accounts/email/",
        "/accounts/factors/",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/app/palette/",
        "/app/chats/",
        "/app/keys/",
        "/app/keys/new/",
        "/app/keys/new/?provider=openai",
        "/app/models/",
        "/app/models/defaults/",
        "/app/agents/",
        "/app/agents/new/",
        "/app/agents/import/",
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
    room.picker().click()
    expect(room.option(HELD)).to_be_visible()


def _toast(room: Room) -> None:
    room.row_act("Hello", "Pin")
    expect(room.toasts.get_by_text("The chat is pinned.")).to_be_visible()


# The last one changes the chat.
STATES = (_settings, _wrong_setting, _delete, _rename, _palette, _keys, _edit, _figures, _account, _picker, _toast)


@pytest.fixture(scope="module")
def furnished(desks, live) -> tuple[dict, str]:
    """A person's cookie and the address of their chat."""
    cookie = signed_in(live)
    room = Room(desks.new_page(cookie), live)
    room.listed("Hello")
    address = room.page.url
    desks.clear()
    return cookie, address


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.strip("_"))
def test_what_opens_over_a_chat(new_page, live, furnished, state):
    cookie, address = furnished
    room = Room(new_page(cookie), live)
    room.page.goto(address)
    state(room)
    assert_clean(room.page)


def test_the_drawer(phone):
    phone.listed("Hello")
    phone.page.get_by_role("banner").or_(phone.page.get_by_role("main")).get_by_role("button", name="Chats").click()
    expect(phone.chats).to_be_visible()
    assert_clean(phone.page)
