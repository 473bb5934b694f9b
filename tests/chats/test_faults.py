"""Every fault of a model's server, through the whole stack: a clear notice, the text so far kept, Retry."""

import asyncio

import pytest

from tests.scripts import FAULTS

HALF = "w0 w1 w2 w3 w4 "
CUT = ("interrupted", "The connection to the model broke in the middle of its answer. Continue, or try again.", HALF)
GARBLED = ("failed", "The model's service sent something that cannot be read. Try again.", HALF)
#: model: (state, sentence, text kept, times the model is asked)
ENDS = {
    "fake-e429": (
        "failed",
        "The model's service is receiving too many requests at the moment. Try again shortly.",
        "",
        3,
    ),
    "fake-e500": ("failed", "The model's service failed. Try again shortly. It said: scripted failure 500", "", 3),
    "fake-html502": ("failed", "The model's service failed. Try again shortly. It said: Bad gateway", "", 3),
    "fake-e404": (
        "failed",
        "The model's service has no such model, or has it no more. Choose another model. It said: scripted failure 404",
        "",
        1,
    ),
    "fake-full": (
        "failed",
        "The conversation is too long for this model. Shorten it, or choose a model with a larger window.",
        "",
        1,
    ),
    "fake-empty": ("failed", "The model answered with nothing. Try again.", "", 1),
    "fake-n0": ("failed", "The model answered with nothing. Try again.", "", 1),
    "fake-n0-finish_content_filter": (
        "failed",
        "The model's service refused to answer this. Put it in other words, or choose another model.",
        "",
        1,
    ),
    "fake-plain-n20-cut5": (*CUT, 1),
    "fake-plain-n20-fin5": (*CUT, 1),
    "fake-plain-n20-eof5": (*CUT, 1),
    "fake-plain-n20-err5": (
        "failed",
        "The model's service reported an error in the middle of its answer. Try again. "
        "It said: scripted in-stream failure",
        HALF,
        1,
    ),
    "fake-plain-n20-garbage5": (*GARBLED, 1),
    "fake-plain-n20-bigline5": (*GARBLED, 1),
}
WELL = {
    "fake-plain-n20-empty5": 20,
    "fake-plain-n20-type_json": 20,
    "fake-plain-n20-nodone": 20,
    "fake-plain-n20-nousage": 20,
    "fake-plain-n20-t200": 20,
    "fake-plain-e429x1-n8": 8,
    "fake-plain-e500x1-n9": 9,
}


@pytest.mark.parametrize("model", ENDS)
async def test_a_fault_ends_in_words_with_the_text_kept_and_retry(stage, model):
    state, sentence, text, times = ENDS[model]
    before = stage.asked(model)
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", model)
        ((status, error, kept),) = await stage.settled(chat)
        assert (status, error, kept) == (state, sentence, text)
        assert stage.asked(model) - before == times
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            html = await response.text()
        assert html.count('class="notice notice-') == 1
        assert "Retry" in html
        assert ("Continue" in html) == bool(text)
        # Retry with a model that is well
        await tab.post(f"/app/chats/{chat}/model/", model="openai_compatible:fake-plain-n20")
        assert (await tab.post(f"/app/messages/{stage.last(chat)}/retry/"))[0] == 200
        replies = await stage.settled(chat)
        assert replies[-1][0] == "succeeded"
        assert len(replies) == (2 if text else 1)


@pytest.mark.parametrize("model", WELL)
async def test_what_looks_odd_but_is_no_fault_ends_well(stage, model):
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", model)
        ((status, error, text),) = await stage.settled(chat)
    assert (status, error) == ("succeeded", "")
    assert text.split() == [f"w{n}" for n in range(WELL[model])]


async def test_characters_cut_in_two_by_the_network_arrive_whole(stage):
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", "fake-plain-n20-utf8")
        ((status, _, text),) = await stage.settled(chat)
    assert (status, text.split()) == ("succeeded", [f"é漢😀w{n}" for n in range(20)])


async def test_a_thought_without_its_opening_tag_is_no_part_of_the_answer(stage):
    model = "fake-plain-n20-think-thoughts_lone"
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", model)
        ((status, _, text),) = await stage.settled(chat)
        assert (status, text.split()) == ("succeeded", [f"w{n}" for n in range(10, 20)])
        assert (await tab.post(f"/app/chats/{chat}/messages/", text="And then?"))[0] == 200
        await stage.settled(chat)
    sent = [message for message in stage.requests(model)[-1]["messages"] if message["role"] == "assistant"]
    assert [message["content"].split() for message in sent] == [text.split()]


async def test_half_an_answer_that_a_filter_has_cut_says_so(stage):
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", "fake-plain-n20-finish_content_filter")
        ((status, error, text),) = await stage.settled(chat)
        assert (status, error, len(text.split())) == ("succeeded", "", 20)
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            html = await response.text()
    assert "its filter objected" in html
    assert "Retry" in html


async def test_a_chat_goes_on_after_an_answer_of_nothing(stage):
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", "fake-n0")
        await stage.settled(chat)
        await tab.post(f"/app/chats/{chat}/model/", model="openai_compatible:fake-plain-n20")
        await tab.post(f"/app/chats/{chat}/messages/", text="And now?")
        replies = await stage.settled(chat)
    assert [status for status, _, _ in replies] == ["failed", "succeeded"]


async def test_a_stalled_model_can_be_stopped_and_holds_up_nobody(stage):
    async with stage.tab() as tab:
        stalled = await tab.begin("Hello", "fake-plain-n20-stall5")
        message, _ = await stage.shown(tab, stalled, "w4")
        others = [await tab.begin("Hello", model) for model in ("fake-plain-n20", "fake-e404", "fake-plain-n20-cut5")]
        ends = await asyncio.gather(*(stage.settled(chat) for chat in others))
        assert [status for ((status, _, _),) in ends] == ["succeeded", "failed", "interrupted"]
        await tab.post(f"/app/messages/{message}/stop/")
        assert await stage.settled(stalled) == [("stopped", "", HALF)]


async def test_a_cut_reply_continues_to_its_end(stage):
    """The model's own partial text is given back to it, and the same message grows."""
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", "fake-plain-cut4-n12-continues")
        ((status, _, text),) = await stage.settled(chat)
        message = stage.last(chat)
        assert (status, text) == ("interrupted", "w0 w1 w2 w3 ")
        await tab.post(f"/app/chats/{chat}/model/", model="openai_compatible:fake-plain-n12-continues")
        await tab.post(f"/app/messages/{message}/continue/")
        ((status, error, text),) = await stage.settled(chat)
    assert stage.last(chat) == message
    assert text.split() == [f"w{n}" for n in range(12)]
    assert (status, error) == ("succeeded", "")


async def test_an_error_never_shows_the_address_or_the_key_of_the_server(stage):
    errors = stage.live.sql("SELECT DISTINCT error_params::text FROM run")
    assert not any(stage.model.url.removeprefix("http://") in error for (error,) in errors)


def test_every_fault_on_offer_is_tried():
    tried = {*ENDS, *WELL, "fake-plain-n20-utf8", "fake-plain-n20-stall5", "fake-plain-cut4-n12-continues"}
    tried |= {"fake-plain-n20-think-thoughts_lone", "fake-plain-n20-finish_content_filter"}
    assert tried == set(FAULTS)
