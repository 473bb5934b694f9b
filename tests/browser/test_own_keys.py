"""A key of one's own, an agent, a chat: the way of a person who wants better answers than the demo's."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.chromium import QUICK, Room

INSTRUCTIONS = "You are a pirate. Say arr."


def _asked(scripted) -> list[dict]:
    """What the model was told last."""
    return [m for m in scripted.get("/_requests?last=50") if "title of two to six words" not in str(m)]


def _keep_a_key(room: Room, scripted) -> None:
    """Chosen by provider, tested as soon as it is kept, and never shown again."""
    page = room.page
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


def _make_an_agent(room: Room) -> None:
    """With a model under that key."""
    page = room.page
    room.open("/app/agents/new/")
    page.get_by_label("Name", exact=True).fill("Pirate")
    page.get_by_label("Instructions").fill(INSTRUCTIONS)
    page.get_by_label("Conversation starters").fill("Where is the treasure?")
    workshop = page.get_by_label("Model", exact=True).locator("optgroup[label='Workshop'] option", has_text=QUICK)
    page.get_by_label("Model", exact=True).select_option(workshop.first.get_attribute("value"))
    page.get_by_role("button", name="Make the agent").click()


def _try_it(room: Room, reply: Locator, scripted) -> None:
    """Beside its editor."""
    page = room.page
    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_role("heading", name="Try Pirate")).to_be_visible()
    room.send("Ahoy")
    expect(reply).to_have_attribute("data-state", "succeeded")
    assert page.url.count("/try/?chat=") == 1
    assert INSTRUCTIONS in str(_asked(scripted)[-1]["messages"][0])


def _begin_a_chat(room: Room, reply: Locator) -> None:
    """What the agent costs and fills is seen before."""
    page = room.page
    room.open("/app/agents/")
    page.get_by_role("link", name="Pirate").first.click()
    page.get_by_role("link", name="Start a chat").click()
    expect(page.locator("#picker-words")).to_have_text(f"Pirate · {QUICK}")
    page.get_by_role("button", name="What fills the model's window").click()
    expect(page.get_by_text("Agent's instructions")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Where is the treasure?").click()
    expect(room.composer).to_have_value("Where is the treasure?")
    room.composer.press("Enter")
    expect(reply).to_have_attribute("data-state", "succeeded")


def _ask_without_it(room: Room, scripted) -> None:
    """The model answers."""
    room.picker().click()
    room.option("Without an agent").click()
    expect(room.page.locator("#picker-words")).to_have_text(QUICK)
    room.send("And who are you?")
    expect(room.replies).to_have_count(1)
    room.ended()
    assert INSTRUCTIONS not in str(_asked(scripted)[-1]["messages"])


def _name_it(room: Room, reply: Locator, scripted) -> None:
    """With an @, the agent answers one message."""
    room.composer.press_sequentially("Say it again, @pir")
    expect(room.page.get_by_role("option", name="Pirate")).to_be_visible()
    room.composer.press("Enter")
    room.composer.press("Enter")
    expect(reply).to_have_count(2)
    expect(reply.last).to_have_attribute("data-state", "succeeded")
    assert INSTRUCTIONS in str(_asked(scripted)[-1]["messages"][0])


def test_a_key_an_agent_and_a_chat(room: Room, scripted):
    reply = room.page.get_by_role("article", name="Pirate", exact=True)
    _keep_a_key(room, scripted)
    _make_an_agent(room)
    _try_it(room, reply, scripted)
    _begin_a_chat(room, reply)
    _ask_without_it(room, scripted)
    _name_it(room, reply, scripted)
