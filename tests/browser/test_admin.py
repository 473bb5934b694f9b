"""Django admin under our policy: its pages work, its pickers open, and nothing is refused by the browser."""

from playwright.sync_api import expect

from tests.browser.servers import signed_in

PAGES = ("", "teams/user/", "teams/user/add/", "teams/team/", "chats/chat/", "chats/message/", "agents/run/")


def test_pages_and_pickers(live, new_page):
    page = new_page(signed_in(live, name="Ada Picked", role="admin"))
    for path in PAGES:
        page.goto(f"{live.url}/admin/{path}")
        expect(page.locator("#site-name")).to_have_text("Sambung administration")
    page.goto(f"{live.url}/admin/teams/team/add/")
    page.get_by_label("Name").fill("North")
    page.get_by_label("Address").fill("north-of-here")
    page.locator("#members-group .add-row a").click()
    page.locator("#members-0 .select2-selection").click()
    page.locator(".select2-search__field").fill("Ada Picked")
    page.locator(".select2-results__option", has_text="Ada Picked").click()
    page.locator("#id_members-0-role").select_option("admin")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert live.sql(
        "SELECT count(*) FROM team_members m JOIN teams t ON t.id = team_id WHERE slug = 'north-of-here'"
    ) == [(1,)]
