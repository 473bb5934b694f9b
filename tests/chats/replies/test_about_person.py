"""What people tell about themselves reaches the model, word for word, and can be looked at."""

import pytest

from agents import catalog, engine
from agents.catalog import servers
from chats.actions import sending
from chats.replies import about_person
from teams import profile
from tests.factories import ChatFactory, exchange

pytestmark = pytest.mark.django_db

MODELS = [
    catalog.Model("openai_compatible", f"fake-{n}", f"Fake {n}", 400, has_tokenizer=False, can_continue=False)
    for n in (1, 2)
]


@pytest.fixture(autouse=True)
def models(monkeypatch):
    monkeypatch.setattr(servers, "models", lambda: MODELS)
    monkeypatch.setattr(servers, "endpoint", lambda provider: engine.Endpoint("openai", "http://127.0.0.1:1/v1"))


def test_nothing_said_is_nothing_told(alice):
    assert about_person.about(alice) == ""
    assert about_person.about(None) == ""


def test_what_is_said_is_kept_and_what_is_emptied_is_forgotten(sign_in, alice):
    alice.preferences = {"theme": "dark"}
    alice.save()
    client = sign_in(alice)
    said = {"bot_name": "Al", "profession": "baker", "response_style": "short", "default_model": MODELS[1].value}
    assert client.post("/app/assistant/", said).status_code == 302
    alice.refresh_from_db()
    assert alice.preferences == {"theme": "dark", **said}
    page = client.get("/app/assistant/").content.decode()
    assert "wants to be called Al. Their work: baker. How they like answers: short." in page
    client.post("/app/assistant/", {"profession": "baker"})
    alice.refresh_from_db()
    assert alice.preferences == {"theme": "dark", "profession": "baker"}


def test_a_model_that_is_not_offered_cannot_be_the_usual_one(sign_in, alice):
    answer = sign_in(alice).post("/app/assistant/", {"default_model": "nobody:nothing", "profession": "baker"})
    assert answer.status_code == 422
    assert 'value="baker"' in answer.content.decode()
    alice.refresh_from_db()
    assert alice.preferences == {}


def test_a_new_chat_begins_with_the_usual_model(sign_in, alice):
    profile.set_preferences(alice, default_model=MODELS[1].value)
    client = sign_in(alice)
    assert "Fake 2" in client.get("/app/").content.decode().split('id="picker-words"')[1][:60]
    client.post("/app/chats/new/", {"text": "Hello"})
    assert sending.Chat.objects.get(user=alice).model == "fake-2"


def test_a_usual_model_that_is_gone_gives_way_to_the_first(alice, workspace):
    profile.set_preferences(alice, default_model="openai_compatible:gone")
    assert catalog.default(workspace) == MODELS[0]


def test_a_chat_shows_what_the_model_is_told(sign_in, alice):
    profile.set_preferences(alice, bot_name="Al <b>")
    chat = ChatFactory(user=alice, model="fake-1", settings={"system_prompt": "Be a pirate."})
    chat.current_message = exchange(chat, "Who are you?", "A **pirate**.")
    chat.save()
    page = sign_in(alice).get(f"/app/chats/{chat.pk}/told/").content.decode()
    assert "Be a pirate.\n\nThe person you talk with wants to be called Al &lt;b&gt;." in page
    assert "Who are you?" in page
    assert "A **pirate**." in page


def test_what_does_not_fit_is_said_to_be_left_out(sign_in, alice):
    chat = ChatFactory(user=alice, model="fake-1")
    first = exchange(chat, "first " * 90, "one")
    chat.current_message = exchange(chat, "second " * 60, "two", parent=first)
    chat.save()
    page = sign_in(alice).get(f"/app/chats/{chat.pk}/told/").content.decode()
    assert "2 earlier messages do not fit" in page
    told = page.split('<dl class="told">')[1].split("</dl>")[0]
    assert "second" in told
    assert "first" not in told


def test_a_chat_without_its_model_says_so(sign_in, alice):
    chat = ChatFactory(user=alice, model="gone")
    page = sign_in(alice).get(f"/app/chats/{chat.pk}/told/").content.decode()
    assert "is not offered any more" in page
