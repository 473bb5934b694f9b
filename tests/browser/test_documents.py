"""Documents in the browser: written, edited in two tabs, put together, compared, restored, deleted, taken back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import chromium
from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in

TEXT = "First line.\n\nThe quick fox jumps.\n\nLast line.\n"


@pytest.fixture(params=["desk", "phone"])
def writer(request, new_page, live) -> Room:
    """Somebody with documents to write, at a desk or on a phone."""
    options = {"viewport": chromium.PHONE, "has_touch": True, "is_mobile": True} if request.param == "phone" else {}
    return Room(new_page(signed_in(live), **options), live)


IS_READY = "() => matchMedia('(pointer: coarse)').matches || document.querySelector('[data-editor]').hidden"


def write(page: Page, text: str, title: str = "", *, has_scripts: bool = True) -> None:
    """Fill in the form of a document, and save it. With scripts and a mouse the editor comes first."""
    if has_scripts:
        page.wait_for_function(IS_READY)
    page.get_by_label(re.compile("^(Text|Sheet)$")).fill(text)
    if title:
        page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Save", exact=True).click()


def source(page: Page) -> Locator:
    """The form's value, whether the textarea is shown or the editor in its place."""
    return page.locator("textarea[name=content]")


def looks_away(page: Page) -> None:
    """Have a page not see what others save."""
    page.route("**/current/*", lambda route: route.abort())


def fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    wider = "() => document.querySelector('.scroller').scrollWidth - document.querySelector('.scroller').clientWidth"
    assert page.evaluate(wider) == 0


def test_from_the_first_line_to_undo(writer):
    page = writer.page
    writer.open("/app/documents/")
    page.get_by_role("button", name="New document").click()
    page.locator("#document-kinds").get_by_role("link", name="Text").click()
    write(page, TEXT, title="The fox")
    expect(page.get_by_role("heading", name="The fox")).to_be_visible()
    expect(writer.toasts).to_contain_text("“The fox” is saved.")
    fits(page)
    _merge_two_tabs(writer)
    _collide_in_two_tabs(writer)
    _compare_and_restore(page)
    page.get_by_role("button", name="Options for The fox").click()
    page.locator(".menu:popover-open").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="The fox")).to_have_count(0)
    writer.toasts.get_by_role("button", name="Undo").click()
    expect(page.locator(".document-text")).to_contain_text("Erste line.")


def _merge_two_tabs(writer: Room) -> None:
    page = writer.page
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_label("Title")).to_have_value("The fox")
    looks_away(page)
    other = page.context.new_page()
    other.goto(page.url)
    write(other, TEXT.replace("quick", "slow"))
    expect(other.locator(".document-text")).to_contain_text("The slow fox jumps.")
    other.close()
    write(page, TEXT.replace("jumps", "sleeps"))
    expect(writer.toasts).to_contain_text("with what others have saved meanwhile")
    expect(page.locator(".document-text")).to_contain_text("The slow fox sleeps.")


def _collide_in_two_tabs(writer: Room) -> None:
    page = writer.page
    page.get_by_role("link", name="Edit", exact=True).click()
    other = page.context.new_page()
    other.goto(page.url)
    looks_away(other)
    other.route("**/save/", lambda route: route.abort())  # what is written there is saved by its button alone
    other.wait_for_function(IS_READY)
    field(other).fill(TEXT.replace("First", "Erste"))
    write(page, TEXT.replace("First", "Prima"))
    expect(page.locator(".document-text")).to_contain_text("Prima line.")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("Both texts are kept")
    expect(source(other)).to_have_value(TEXT.replace("First line.", "Prima line.\nErste line."))
    fits(other)
    assert_clean(other)
    other.close()


def _compare_and_restore(page: Page) -> None:
    page.get_by_role("link", name="Versions").click()
    aside = page.get_by_role("listitem").filter(has_text="Kept aside")
    aside.get_by_role("radio", name="Compare from").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", name="Compared")).to_be_visible()
    expect(page.get_by_role("figure", name="What changed")).to_contain_text("Erste")
    fits(page)
    assert_clean(page)
    aside.get_by_role("button", name="Restore").click()
    expect(page.locator(".document-text")).to_contain_text("Erste line.")


def test_words_that_are_not_saved_are_not_left_by_chance(form):
    leaves = "() => window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    form.route("**/save/", lambda route: route.abort())
    assert form.evaluate(leaves)
    field(form).press_sequentially("two ")
    assert not form.evaluate(leaves)
    form.keyboard.press("Control+s")
    expect(form.locator(".document-text")).to_contain_text("two")


def test_documents_are_filed_and_found(room):
    room.post("/app/documents/new/", title="Beans", content="Gayo and Toraja")
    room.open("/app/documents/").page.get_by_role("main").get_by_role("button", name="New folder").click()
    room.dialog.get_by_label("Name").fill("Coffee")
    room.dialog.get_by_role("button", name="Make folder").click()
    expect(room.page.get_by_text("No documents lie here.")).to_be_visible()
    room.open("/app/documents/").page.get_by_role("link", name="Beans").click()
    room.page.get_by_role("button", name="Options for Beans").click()
    room.page.get_by_role("button", name="Move to folder…").click()
    room.dialog.get_by_label("Coffee").check()
    room.dialog.get_by_role("button", name="Move").click()
    expect(room.toasts).to_contain_text("The document lies in “Coffee” now.")
    room.open("/app/documents/")
    expect(room.page.get_by_role("link", name="Beans")).to_have_count(0)
    room.page.get_by_role("searchbox", name="Search documents").fill("toraja")
    expect(room.page.get_by_role("link", name="Beans")).to_be_visible()
    assert_clean(room.page)


