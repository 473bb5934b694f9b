"""A key of one's own, an agent, a chat: the way of a person who wants better answers than the demo's."""

import re

from playwright.sync_api import expect

from tests.browser.chromium import QUICK, Room

INSTRUCTIONS = "You are a pirate. Say arr."


def _asked(scripted) -> list[dict]:
    """What the model was told last."""
    return [m for m in scripted.get("/_requests?last=50") if "title of two to six words" not in str(m)]


def test_a_key_an_agent_and_a_chat(room: Room, scripted):
    page = room.page
    # A key: chosen by provider, tested as soon as it is kept, and never shown again.
    room.open("/app/keys/")
    page.get_by_role("link", name="Add the first key").click()
    page.get_by_role("link", name="OpenAI-compatible").click()
    page.get_by_label("Name").fill("Workshop")
    page.get_by_label("Key", exact=True).fill("sk-workshop-12345678wxyz")
    page.get_by_label("Address").fill(f"{scripted.url}/v1")
    page.get_by_role("button", name="Save and test").click()
    expect(room.toasts).to_contain_text(re.compile(r"“Workshop” works and offers \d+ models"))
    expect(page.get_by_text("…wxyz")).to_be_visible()
    assert "sk-workshop" not in page.content()

    # An agent with a model under that key.
    room.open("/app/agents/new/")
    page.get_by_label("Name", exact=True).fill("Pirate")
    page.get_by_label("Instructions").fill(INSTRUCTIONS)
    page.get_by_label("Conversation starters").fill("Where is the treasure?")
    workshop = page.get_by_label("Model", exact=True).locator("optgroup[label='Workshop'] option", has_text=QUICK)
    page.get_by_label("Model", exact=True).select_option(workshop.first.get_attribute("value"))
    page.get_by_role("button", name="Make the agent").click()

    # It is tried beside its editor, then used in a chat; what it costs and fills is seen before.
    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_role("heading", name="Try Pirate")).to_be_visible()
    room.send("Ahoy")
    reply = page.get_by_role("article", name="Pirate", exact=True)
    expect(reply).to_have_attribute("data-state", "succeeded")
    assert page.url.count("/try/?chat=") == 1
    assert INSTRUCTIONS in str(_asked(scripted)[-1]["messages"][0])

    room.open("/app/agents/")
    page.get_by_role("link", name="Pirate").first.click()
    page.get_by_role("link", name="Start a chat").click()
    expect(page.locator("#picker-words")).to_have_text(f"Pirate · {QUICK}")
    gauge = page.get_by_role("button", name="What fills the model's window")
    gauge.click()
    expect(page.get_by_text("Agent's instructions")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Where is the treasure?").click()
    expect(room.composer).to_have_value("Where is the treasure?")
    room.composer.press("Enter")
    expect(reply).to_have_attribute("data-state", "succeeded")

    # Without the agent the model answers; named with an @, the agent answers one message.
    room.picker().click()
    room.option("Without an agent").click()
    expect(page.locator("#picker-words")).to_have_text(QUICK)
    room.send("And who are you?")
    expect(room.replies).to_have_count(1)
    room.ended()
    assert INSTRUCTIONS not in str(_asked(scripted)[-1]["messages"])
    room.composer.press_sequentially("Say it again, @pir")
    expect(page.get_by_role("option", name="Pirate")).to_be_visible()
    room.composer.press("Enter")
    room.composer.press("Enter")
    expect(reply).to_have_count(2)
    expect(reply.last).to_have_attribute("data-state", "succeeded")
    assert INSTRUCTIONS in str(_asked(scripted)[-1]["messages"][0])
