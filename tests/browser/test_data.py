"""A question about tables as a person meets it: the SQL, what was found, and what is kept of it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in
from tests.browser.test_attachments import choose
from tests.documents.data import files
from tests.scripts import OBEYS, orders

SQL = "SELECT bean, count(*) AS orders, sum(kg) AS kg\nFROM orders\nGROUP BY bean\nORDER BY bean"
QUESTION = ("query_data", {"sql": SQL, "title": "Kilos by bean"})
CHART = ("query_data", {"sql": SQL, "title": "Drawn", "chart": {"type": "bar", "x": "bean", "y": ["kg"]}})
ORDERS = {"name": "orders.csv", "mimeType": "text/csv", "buffer": files.orders()}


@pytest.fixture
def room(new_page, live) -> Room:
    """Somebody whose model calls what it is told."""
    return Room(new_page(signed_in(live, preferences={"default_model": f"openai_compatible:{OBEYS}"})), live)


def ask(room: Room, *calls: tuple[str, dict]) -> None:
    """Ask over a file of the chat, and wait for the end."""
    page = room.open("/app/").page
    choose(page, ORDERS)
    expect(page.get_by_role("button", name="Remove orders.csv")).to_be_visible()
    room.send("Hello")
    room.ended()
    room.send(orders(*([call] for call in calls)))
    expect(room.replies).to_have_count(2)
    room.ended()


def test_a_question_shows_its_sql_and_its_rows_and_is_kept_as_a_sheet(room):
    page = room.page
    ask(room, ("list_tables", {}), QUESTION)
    found = page.locator("[data-query]")
    expect(found.locator(".code")).to_contain_text("SELECT bean, count(*) AS orders")
    expect(found.get_by_role("cell", name="Bajawa")).to_be_visible()
    expect(found.locator(".query-facts")).to_contain_text("Rows found: 3")
    expect(found.locator(".query-facts")).to_contain_text("Rows read: 200 (orders)")
    assert_clean(page)
    page.reload()
    with page.expect_download() as saved:
        found.get_by_role("link", name="Save as CSV").click()
    assert saved.value.suggested_filename == "Kilos by bean.csv"
    lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert (lines[0], len(lines)) == ("bean,orders,kg", 4)
    with page.expect_download() as saved:
        found.get_by_role("link", name="Excel").click()
    assert saved.value.suggested_filename == "Kilos by bean.xlsx"
    found.get_by_role("link", name="Save as sheet").press("Enter")
    expect(room.dialog.get_by_label("Title")).to_have_value("Kilos by bean")
    room.dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Kilos by bean")).to_be_visible()
    expect(page.get_by_role("cell", name="Bajawa")).to_be_visible()


def test_a_chart_stands_in_the_place_of_the_table(room):
    ask(room, CHART)
    found = room.page.locator("[data-query]")
    expect(found.get_by_role("img", name="Drawn")).to_be_visible()
    expect(found.get_by_role("link", name="Save as CSV")).to_be_visible()
    assert_clean(room.page)


def test_what_is_refused_says_why(room):
    ask(room, ("query_data", {"sql": "DROP TABLE orders"}))
    card = room.page.locator(".part-tool")
    expect(card.locator(".tool-state")).to_contain_text("failed")
    card.locator("summary").first.click()
    expect(card).to_contain_text("Tables are only read: a question is a SELECT. DROP was not run.")
