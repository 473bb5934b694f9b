"""A model that does not answer in time, or falls silent, through the whole stack."""

import pytest

from tests.live import Tab, live_server, scripted_model, sign_in_on

SLOW, STALLS = "fake-t600000", "fake-plain-n20-stall5"
WELL = "fake-plain-n20"
LATE, SILENT = "timed_out", "stalled"


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    """A web process that waits for no model longer than two seconds, and somebody signed in."""
    with (
        scripted_model(f"{SLOW},{STALLS},{WELL}") as model,
        live_server(tmp_path_factory.mktemp("hasty"), model, MODEL_FIRST_TOKEN="2", MODEL_IDLE="2") as found,
    ):
        yield found, sign_in_on(found)


@pytest.mark.parametrize(
    ("model", "state", "error", "words"),
    [(SLOW, "failed", LATE, 0), (STALLS, "interrupted", SILENT, 5), (WELL, "succeeded", "", 20)],
)
async def test_silence_ends_in_words_with_the_text_kept(hasty, model, state, error, words):
    live, cookies = hasty
    async with Tab(live, cookies) as tab:
        chat = await tab.begin("Hello", model)
        reply = "SELECT m.run_id, m.content FROM messages m WHERE m.chat_id = %s AND m.run_id IS NOT NULL"
        async with tab.follow(chat, {str(live.sql(reply, chat)[0][0]): 0}) as receive:
            while (frame := await receive())["kind"] != "end":
                pass
        assert frame["state"] == state
        ((run, text),) = live.sql(reply, chat)
        assert text.split() == [f"w{n}" for n in range(words)]
        assert live.sql("SELECT error_code FROM run WHERE id = %s", run) == [(error,)]
