"""Tools in a chat as a person meets them: cards, a question before a call, the bell, a chart; by mouse and keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import assert_clean
from tests.browser.chromium import Room
from tests.browser.servers import signed_in
from tests.scripts import OBEYS, SUM, orders

CHART = (
    "make_chart",
    {"type": "bar", "labels": ["a", "b"], "series": [{"name": "n", "values": [1, 2]}], "title": "Two"},
)


@pytest.fixture
def cookies(live):
    return signed_in(live, preferences={"default_model": f"openai_compatible:{OBEYS}", "tool_choice": "manual"})


@pytest.fixture
def room(new_page, live, cookies) -> Room:
    """Somebody whose tools ask before each call."""
    return Room(new_page(cookies), live)


def card(room: Room, name: str):
    return room.page.locator(".part-tool", has_text=name)


def test_a_call_is_asked_about_changed_and_run(room):
    page = room.page
    room.open("/app/")
    room.send(orders([SUM]))
    question = page.get_by_role("region", name="Run “Calculate”?")
    expect(question).to_contain_text("6 * 7")
    expect(page.locator(".rail-count").first).to_contain_text("1")
    expect(card(room, "Calculate").locator(".tool-state")).to_have_text("waits")
    assert_clean(page)
    question.get_by_text("Change the arguments").press("Enter")
    question.get_by_label("Arguments as JSON").fill('{"expression": "6 * 8"}')
    question.get_by_role("button", name="Allow", exact=True).press("Enter")
    expect(page.locator("article").last).to_have_attribute("data-state", "succeeded")
    expect(page.locator(".rail-count")).to_have_count(0)
    details = card(room, "Calculate").locator("details.tool")
    details.locator("summary").first.click()
    expect(details.locator(".tool-args")).to_contain_text("6 * 8")
    expect(details.locator(".tool-result")).to_contain_text("48")
    assert_clean(page)


def test_a_call_is_refused_with_words(room, scripted):
    page = room.page
    room.open("/app/")
    room.send(orders([SUM]))
    question = page.get_by_role("region", name="Run “Calculate”?")
    question.get_by_label("Tell the model why, or what to do instead").fill("Ask me first.")
    question.get_by_role("button", name="Refuse").click()
    expect(page.locator("article").last).to_have_attribute("data-state", "succeeded")
    expect(card(room, "Calculate")).to_have_attribute("data-state", "failed")
    told = [str(body["messages"][-1]) for body in scripted.get("/_requests?last=20") if body.get("messages")]
    assert any("Ask me first." in one for one in told)


def test_a_decision_on_another_device_is_seen_on_this_one(room, new_page, live, cookies):
    room.open("/app/")
    room.send(orders([SUM]))
    expect(room.page.get_by_role("region", name="Run “Calculate”?")).to_be_visible()
    other = Room(new_page(cookies), live)
    other.open("/notifications/")
    other.page.locator(".rows a").first.click()
    other.page.get_by_role("button", name="Always in this chat").click()
    expect(room.page.locator("article").last).to_have_attribute("data-state", "succeeded")
    expect(room.page.get_by_role("region", name="Run “Calculate”?")).to_have_count(0)
    room.send(orders([SUM]))
    expect(room.page.locator("article")).to_have_count(4)
    expect(room.page.locator("article").last).to_have_attribute("data-state", "succeeded")


def test_an_end_that_comes_while_a_message_is_fetched_counts_for_it(room, new_page, live, cookies):
    """The one fetched was made just before: it holds all of the log, and says that the reply is on its way."""
    room.open("/app/")
    room.send(orders([SUM]))
    expect(room.page.get_by_role("region", name="Run “Calculate”?")).to_be_visible()
    article, fetches = room.page.locator("article").last, []
    room.page.route(f"**{article.get_attribute('data-url')}", lambda route: fetches.append(route), times=1)
    other = Room(new_page(cookies), live)
    other.open("/notifications/")
    other.page.locator(".rows a").first.click()
    other.page.get_by_role("button", name="Always in this chat").click()
    expect(article).to_have_attribute("data-state", "succeeded")
    busy = article.evaluate("""found => {
        const copy = found.cloneNode(true);
        copy.setAttribute("aria-busy", "true");
        copy.dataset.state = "running";
        delete copy.dataset.goesOn;
        return copy.outerHTML;
    }""")
    with room.page.expect_response(f"**{article.get_attribute('data-url')}"):
        fetches[0].fulfill(body=busy, content_type="text/html")
    expect(article).not_to_have_attribute("data-goes-on", "true")
    expect(article).to_have_attribute("data-state", "succeeded")
    expect(article).not_to_have_attribute("aria-busy", "true")


def test_stop_ends_what_waits(room):
    room.open("/app/")
    room.send(orders([SUM]))
    room.page.get_by_role("button", name="Stop here").click()
    expect(room.page.locator("article").last).to_have_attribute("data-state", "stopped")
    expect(card(room, "Calculate").locator(".tool-state")).to_have_text("not finished")
    room.composer.fill("Go on")
    room.composer.press("Enter")
    expect(room.page.locator("article")).to_have_count(4)


def test_a_chart_is_drawn_with_its_numbers(new_page, live):
    room = Room(new_page(signed_in(live, preferences={"default_model": f"openai_compatible:{OBEYS}"})), live)
    room.open("/app/")
    room.send(orders([CHART]))
    expect(room.page.get_by_role("img", name="Two")).to_be_visible()
    room.page.reload()
    expect(room.page.get_by_role("img", name="Two")).to_be_visible()
    room.page.get_by_text("Numbers").click()
    expect(room.page.get_by_role("cell", name="a", exact=True)).to_be_visible()
    assert_clean(room.page)
