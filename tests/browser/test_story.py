"""The first minutes as a person has them: the real supervisor, the bundled model, no key and no network."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sambung.home import Home
from sambung.supervisor import postgres
from tests.browser.axe import assert_clean
from tests.live import PROJECT, free_port

SLOW = 90_000  # ms: the bundled model shares the processor with everything else here


@pytest.fixture
def link() -> Iterator[str]:
    """Start Sambung over an empty data directory; gives the set-up link that it prints."""
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
        yield printed[-1].strip()
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()
        postgres.stop(Home(folder / "home"))
        shutil.rmtree(folder, ignore_errors=True)


def test_from_the_link_to_an_answer_that_is_still_there_tomorrow(page, link):
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