@pytest.mark.parametrize("kind", ["Code", "Sheet"])
def test_code_and_sheets_without_scripts(new_page, live, kind):
    page = new_page(signed_in(live), java_script_enabled=False)
    page.goto(f"{live.url}/app/documents/")
    page.get_by_role("main").get_by_role("link", name=kind).click()
    write(page, "a,b\n1,2\n", title="Plan", has_scripts=False)
    expect(page.get_by_role("cell", name="2") if kind == "Sheet" else page.locator(".code")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    write(page, "a,b\n1,3\n", has_scripts=False)
    expect(page.locator(".document-text")).to_contain_text("3")


@pytest.fixture
def form(room) -> Page:
    """The form of a document with one line."""
    room.post("/app/documents/new/", title="Plan", content="one\n")
    room.open("/app/documents/").page.get_by_role("link", name="Plan").click()
    room.page.get_by_role("link", name="Edit", exact=True).click()
    room.page.wait_for_url("**/edit/")  # and for its scripts
    room.page.wait_for_function(IS_READY)
    return room.page


def field(page: Page) -> Locator:
    return page.get_by_label("Text", exact=True)


def state(page: Page) -> Locator:
    return page.locator("[data-save-state]")


def test_what_is_written_is_saved_by_itself(form):
    field(form).press("Control+End")
    field(form).press_sequentially("two")
    expect(state(form)).to_have_text("Saved")
    form.reload()
    expect(source(form)).to_have_value("one\ntwo")
    expect(form.locator("[data-draft]")).to_be_hidden()


def test_what_was_typed_before_the_scripts_came_is_saved_as_well(form):
    held, script = [], "**/js/documents*.js"
    form.route(script, lambda route: held.append(route))
    with form.expect_request(script):
        form.reload(wait_until="commit")
    field(form).fill("one\nearly\n")
    expect(state(form)).to_have_text("")
    (route,) = held
    route.continue_()
    expect(state(form)).to_have_text("Saved")
    form.unroute(script)
    form.reload()
    expect(source(form)).to_have_value("one\nearly\n")


def test_what_others_save_comes_into_the_text_and_the_cursor_stays(form):
    other = form.context.new_page()
    other.goto(form.url)
    write(other, "zero\none\n")
    field(form).press("Control+End")
    field(form).press_sequentially("two")
    expect(source(form)).to_have_value("zero\none\ntwo")
    expect(state(form)).to_have_text("Saved")
    field(form).press_sequentially(" three")
    expect(source(form)).to_have_value("zero\none\ntwo three")
    other.close()


def test_without_a_server_the_text_stays_in_the_browser(form):
    form.route("**/save/", lambda route: route.abort())
    field(form).fill("one\nkept\n")
    expect(state(form)).to_contain_text("Your text is kept in this browser.")
    form.unroute("**/save/")
    expect(state(form)).to_have_text("Saved")


def test_text_of_a_browser_that_died_is_offered_again(form, room):
    form.route("**/save/", lambda route: route.abort())
    field(form).fill("one\nkept\n")
    expect(state(form)).to_contain_text("Your text is kept in this browser.")
    again = form.context.new_page()
    again.goto(form.url)
    expect(again.get_by_text("This browser holds a text of yours that was not saved.")).to_be_visible()
    assert_clean(again)
    again.get_by_role("button", name="Take it over").click()
    expect(source(again)).to_have_value("one\nkept\n")
    expect(state(again)).to_have_text("Saved")
    again.close()


def test_a_collision_is_told_while_it_is_written(form):
    looks_away(form)
    other = form.context.new_page()
    other.goto(form.url)
    write(other, "uno\n")
    field(form).fill("eins\n")
    expect(state(form)).to_contain_text("Somebody has changed the same place.")
    form.get_by_role("button", name="Save", exact=True).click()
    expect(source(form)).to_have_value("uno\neins\n")
    other.close()


def test_a_preview_follows_the_text(form):
    form.get_by_role("button", name="Preview").click()
    field(form).fill("Some **bold** words")
    expect(form.locator("[data-preview] strong")).to_have_text("bold")
    assert_clean(form)


def test_a_document_is_shared_and_the_link_ended(writer, browser):
    writer.post("/app/documents/new/", title="Plan", content="one **two**\n")
    page = writer.open("/app/documents/").page
    page.get_by_role("link", name="Plan").click()
    page.get_by_role("button", name="Options for Plan").click()
    page.locator(".menu:popover-open").get_by_role("button", name="Share…").click()
    writer.dialog.get_by_label("As it goes on").check()
    writer.dialog.get_by_role("button", name="Make the link").click()
    address = writer.dialog.get_by_label("Whoever has this link").input_value()
    assert_clean(page)
    stranger = browser.new_page()
    stranger.goto(address)
    expect(stranger.get_by_role("heading", name="Plan")).to_be_visible()
    expect(stranger.locator("strong")).to_have_text("two")
    assert_clean(stranger)
    writer.dialog.get_by_role("button", name="End the link…").click()
    writer.dialog.get_by_role("button", name="End the link", exact=True).click()
    expect(writer.toasts).to_contain_text("The link has ended.")
    assert stranger.goto(address).status == 404
    stranger.close()
