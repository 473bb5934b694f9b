"""A team from nothing: the switcher by keyboard, an invite by mail, and somebody new who comes by its link."""

import re

from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.servers import signed_in
from tests.live import Live, wait_for


def _link(live: Live, address: str) -> str:
    """The link in the newest mail to that address, as the mail's reader finds it."""

    def found() -> str | None:
        for path in (live.home / "mail").glob("*.log"):
            if f"To: {address}" in (text := path.read_text(encoding="utf-8")):
                return re.search(r"^http://\S+/invites/\S+/$", text, re.MULTILINE)[0]
        return None

    return wait_for(found, f"a mail to {address}")


def test_from_a_new_team_to_a_second_member(new_page, live):
    alice = new_page(signed_in(live, name="Alice Owner"))
    alice.goto(f"{live.url}/app/")
    alice.get_by_role("button", name="Workspace: Personal").press("Enter")
    expect(alice.get_by_role("link", name="Personal")).to_be_focused()
    alice.keyboard.press("ArrowUp")
    expect(alice.get_by_role("link", name="New team")).to_be_focused()
    alice.keyboard.press("Enter")

    alice.get_by_label("Name").press_sequentially("Kopi Pagi")
    expect(alice.get_by_label("Address")).to_have_value("kopi-pagi")
    expect(alice.get_by_text("Free.")).to_be_visible()
    alice.get_by_label("Address").fill("api")
    expect(alice.get_by_text("Not allowed.")).to_be_visible()
    alice.get_by_label("Address").fill("kopi-sore")
    expect(alice.get_by_text("Free.")).to_be_visible()
    alice.get_by_role("button", name="Make the team").click()
    expect(alice).to_have_url(f"{live.url}/team/kopi-sore/members/")

    alice.get_by_role("button", name="Invite people").click()
    dialog = alice.locator("dialog[open]")
    dialog.get_by_label("Addresses").fill("ann@example.org nonsense")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("No mail address: nonsense.")).to_be_visible()
    dialog.get_by_label("Addresses").fill("ann@example.org")
    dialog.get_by_role("button", name="Send").click()
    expect(alice.get_by_role("status").filter(has_text="1 invite is on its way.")).to_be_visible()
    expect(alice.get_by_role("listitem").filter(has_text="ann@example.org")).to_contain_text("Open")

    alice.get_by_role("button", name="Options for Alice Owner").click()
    alice.get_by_role("button", name="Leave the team…").click()
    dialog.get_by_role("button", name="Leave").click()
    expect(alice.get_by_role("status").filter(has_text="A team needs an admin.")).to_be_visible()
    expect(dialog).to_be_hidden()

    ann = new_page()
    ann.goto(_link(live, "ann@example.org"))
    expect(ann.get_by_role("heading", level=1)).to_have_text("Join Kopi Pagi")
    ann.get_by_role("link", name="Make an account").click()
    ann.get_by_label("Name").fill("Ann New")
    ann.get_by_label("Password").fill("an entirely new phrase")
    ann.get_by_role("button", name="Make the account and join").click()
    expect(ann).to_have_url(f"{live.url}/team/kopi-sore/")
    expect(ann.get_by_role("button", name="Workspace: Kopi Pagi")).to_be_visible()

    alice.reload()
    row = alice.get_by_role("listitem").filter(has_text="Ann New")
    expect(row).to_contain_text("Member")
    row.get_by_role("button", name="Options for Ann New").click()
    alice.get_by_role("button", name="Make an admin").click()
    expect(row).to_contain_text("Admin")
    alice.get_by_role("button", name="Workspace: Kopi Pagi").press("Enter")
    expect(alice.get_by_role("link", name="Personal")).to_be_focused()
    alice.keyboard.press("Enter")
    expect(alice).to_have_url(f"{live.url}/app/")

    for path in ("/teams/new/", "/team/kopi-sore/members/", "/team/kopi-sore/settings/"):
        alice.goto(live.url + path)
        assert_clean(alice)


def test_the_switcher_needs_no_script(new_page, live):
    page = new_page(signed_in(live), java_script_enabled=False)
    page.goto(f"{live.url}/app/")
    page.get_by_role("button", name="Workspace: Personal").click()
    page.get_by_role("link", name="New team").click()
    page.get_by_label("Name").fill("Tanpa Skrip")
    page.get_by_role("button", name="Make the team").click()
    expect(page).to_have_url(f"{live.url}/team/tanpa-skrip/members/")
