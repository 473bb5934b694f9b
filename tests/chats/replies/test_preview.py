"""What fills the window is shown before sending."""

from dataclasses import replace
from decimal import Decimal

import pytest

from agents import catalog, engine
from agents.catalog import servers
from agents.models import Agent
from chats.models import Chat
from chats.replies import preview
from tests.factories import exchange

pytestmark = pytest.mark.django_db

MODEL = catalog.Model(
    "openai_compatible", "fake-plain", "Fake", 4000, input_price=Decimal("2.5"), output_price=Decimal(10)
)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def offered(monkeypatch):
    monkeypatch.setattr(servers, "models", lambda: [MODEL])


def test_what_fills_the_window(alice, chat, workspace):
    pirate = Agent(name="Pirate", instructions="Talk like a pirate. " * 30)
    chat.settings = {"system_prompt": "Be brief."}
    chat.current_message = exchange(chat, "question " * 20, "answer " * 40)
    found = preview.gauge(MODEL, chat, pirate, workspace)
    assert found.instructions == engine.estimate(pirate.instructions.strip())
    assert found.system == engine.estimate("Be brief.")
    assert found.history == engine.estimate("question " * 20) + engine.estimate("answer " * 40)
    assert found.answer == 1000
    assert found.used == found.instructions + found.system + found.history
    assert found.cost == Decimal("2.5") * found.used / 1_000_000
    assert found.percent == round(100 * (found.used + 1000) / 4000)
    assert found.left_out == 0


def test_tools_fill_it_too_unless_they_take_too_much(alice, chat, workspace):
    large = preview.gauge(replace(MODEL, context_window=100_000), chat, None, workspace)
    assert large.tools > 500
    assert large.used == large.system + large.tools + large.history
    chat.settings = {"tool_choice": "none"}
    assert preview.gauge(replace(MODEL, context_window=100_000), chat, None, workspace).tools == 0
    chat.settings = {}
    assert preview.gauge(MODEL, chat, None, workspace).tools == 0, "a quarter of 4,000 tokens is less than they take"


def test_what_does_not_fit_is_not_counted_but_told(alice, chat, workspace):
    first = exchange(chat, "long " * 2500, "one")
    chat.current_message = exchange(chat, "short", "two", parent=first)
    found = preview.gauge(MODEL, chat, None, workspace)
    assert found.left_out == 2
    assert found.history == engine.estimate("short") + engine.estimate("two")


def test_the_gauge_of_a_chat(alice, chat, sign_in):
    Chat.objects.filter(pk=chat.pk).update(model="fake-plain")
    exchange(chat)
    page = sign_in(alice).get(f"/app/gauge/?chat={chat.pk}", headers=HTMX).content.decode()
    for wanted in (
        "About 4,000 tokens fit",
        "Conversation",
        'data-price="2.5',
        "Sending costs about",
        "Kept for the answer",
    ):
        assert wanted in page


def test_a_model_without_a_price_says_so(alice, sign_in, monkeypatch):
    monkeypatch.setattr(servers, "models", lambda: [replace(MODEL, input_price=None)])
    page = sign_in(alice).get("/app/gauge/", headers=HTMX).content.decode()
    assert "not known" in page
    assert "data-price" not in page


def test_without_a_model_there_is_no_gauge(alice, sign_in, monkeypatch):
    monkeypatch.setattr(servers, "models", list)
    assert sign_in(alice).get("/app/gauge/", headers=HTMX).content.decode().strip() == ""


def test_pictures_of_tools_fill_it_where_the_model_sees_them(alice, chat, workspace):
    said = exchange(chat, "question", "answer")
    call = {"type": "tool-call", "toolCallId": "c", "toolName": "shot", "args": {}}
    shown = {"kind": "images", "images": ["AAAA"], "leftOut": 0}
    said.parts = [call, {"type": "tool-result", "toolCallId": "c", "result": "A shot.", "show": shown}, *said.parts]
    said.save()
    chat.current_message = said
    seeing, blind = (preview.gauge(replace(MODEL, vision=vision), chat, None, workspace) for vision in (True, False))
    assert seeing.history > blind.history + 500
