"""Runs as they go: shown by frames, on the canvas and on their page, or asked for where another process has them."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in
from tests.browser.test_workflow_runs import WRITES, made, start, step

ELSEWHERE = """
from datetime import timedelta
from django.utils import timezone
from agents.models import Run, RunStatus
from tests.factories.workflow_runs import workflow_run, workflow_step
sketch.node("End", "output", values=[{{"name": "topic", "value": sketch.value("Start", "topic")}}])
sketch.edge("Start", "End")
made = factories.published(me, sketch=sketch, name="Letters")
run = workflow_run(me, made, RunStatus.RUNNING, input={{"topic": "Coffee"}})
lease = timezone.now() + timedelta(hours=1)
Run.objects.filter(pk=run.run_id).update(owner="another", lease_until=lease, attempt=1)
workflow_step(run, "Start", "running")
print("ID" + str(run.pk))
"""
DONE = """
from workflows.models import WorkflowStep
WorkflowStep.objects.filter(workflow_run_id={run!r}).update(status="done", output={{"topic": "Coffee"}})
print("ID")
"""


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}-live@example.org"


def node(page: Page, name: str):
    """A step on the canvas, whose class tells how it is."""
    return page.locator(".react-flow__node", has_text=name).locator(".flow-node")


def counted(page: Page, part: str) -> list[str]:
    """The requests from now on whose address has this part."""
    found = []
    page.on("request", lambda request: part in request.url and found.append(request.url))
    return found


def test_the_canvas_shows_a_run_by_frames_alone_and_leads_to_it_and_back(new_page, live, scripted, email):
    room = Room(new_page(signed_in(live, email=email)), live)
    page = start(room, made(live, WRITES, email=email, model=chromium.HELD))
    expect(step(page, "Writer")).to_have_attribute("data-status", "running")
    run = page.url
    page.get_by_role("link", name="Show in the editor").click()
    expect(node(page, "Writer")).to_have_class("flow-node is-running")
    expect(node(page, "Start")).to_have_class("flow-node is-done")
    page.route("**/draft/**", lambda route: route.abort())  # nothing can be asked: only frames tell
    scripted.release()
    for name in ("Writer", "Letter", "End"):
        expect(node(page, name)).to_have_class("flow-node is-done")
    expect(page.locator("#workflow-following")).to_contain_text("Succeeded")
    assert_clean(page)
    page.unroute("**/draft/**")
    page.locator("#workflow-following").click()
    expect(page).to_have_url(run)


def test_pages_ask_for_nothing_while_frames_tell(new_page, live, email):
    room = Room(new_page(signed_in(live, email=email)), live)
    page = room.page
    page.clock.install()
    start(room, made(live, WRITES, email=email, model=chromium.HELD))
    expect(step(page, "Writer")).to_have_attribute("data-status", "running")
    page.clock.run_for(3_000)  # what came with the last frames is looked at twice
    asked = counted(page, "/state/")
    page.clock.run_for(12_000)
    assert len(asked) <= 1
    page.get_by_role("link", name="Show in the editor").click()
    expect(node(page, "Writer")).to_have_class("flow-node is-running")
    page.clock.run_for(5_000)
    asked = counted(page, "&run=")
    page.clock.run_for(12_000)
    assert asked == []


@pytest.mark.parametrize("is_drawn", [False, True])
def test_a_run_of_another_process_is_asked_for(new_page, live, email, is_drawn):
    room = Room(new_page(signed_in(live, email=email)), live)
    run = made(live, ELSEWHERE, email=email)
    room.open(f"/app/workflows/runs/{run}/")
    page = room.page
    expect(step(page, "Start")).to_have_attribute("data-status", "running")
    if is_drawn:
        page.get_by_role("link", name="Show in the editor").click()
        expect(node(page, "Start")).to_have_class("flow-node is-running")
    made(live, DONE, email=email, run=run)
    if is_drawn:
        expect(node(page, "Start")).to_have_class("flow-node is-done")
    else:
        expect(step(page, "Start")).to_have_attribute("data-status", "done")
