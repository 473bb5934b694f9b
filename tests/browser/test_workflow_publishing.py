"""A workflow is published and started by a schedule, a webhook, a stranger with a form; axe finds nothing there."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import DESKTOP, PHONE, Room
from tests.live import wait_for

PICTURES = os.environ.get("PICTURES_TO")  # a folder, to look at what is tested
MADE = """
from teams.models import User
from tests.factories.workflows import line, workflow
from workflows.editing import draft
schema = {"type": "object", "properties": {
    "text": {"type": "string", "title": "What is it about?", "format": "multiline"},
    "day": {"type": "string", "format": "date", "title": "Day"},
}, "required": ["text"]}
sketch = line(("template", {"content": []}), schema=schema)
sketch.nodes[1]["data"]["content"] = sketch.text("Dear team,\\n", ("input", "text"), "\\nYours")
made = workflow(User.objects.get(email="%s"), sketch=sketch, name="Weekly report", description="Writes to the team.")
print(made.pk)
"""


def _look(page: Page, name: str) -> None:
    """Run axe; where somebody wants to look, keep pictures."""
    assert_clean(page)
    for scheme, size in (("light", DESKTOP), ("dark", PHONE), ("dark", DESKTOP), ("light", PHONE)) if PICTURES else ():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        page.screenshot(path=Path(PICTURES) / f"{name}-{size['width']}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)


@pytest.fixture
def path(room) -> str:
    """The address of a workflow of the person's."""
    email = room.live.manage("from teams.models import User; print(User.objects.latest('created_at').email)").strip()
    return f"/app/workflows/{room.live.manage(MADE % email).strip()}/"


def _publish(room: Room, path: str) -> None:
    room.open(f"{path}publish/")
    room.page.get_by_label("What is new").fill("The first one.")
    room.page.get_by_label("When to use it").fill("Somebody asks for the report.")
    room.page.get_by_role("button", name="Publish", exact=True).click()
    expect(room.page.get_by_role("link", name="Version 1")).to_be_visible()


def test_it_is_published_and_looked_at(room, path):
    page = room.open(f"{path}publish/").page
    page.locator(".workflow-changed-name", has_text="template0").click()
    _look(page, "publish")
    page.get_by_label("Name as a tool").fill("Weekly Report")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Use small letters from a to z")).to_be_visible()
    _look(page, "publish-wrong")

    _publish(room, path)
    _look(page, "versions")
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_role("heading", name="As a tool")).to_be_visible()
    _look(page, "version")


def test_a_schedule_shows_its_next_times_while_it_is_written(room, path):
    _publish(room, path)
    page = room.open(f"{path}triggers/").page
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Schedule").click()
    times = page.locator("#times time")
    expect(times).to_have_count(5)
    page.get_by_label("How often").select_option("own")
    page.get_by_label("Line of cron").fill("0 9 * * 1-5")
    expect(times.first).to_contain_text("09:00")
    page.get_by_label("Line of cron").fill("0 9 * *")
    expect(page.locator("#times")).to_contain_text("Write five fields")
    page.get_by_label("Line of cron").fill("0 9 * * 1-5")
    page.get_by_label("What is it about?").fill("This week")
    expect(times).to_have_count(5)
    _look(page, "schedule")

    page.get_by_role("button", name="Set it up").click()

    expect(page.get_by_role("link", name="Monday to Friday at 09:00")).to_be_visible()
    _look(page, "triggers")


def test_a_webhook_shows_its_secret_once_and_starts_a_run(room, path):
    _publish(room, path)
    page = room.open(f"{path}triggers/new/webhook/").page
    _look(page, "webhook")
    page.get_by_label("The secret itself, in the header Authorization: Bearer").check()
    page.get_by_role("button", name="Set it up").click()
    address, secret = (page.get_by_label(name, exact=True).input_value() for name in ("Address", "Secret"))
    _look(page, "shown-once")

    sent = page.context.request.post(
        address, data={"text": "From a program"}, headers={"Authorization": f"Bearer {secret}"}
    )

    assert sent.status == 202
    run = sent.json()["run"]
    room.open(f"/app/workflows/runs/{run}/")
    expect(page.get_by_text("From a program").first).to_be_visible()


def test_a_stranger_fills_in_the_form(room, path, new_page):
    _publish(room, path)
    page = room.open(f"{path}triggers/new/form/").page
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("link", name="Open the form").click()
    _look(page, "form")
    page.go_back()
    page.get_by_role("button", name="Share by a public link…").click()
    _look(page, "share")
    room.dialog.get_by_role("button", name="Make the link").click()
    address = room.dialog.get_by_label("Whoever has this link").input_value()

    stranger = new_page()
    stranger.goto(address)
    _look(stranger, "shared-form")
    stranger.get_by_label("What is it about?").fill("From a stranger")
    stranger.get_by_role("button", name="Send", exact=True).click()
    expect(stranger.get_by_text("It is sent. Thank you.")).to_be_visible()
    _look(stranger, "shared-sent")

    def has_ended() -> bool:
        shown = page.context.request.get(f"{room.live.url}{path}runs/").text()
        return bool(re.search(r"Succeeded|Done", shown))

    wait_for(has_ended, "the end of the run")
