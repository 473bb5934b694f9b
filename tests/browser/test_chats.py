"""What can be done with chats: rename, pin, delete and take back, temporary ones, settings, what fails."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from chats.models import Chat
from tests.browser.chromium import QUICK, Room
from tests.browser.servers import signed_in


def test_a_chat_is_renamed(room):
    room.listed("Prices of coffee")
    room.row_act("Prices of coffee", "Rename…")
    field = room.dialog.get_by_label("Title")
    expect(field).to_be_focused()
    field.fill("March order")
    field.press("Enter")
    expect(room.row("March order")).to_be_visible()
    expect(room.page.get_by_role("heading", level=1)).to_have_text("March order")
    expect(room.dialog).to_have_count(0)
    assert room.page.title().startswith("March order")


def test_a_title_cannot_be_empty(room):
    room.listed("Prices of coffee")
    room.row_act("Prices of coffee", "Rename…")
    field = room.dialog.get_by_label("Title")
    field.evaluate("node => node.removeAttribute('required')")
    field.fill(" ")
    field.press("Enter")
    expect(room.dialog.get_by_text("This field is required.")).to_be_visible()
    expect(room.dialog.get_by_label("Title")).to_be_focused()


def test_a_pinned_chat_stands_first(room):
    room.listed("First chat")
    room.listed("Second chat")
    links = room.chats.get_by_role("listitem").get_by_role("link")
    expect(links).to_contain_text(["Second chat", "First chat"])
    room.row_act("First chat", "Pin")
    expect(links).to_contain_text(["First chat", "Second chat"])
    expect(room.chats.get_by_role("heading", name="Pinned")).to_be_visible()
    room.row_act("First chat", "Unpin")
    expect(room.chats.get_by_role("heading", name="Pinned")).to_have_count(0)


def test_a_deleted_chat_is_taken_back(room):
    room.listed("Keep me")
    address = room.page.url
    room.row_act("Keep me", "Delete")
    room.page.wait_for_url("**/app/")
    expect(room.row("Keep me")).to_have_count(0)
    expect(room.toasts.get_by_text("“Keep me” has been deleted.")).to_be_visible()
    room.toasts.get_by_role("button", name="Undo").click()
    room.page.wait_for_url(address)
    expect(room.row("Keep me")).to_be_visible()
    expect(room.mine).to_have_count(1)


def test_a_temporary_chat_is_not_listed(room):
    room.open()
    room.choose(QUICK)
    room.page.get_by_role("switch", name="Temporary chat").check()
    room.send("Nobody keeps this")
    room.page.wait_for_url("**/app/chats/*/")
    room.ended()
    expect(room.page.get_by_text("Temporary", exact=True)).to_be_visible()
    expect(room.row("Nobody keeps this")).to_have_count(0)


def test_settings_of_a_chat_reach_the_model(room, scripted):
    room.answered("Hello")
    opener = room.page.get_by_role("button", name="Chat settings")
    opener.click()
    room.dialog.get_by_label("System prompt").fill("Answer in one word.")
    room.dialog.get_by_label("Temperature").fill("0.5")
    room.dialog.get_by_role("button", name="Save").click()
    expect(room.toasts.get_by_text("The settings are kept.")).to_be_visible()
    expect(room.dialog).to_have_count(0)
    expect(opener).to_be_focused()
    room.send("Once more")
    expect(room.replies).to_have_count(2)
    room.ended()
    asked = scripted.asked()
    system = asked["messages"][0]
    assert system["role"] == "system"
    assert system["content"].startswith("Answer in one word.\n\nAbout the tools of ")
    assert asked["temperature"] == 0.5


def test_a_wrong_setting_is_told_at_its_field(room):
    room.answered("Hello")
    room.page.get_by_role("button", name="Chat settings").click()
    field = room.dialog.get_by_label("Temperature")
    field.evaluate("node => node.form.noValidate = true")
    field.fill("9")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(room.dialog.get_by_text("Ensure this value is less than or equal to 2")).to_be_visible()


def test_the_list_says_how_many_messages_a_chat_has(room):
    room.listed("Count me")
    expect(room.row("Count me").get_by_role("link")).to_have_accessible_name(re.compile(r"2 messages"))


def test_the_list_goes_on_without_end(room, live):
    room.open()
    email = room.chats.locator("small").filter(has_text="@example.org").text_content()
    ((person,),) = live.sql("SELECT id FROM users WHERE email = %s", email)
    live.insert(*(Chat(user_id=person, title=f"Chat {number:03}", updated_at=timezone.now()) for number in range(100)))
    room.page.reload()
    rows = room.chats.get_by_role("listitem")
    expect(rows).to_have_count(40)
    for count in (80, 100):
        rows.last.scroll_into_view_if_needed()
        expect(rows).to_have_count(count)
    expect(room.chats.get_by_role("heading", name="Today")).to_have_count(1)


def test_text_that_did_not_get_through_comes_back(room):
    room.answered("Hello")
    room.page.route("**/messages/", lambda route: route.abort())
    room.send("Do not lose me")
    expect(room.toasts.get_by_text("Your text is kept; send it again.")).to_be_visible()
    expect(room.composer).to_have_value("Do not lose me")
    room.page.unroute_all()
    room.composer.press("Enter")
    expect(room.mine).to_have_count(2)


def test_a_draft_stays_with_its_chat(room):
    room.answered("Hello")
    room.composer.fill("Half a thought")
    room.page.reload()
    expect(room.composer).to_have_value("Half a thought")
    room.open()
    expect(room.composer).to_have_value("")


def test_a_draft_outlives_its_tab(room):
    room.answered("Hello")
    address = room.page.url.removeprefix(room.live.url)
    room.composer.fill("Half a thought")
    page, context = room.page, room.page.context
    page.close()
    again = Room(context.new_page(), room.live).open(address)
    expect(again.composer).to_have_value("Half a thought")
    again.composer.press("Enter")
    expect(again.mine).to_have_count(2)
    again.page.close()
    third = Room(context.new_page(), room.live).open(address)
    expect(third.mine).to_have_count(2)
    expect(third.composer).to_have_value("")


def test_a_draft_of_a_temporary_chat_ends_with_its_tab(room):
    room.open()
    room.composer.fill("Nobody keeps this")
    room.page.get_by_text("Temporary chat").click()
    assert "Nobody keeps this" not in room.page.evaluate("JSON.stringify(localStorage)")
    room.page.reload()
    expect(room.composer).to_have_value("Nobody keeps this")


def test_a_draft_is_shown_to_nobody_else_and_ends_with_signing_out(room):
    room.open()
    room.composer.fill("Mine alone")
    context, (mine,) = room.page.context, room.page.context.cookies(room.live.url)[:1]
    context.add_cookies([signed_in(room.live)])
    room.page.reload()
    expect(room.composer).to_have_value("")
    context.add_cookies([{name: mine[name] for name in ("name", "value", "domain", "path")}])
    room.page.reload()
    expect(room.composer).to_have_value("Mine alone")
    room.page.get_by_role("button", name="Your account").click()
    room.page.get_by_role("button", name="Sign out").click()
    expect(room.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert "Mine alone" not in room.page.evaluate("JSON.stringify([sessionStorage, localStorage])")


def test_a_starter_fills_the_composer(room):
    room.open()
    room.page.get_by_role("button", name="Explain why the sky is blue").click()
    expect(room.composer).to_have_value("Explain in three short sentences why the sky is blue.")
    expect(room.composer).to_be_focused()


def test_the_theme_changes_at_once_and_stays(room):
    room.open()
    room.page.get_by_role("button", name="Your account").click()
    with room.page.expect_response("**/preferences/"):
        room.page.get_by_role("radio", name="Dark").check(force=True)
    expect(room.page.locator("html")).to_have_attribute("data-theme", "dark")
    room.page.reload()
    expect(room.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_language_changes(room: Room):
    room.open()
    room.page.get_by_role("button", name="Your account").click()
    room.page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(room.page.locator("html")).to_have_attribute("lang", "id")
