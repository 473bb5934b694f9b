"""The first days as people have them: the real supervisor, the bundled model, no key and no network."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from sambung.home import Home
from sambung.supervisor import postgres
from tests.browser.axe import assert_clean
from tests.browser.chromium import ANY, DESKTOP, Room
from tests.live import PROJECT, free_port, wait_for

SLOW = 90_000  # ms: the bundled model shares the processor with everything else here


@pytest.fixture
def sambung() -> Iterator[SimpleNamespace]:
    """Start Sambung over an empty data directory; gives its address, the set-up link that it prints, and its mails."""
    folder = Path(tempfile.mkdtemp(prefix="sb", dir="/tmp"))  # pytest's own path is too long for a socket
    folder.chmod(0o755)
    names = ("DATABASE_URL", "PUBLIC_URL", "HOST", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"SAMBUNG_HOME": str(folder / "home"), "PORT": str(free_port())}
    process = subprocess.Popen(
        [sys.executable, "-m", "sambung.supervisor"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "/setup/" in line:
                break
        else:
            pytest.fail(f"it ended without a link: {printed}")
        link = printed[-1].strip()
        yield SimpleNamespace(url=link.partition("/setup/")[0], link=link, mails=folder / "home" / "mail")
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()
        postgres.stop(Home(folder / "home"))
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(page: Page, link: str) -> None:
    """From the link to a first answer, which is still there tomorrow."""
    page.goto(link)
    assert_clean(page)
    page.get_by_label("Name").fill("Sari Rahma")
    page.get_by_label("Email").fill("sari@kopi.example")
    page.get_by_label("Password").fill("correct horse battery")
    expect(page.get_by_role("button")).to_have_count(1)
    page.get_by_role("button").click()
    page.wait_for_url("**/app/")
    composer = page.get_by_role("textbox", name="Message", exact=True)
    expect(composer).to_be_focused()
    expect(page.get_by_text("a small demo model that runs on this machine")).to_be_visible()
    composer.fill("Hello")
    composer.press("Enter")
    reply = page.get_by_role("article", name="Assistant", exact=True)
    expect(reply.locator("[data-body]")).to_contain_text(re.compile(r"\w"), timeout=SLOW)
    expect(reply).to_have_attribute("data-state", "succeeded", timeout=SLOW)
    expect(reply).not_to_have_attribute("data-stop-url", re.compile("."))
    said = reply.locator("[data-body]").inner_text()
    assert re.search(r"\w", said)
    page.reload()
    assert reply.locator("[data-body]").inner_text() == said
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello")
    page.goto(link)
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def _make_team(page: Page, url: str) -> None:
    """By keyboard from the switcher, with an address that is checked while it is typed."""
    page.set_viewport_size(DESKTOP)
    page.goto(f"{url}/app/")
    page.get_by_role("button", name="Workspace: Personal").press("Enter")
    expect(page.get_by_role("link", name="Personal")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("link", name="New team")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("Name").press_sequentially("Kopi Pagi")
    expect(page.get_by_label("Address")).to_have_value("kopi-pagi")
    expect(page.get_by_text("Free.")).to_be_visible()
    page.get_by_label("Address").fill("api")
    expect(page.get_by_text("Not allowed.")).to_be_visible()
    page.get_by_label("Address").fill("kopi-sore")
    expect(page.get_by_text("Free.")).to_be_visible()
    page.get_by_role("button", name="Make the team").click()
    expect(page).to_have_url(f"{url}/team/kopi-sore/members/")


def _invite(page: Page, address: str) -> None:
    page.get_by_role("button", name="Invite people").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Addresses").fill(f"{address} nonsense")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("No mail address: nonsense.")).to_be_visible()
    dialog.get_by_label("Addresses").fill(address)
    dialog.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status").filter(has_text="1 invite is on its way.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=address)).to_contain_text("Open")

    page.get_by_role("button", name="Options for Sari Rahma").click()
    page.get_by_role("button", name="Leave the team…").click()
    dialog.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("status").filter(has_text="A team needs an admin.")).to_be_visible()
    expect(dialog).to_be_hidden()


def _link_in_mail(mails: Path, address: str) -> str:
    """The link in the newest mail to that address, as the mail's reader finds it."""

    def found() -> str | None:
        for path in mails.glob("*.log"):
            if f"To: {address}" in (text := path.read_text(encoding="utf-8")):
                return re.search(r"^http://\S+/invites/\S+/$", text, re.MULTILINE)[0]
        return None

    return wait_for(found, f"a mail to {address}")


