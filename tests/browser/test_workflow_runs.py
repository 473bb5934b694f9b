"""Runs in the browser: watched to their end, decided on a phone, settled where nobody knows, run again from a node."""

import json
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in

BEGIN = """
import json
from teams.models import User
from tests import factories
from tests.factories.workflow_runs import BUTTONS, FORM, unknown
me = User.objects.get(email={email!r})
schema = {{"type": "object", "properties": {{"topic": {{"type": "string", "title": "Topic"}}}}, "required": ["topic"]}}
sketch = factories.Sketch().node("Start", "input", schema=schema)
"""
WRITES = """
model = {{"provider": "openai_compatible", "model": {model!r}}}
message = [{{"role": "user", "content": sketch.text("Write about ", ("Start", "topic"))}}]
sketch.node("Writer", "llm", model=model, messages=message)
sketch.node("Letter", "template", content=sketch.text("Dear all: ", ("Writer", "answer")))
sketch.node("End", "output", values=[{{"name": "letter", "value": sketch.value("Letter", "text")}}])
sketch.edge("Start", "Writer", "Letter", "End")
made = factories.published(me, sketch=sketch, name="Letters")
print("ID" + str(made.pk))
"""
ASKS = """
other = User.objects.get(email={other!r})
sketch.node("Ask", "approval", title=sketch.text("Send it about ", ("Start", "topic"), "?"), text=[], form=FORM,
    buttons=BUTTONS, audience={{"people": [str(other.pk)]}}, prefill={{"text": sketch.value("Start", "topic")}})
sketch.node("End", "output", values=[{{"name": "sent", "value": sketch.value("Ask", "values", "text")}}])
sketch.edge("Start", "Ask").edge("Ask", "End", handle="yes").edge("Ask", "End", handle="no")
made = factories.published(me, sketch=sketch, name="Letters")
print("ID" + str(made.pk))
"""
CUT_OFF = """
sketch.node("Tell", "http", method="POST", url=[{{"text": "https://crm.example.org/leads"}}])
sketch.node("End", "output", values=[{{"name": "status", "value": sketch.value("Tell", "status")}}])
sketch.edge("Start", "Tell", "End")
made = factories.published(me, sketch=sketch, name="Leads")
from tests.factories.workflow_runs import workflow_run, workflow_step
from agents.models import RunStatus
run = workflow_run(me, made, RunStatus.WAITING, input={{"topic": "Coffee"}})
workflow_step(run, "Start", output={{"topic": "Coffee"}}, run_attempt=1)
sent = {{"method": "POST", "url": "https://crm.example.org/leads", "body": {{"name": "Sari"}}}}
workflow_step(run, "Tell", "unknown", input=sent, effect="unsafe", run_attempt=1)
print("ID" + str(run.pk))
"""


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}-runs@example.org"


def made(live, code: str, **told) -> str:
    """Run the code on the server's data; return the id that it prints."""
    return live.manage((BEGIN + code).format(**told)).partition("ID")[2].strip()


def start(room: Room, workflow: str, topic: str = "Coffee") -> Page:
    """Start a run by its form."""
    room.open(f"/app/workflows/{workflow}/run/")
    room.page.get_by_label("Topic").fill(topic)
    room.page.get_by_role("main").get_by_role("button", name="Run", exact=True).click()
    return room.page


def step(page: Page, name: str):
    return page.locator(".step", has_text=name).first


def test_a_run_is_watched_to_its_end_without_loading_the_page(new_page, live, scripted, email):
    room = Room(new_page(signed_in(live, email=email)), live)
    page = start(room, made(live, WRITES, email=email, model=chromium.HELD))
    page.evaluate("() => { window.isTheSame = true; }")
    expect(page.get_by_role("heading", name="Running")).to_be_visible()
    expect(step(page, "Writer")).to_have_attribute("data-status", "running")
    expect(step(page, "Letter")).to_have_attribute("data-status", "later")
    assert_clean(page)
    step(page, "Start").locator("summary").press("Enter")
    expect(step(page, "Start").locator(".run-text").first).to_contain_text("Coffee")
    scripted.release()
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible()
    expect(page.locator("#run-outputs")).to_contain_text(f"Dear all: {chromium.WHOLE_TEXT}")
    expect(step(page, "Start").locator("details")).to_have_attribute("open", "")
    expect(page.get_by_role("link", name="Run again", exact=True)).to_be_visible()
    assert page.evaluate("() => window.isTheSame")
    assert_clean(page)


def test_a_run_is_stopped_in_the_middle(new_page, live, email):
    room = Room(new_page(signed_in(live, email=email)), live)
    page = start(room, made(live, WRITES, email=email, model=chromium.HELD))
    expect(step(page, "Writer")).to_have_attribute("data-status", "running")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("heading", name="Stopped")).to_be_visible()


def test_a_colleague_decides_on_a_phone(new_page, live, email):
    room = Room(new_page(signed_in(live, email=email)), live)
    cookie = signed_in(live, email=f"other-{email}", name="Bob Colleague")
    phone = Room(new_page(cookie, viewport=chromium.PHONE, has_touch=True, is_mobile=True), live)
    page = start(room, made(live, ASKS, email=email, other=f"other-{email}"))
    expect(page.get_by_text("Waits for Bob Colleague.")).to_be_visible()
    phone.open("/notifications/")
    phone.page.locator(".rows a", has_text="Send it about Coffee?").tap()
    expect(phone.page.get_by_role("button", name="Approve")).to_be_visible()
    assert_clean(phone.page)
    phone.page.set_viewport_size(chromium.PHONE)
    wide = "() => document.querySelector('.scroller').scrollWidth - document.querySelector('.scroller').clientWidth"
    assert phone.page.evaluate(wide) == 0
    phone.page.get_by_label("Text").fill("Dear everybody")
    phone.page.get_by_label("Comment").fill("Shorter.")
    phone.page.get_by_role("button", name="Approve").tap()
    expect(phone.page.get_by_text("Bob Colleague chose “Approve”.")).to_be_visible()
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible()
    expect(page.locator("#run-outputs")).to_contain_text("Dear everybody")


def test_what_nobody_knows_is_settled_by_keyboard(new_page, live, email):
    room = Room(new_page(signed_in(live, email=email)), live)
    run = made(live, CUT_OFF, email=email)
    room.open(f"/app/workflows/runs/{run}/")
    page = room.page
    question = page.get_by_role("region", name="Did “Tell” happen?")
    expect(question).to_contain_text("crm.example.org/leads")
    assert_clean(page)
    question.get_by_label("If it happened: what did it give?").fill(json.dumps({"status": 201}))
    question.get_by_role("button", name="It happened: go on").press("Enter")
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible()
    expect(page.locator("#run-outputs")).to_contain_text("201")


def test_a_run_is_run_again_from_a_node_with_the_results_before_it(new_page, live, scripted, email):
    room = Room(new_page(signed_in(live, email=email)), live)
    page = start(room, made(live, WRITES, email=email, model=chromium.QUICK))
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible()
    page.get_by_role("link", name="Run again", exact=True).click()
    page.get_by_label("From").select_option(label="Letter")
    expect(page.locator(".replay-kept")).to_contain_text("Start, Writer")
    assert_clean(page)
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible()
    expect(step(page, "Writer")).to_contain_text("Result of another run")
    page.get_by_role("button", name="Options for this run").click()
    page.get_by_role("link", name="Compare with the run before").click()
    expect(page.get_by_role("heading", name="Node by node")).to_be_visible()
    assert_clean(page)
