"""The way to a new team, by the workspace switcher."""

from playwright.sync_api import expect

from tests.browser.servers import signed_in


def test_the_switcher_needs_no_script(new_page, live):
    page = new_page(signed_in(live), java_script_enabled=False)
    page.goto(f"{live.url}/app/")
    page.get_by_role("button", name="Workspace: Personal").click()
    page.get_by_role("link", name="New team").click()
    page.get_by_label("Name").fill("Tanpa Skrip")
    page.get_by_role("button", name="Make the team").click()
    expect(page).to_have_url(f"{live.url}/team/tanpa-skrip/members/")
