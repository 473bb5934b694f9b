"""The model that comes with Sambung: a conversation of twice its window, counted by its own tokenizer.

The window is told to be a quarter of what it is: reading takes the model a second for each hundred tokens.
"""

import pytest

from sambung.home import Home
from sambung.supervisor import model as module
from sambung.supervisor.model import Model
from tests.live import Tab, live_server, sign_in_on, wait_for

WINDOW = 512  # tokens
QUESTION = "Say one word about the sea, the wind and the old harbour where the boats came in. " * 6
PREPARE = """
from tests.factories import ChatFactory, exchange
from teams.models import User
chat = ChatFactory(user=User.objects.get(), provider="bundled", model="smollm2-135m-instruct")
chat.settings = {{"max_tokens": 8, "temperature": 0}}
chat.save()
end = None
for n in range(6):
    end = exchange(chat, f"{{n}} " + {question!r}, "The answer is sea and wind. " * 10, parent=end)
print(chat.pk)
"""


@pytest.fixture
def bundled(tmp_path, scripted, monkeypatch):
    """A web process whose home holds the running bundled model."""
    monkeypatch.setattr(module, "CONTEXT_PER_REQUEST", WINDOW)
    home = Home.open(tmp_path / "home")
    model = Model(home)
    model.start()
    try:
        wait_for(home.model_endpoint, "the bundled model")
        with live_server(tmp_path / "home", scripted) as live:
            yield live
    finally:
        model.stop()


async def test_a_conversation_of_twice_the_window_is_answered_and_tells_what_was_left_out(bundled):
    cookies = sign_in_on(bundled)
    chat = bundled.manage(PREPARE.format(question=QUESTION)).strip()
    async with Tab(bundled, cookies) as tab:
        async with tab.follow(chat) as receive:
            status, _, _ = await tab.post(f"/app/chats/{chat}/messages/", text="And now, in one word?")
            assert status == 200
            while (frame := await receive())["kind"] != "end":
                pass
        assert frame["state"] == "succeeded", bundled.sql("SELECT status, error_code, error_params FROM run")
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            html = await response.text()
    ((metadata,),) = bundled.sql("SELECT metadata FROM messages WHERE run_id IS NOT NULL")
    tokens = metadata["usage"]["input_tokens"]
    assert 180 < tokens <= WINDOW - 8  # whole turns of about 180 tokens: at least one, and never above the window
    assert 0 < metadata["left_out"] < 12
    assert metadata["left_out"] % 2 == 0
    assert "earlier messages were left out" in html