def _join(page: Page, link: str, url: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Join Kopi Pagi")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Name").fill("Ann New")
    page.get_by_label("Password").fill("an entirely new phrase")
    page.get_by_role("button", name="Make the account and join").click()
    expect(page).to_have_url(f"{url}/team/kopi-sore/")
    expect(page.get_by_role("button", name="Workspace: Kopi Pagi")).to_be_visible()


def _promote_and_demote(page: Page) -> None:
    page.reload()
    row = page.get_by_role("listitem").filter(has_text="Ann New")
    expect(row).to_contain_text("Member")
    for act, role in (("Make an admin", "Admin"), ("Make a member", "Member")):
        row.get_by_role("button", name="Options for Ann New").click()
        page.get_by_role("button", name=act).click()
        expect(row.locator(".tag")).to_have_text(role)


def _talk(sari: Room, ann: Room) -> None:
    """Both write in one chat, and each sees the other, the words and the reply as it grows."""
    sari.open("/team/kopi-sore/")
    sari.send("Hello Ann")
    sari.page.wait_for_url("**/chats/**")
    ann.page.goto(sari.page.url)
    expect(ann.page.get_by_role("article", name="Sari Rahma")).to_contain_text("Hello Ann")
    for room, other in ((sari, "Ann New"), (ann, "Sari Rahma")):
        expect(room.page.get_by_role("list", name="Also here").get_by_label(other)).to_be_visible()
        expect(room.body()).to_contain_text(re.compile(r"\w"), timeout=SLOW)
    stop = f"{ann.replies.last.get_attribute('data-url')}stop/"
    assert ann.post(stop).status == 204, "any member stops it; after its end that is harmless"
    for room in (sari, ann):
        expect(room.replies.last).not_to_have_attribute("data-stop-url", ANY)
    assert sari.body().inner_text() == ann.body().inner_text()
    ann.send("And now I")
    expect(sari.page.get_by_role("article", name="Ann New")).to_contain_text("And now I")
    expect(sari.replies).to_have_count(2)


def _remove(sari: Room, ann: Room) -> None:
    """Taken out by the admin in another tab, Ann loses the page that she has open."""
    address, tab = ann.page.url, sari.page.context.new_page()
    tab.goto(f"{sari.live.url}/team/kopi-sore/members/")
    tab.get_by_role("button", name="Options for Ann New").click()
    tab.get_by_role("button", name="Remove from the team…").click()
    tab.locator("dialog[open]").get_by_role("button", name="Remove").click()
    expect(tab.get_by_role("status").filter(has_text="Ann New is not in the team any more.")).to_be_visible()
    assert ann.page.request.get(address).status == 404
    expect(ann.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    expect(sari.page.get_by_role("list", name="Also here").get_by_role("listitem")).to_have_count(0)


def test_from_the_link_to_a_team_and_back(new_page, sambung):
    sari, ann = new_page(), new_page()
    _set_up(sari, sambung.link)
    _make_team(sari, sambung.url)
    _invite(sari, "ann@example.org")
    _join(ann, _link_in_mail(sambung.mails, "ann@example.org"), sambung.url)
    _promote_and_demote(sari)
    for path in ("/teams/new/", "/team/kopi-sore/members/", "/team/kopi-sore/settings/"):
        sari.goto(sambung.url + path)
        assert_clean(sari)
    sari.set_viewport_size(DESKTOP)
    rooms = Room(sari, sambung), Room(ann, sambung)
    _talk(*rooms)
    _remove(*rooms)
    sari.get_by_role("button", name="Workspace: Kopi Pagi").press("Enter")
    expect(sari.get_by_role("link", name="Personal")).to_be_focused()
    sari.keyboard.press("Enter")
    expect(sari).to_have_url(f"{sambung.url}/app/")
