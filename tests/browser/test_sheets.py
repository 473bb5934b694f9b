"""Sheets in their grid: walked and written by keys, pasted into, sorted, undone; what nobody touched stays."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import Room

CSV = 'name,"kg",note\nGayo,"10",  spaces \n"To""raja",9,"a, b"\n\nKerinci,2\n'
PASTE = """([text]) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const told = { bubbles: true, cancelable: true, clipboardData: data };
    document.querySelector(".sheet-table").dispatchEvent(new ClipboardEvent("paste", told));
}"""


def edit(room: Room, content: str = CSV) -> Page:
    room.post("/app/documents/new/", title="Beans", kind="sheet", content=content)
    room.open("/app/documents/").page.get_by_role("link", name="Beans").click()
    room.page.get_by_role("link", name="Edit", exact=True).click()
    room.page.wait_for_url("**/edit/")
    expect(room.page.get_by_role("grid", name="Sheet")).to_be_visible()
    return room.page


@pytest.fixture
def form(room) -> Page:
    return edit(room)


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(f"#cell-{row}-{column}")


def source(page: Page) -> Locator:
    return page.locator("textarea[name=content]")


def saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_have_text("Saved")


def exported(page: Page) -> bytes:
    return page.context.request.get(page.url.replace("/edit/", "/export/?as=csv")).body()


def test_one_cell_is_written_and_all_others_stay_byte_for_byte(form):
    cell(form, 2, 1).click()
    form.keyboard.type("12")
    form.keyboard.press("Enter")
    expect(source(form)).to_have_value(CSV.replace(",9,", ",12,"))
    saved(form)
    assert exported(form) == CSV.replace(",9,", ",12,").encode()
    assert_clean(form)


def test_what_needs_quotes_gets_them_and_what_had_them_keeps_them(form):
    cell(form, 1, 1).click()
    form.keyboard.type("11")
    form.keyboard.press("Tab")
    form.keyboard.press("Enter")
    form.keyboard.press("Control+a")
    form.keyboard.type('x, "y"')
    form.keyboard.press("Alt+Enter")
    form.keyboard.type("z")
    form.keyboard.press("Enter")
    expect(source(form)).to_have_value(CSV.replace('"10",  spaces ', '"11","x, ""y""\nz"'))
    saved(form)


def test_keys_lead_through_it(form):
    grid = form.get_by_role("grid")
    grid.focus()
    here = form.locator(".is-here")
    for key, place in {
        "ArrowDown": "cell-1-0",
        "End": "cell-1-2",
        "Control+End": "cell-4-2",
        "Home": "cell-4-0",
        "ArrowUp": "cell-3-0",
        "Control+Home": "cell-0-0",
    }.items():
        form.keyboard.press(key)
        expect(here).to_have_id(place)
    expect(grid).to_have_attribute("aria-activedescendant", "cell-0-0")
    form.keyboard.press("F2")
    form.keyboard.type("!")
    form.keyboard.press("Escape")
    expect(source(form)).to_have_value(CSV)
    form.keyboard.press("Delete")
    expect(source(form)).to_have_value(CSV.removeprefix("name"))
    form.keyboard.press("Control+z")
    expect(source(form)).to_have_value(CSV)
    form.keyboard.press("Tab")
    expect(grid).not_to_be_focused()


def test_two_thousand_cells_are_pasted_sorted_and_undone(form):
    lines = [[str(n), f"bean {n}", "", '"two\nlines"' if n == 7 else "x", "1.5"] for n in range(400, 0, -1)]
    cell(form, 1, 0).click()
    form.evaluate(PASTE, ["\r\n".join("\t".join(line) for line in lines)])
    expect(form.get_by_role("grid")).to_have_attribute("aria-rowcount", "401")
    text = source(form).input_value()
    assert text.startswith('name,"kg",note\n400,"bean 400",,x,1.5\n')
    assert '\n7,bean 7,,"two\nlines",1.5\n' in text
    assert form.locator(".sheet-table tbody tr").count() < 120, "only rows in sight are drawn"
    cell(form, 1, 0).click()
    form.get_by_role("button", name="smallest first").click()
    expect(cell(form, 1, 1)).to_have_text("bean 1")
    form.keyboard.press("Control+End")
    expect(cell(form, 400, 1)).to_have_text("bean 400")
    form.get_by_role("button", name="Undo").click()
    form.get_by_role("button", name="Undo").click()
    expect(source(form)).to_have_value(CSV)
    form.get_by_role("button", name="Redo").click()
    expect(source(form)).to_have_value(text)
    saved(form)
    assert exported(form) == text.encode()


def test_rows_and_columns_come_and_go(form):
    cell(form, 1, 0).click()
    form.get_by_role("button", name="Add row").click()
    expect(source(form)).to_have_value(CSV.replace("spaces \n", "spaces \n,,\n"))
    form.get_by_role("button", name="Remove row").click()
    form.get_by_role("button", name="Undo").click()
    form.get_by_role("button", name="Undo").click()
    cell(form, 1, 1).click()
    form.get_by_role("button", name="Remove column").click()
    expect(cell(form, 1, 1)).to_have_text("  spaces ")
    form.get_by_role("button", name="Add column").click()
    expect(form.get_by_role("grid")).to_have_attribute("aria-colcount", "3")
    saved(form)


def test_what_others_save_comes_in_but_not_while_a_cell_is_written(form):
    other = form.context.new_page()
    other.goto(form.url)
    cell(form, 2, 1).dblclick()
    cell(other, 4, 0).click()
    other.keyboard.type("Bajawa")
    other.keyboard.press("Enter")
    saved(other)
    form.keyboard.type("9")
    form.keyboard.press("Enter")
    for page in (form, other):
        expect(source(page)).to_have_value(CSV.replace("Kerinci", "Bajawa").replace(",9,", ",99,"))
    other.close()


def test_it_is_edited_as_its_text_as_well(form):
    form.get_by_role("button", name="As CSV").click()
    source(form).fill("a,b\n1,2\n")
    form.get_by_role("button", name="As CSV").click()
    expect(cell(form, 1, 1)).to_have_text("2")
    saved(form)


def test_a_sheet_of_fingers(phone):
    page = edit(phone)
    for _ in range(2):
        cell(page, 2, 1).tap()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(source(page)).to_have_value(CSV.replace(",9,", ",90,"))
    saved(page)
