"""What people do with results: tables are sorted, filtered and saved; charts can be read by everybody."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean

ROWS = [["b", 10], ["a", 9], ["=1+1", -5], ["@x", None], ['say "hi", all', 2.5], ["c", 100]]


@pytest.fixture
def tried(room):
    """Try a tool by its form."""

    def run(toolkit: str, *values: str):
        room.page.goto(f"{room.live.url}/app/tools/{toolkit}/")
        for n, value in enumerate(values):
            field = room.page.locator(f"[name=arg_{n}]").first
            if field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        room.page.get_by_role("button", name="Try it").first.click()
        expect(room.page.locator(".tried")).to_be_visible()
        return room.page

    return run


def _first_cells(page) -> list[str]:
    return page.locator(".tried tbody tr:not([hidden]) td:first-child").all_text_contents()


def test_a_table_is_sorted_filtered_and_saved(tried, tmp_path):
    page = tried("table", "Stock", '["name", "n"]', json.dumps(ROWS))
    page.get_by_role("button", name="n", exact=True).click()
    assert _first_cells(page)[-3:] == ["b", "c", "@x"]
    page.get_by_role("button", name="n", exact=True).click()
    assert _first_cells(page)[:2] == ["c", "b"]
    with page.expect_download() as saved:
        page.get_by_text("Save as CSV").click()
    assert saved.value.suggested_filename == "Stock.csv"
    lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "name,n"
    assert {"'=1+1,-5", "'@x,", '"say ""hi"", all",2.5'} <= set(lines)
    page.get_by_label("Filter").fill("HI")
    assert _first_cells(page) == ['say "hi", all']


def test_a_column_is_sorted_by_what_its_cells_mean(tried):
    rows = [["b", "Rp 1.250.000"], ["a", "Rp 900.000"], ["e", None], ["c", "Rp 12.000.000"]]
    page = tried("table", "Revenue", '["name", "revenue"]', json.dumps(rows))
    for expected in (["a", "b", "c", "e"], ["c", "b", "a", "e"]):
        page.get_by_role("button", name="revenue", exact=True).click()
        assert _first_cells(page) == expected


@pytest.mark.parametrize("kind", ["bar", "line", "pie"])
def test_a_chart_has_its_numbers_and_is_accessible(tried, kind):
    page = tried("chart", kind, "Harvest", '["Gayo", "Toraja"]', '[{"name": "2026", "values": [12, 7.5]}]')
    expect(page.get_by_role("img", name="Harvest")).to_be_visible()
    page.get_by_text("Numbers", exact=True).click()
    expect(page.get_by_role("cell", name="7.5")).to_be_visible()
    assert_clean(page)


def test_a_tree_is_folded_and_accessible(tried):
    page = tried("clock", "Asia/Jakarta")
    expect(page.locator(".tree")).to_contain_text("time_zone")
    assert_clean(page)
