"""A model that does not take something answers all the same; the chat says what was left out, and goes on."""

import io

from tests import corpus
from tests.scripts import REFUSING

TOOLS, SYSTEM, IMAGES, TURNS, LONG, TOO_LARGE = REFUSING
SAID = "w0 w1 w2 w3 "


async def page(tab, chat: str) -> str:
    async with tab.http.get(f"/app/chats/{chat}/") as response:
        return (await response.text()).replace("&#x27;", "'")


async def ask_on(stage, tab, chat: str, text: str = "And now?") -> None:
    """Send a second message; its reply must succeed."""
    assert (await tab.post(f"/app/chats/{chat}/messages/", text=text))[0] == 200
    assert (await stage.settled(chat))[-1] == ("succeeded", "", SAID)


async def test_a_server_without_tools_and_with_strict_fields_answers(stage):
    async with stage.tab() as tab:
        chat = await tab.begin("Hello there", TOOLS)
        assert await stage.settled(chat) == [("succeeded", "", SAID)]
        told = await page(tab, chat)
        assert "It takes no tools and answers without them." in told
        assert "It takes no wish for counted tokens, so they may be missing." in told
        bodies = stage.requests(TOOLS)
        assert ["tools" in body for body in bodies] == [True, True, False]

        await ask_on(stage, tab, chat)  # remembered
        assert len(stage.requests(TOOLS)) == len(bodies) + 1
        assert (await page(tab, chat)).count("It takes no tools") == 1


async def test_tools_that_a_message_names_are_not_left_out(stage):
    async with stage.tab() as tab:
        chat = await tab.begin("@calculate two and two", TOOLS)
        ((status, error, _text),) = await stage.settled(chat)
    assert status == "failed"
    assert "requires --enable-auto-tool-choice" in error


async def test_a_model_without_system_prompts_gets_the_words_and_names_the_chat(stage):
    async with stage.tab() as tab:
        chat = await tab.begin("Hello there", SYSTEM)
        assert await stage.settled(chat) == [("succeeded", "", SAID)]
        last = stage.requests(SYSTEM)[-1]["messages"]
        assert [message["role"] for message in last] == ["user"]
        assert last[0]["content"].endswith("\n\nHello there")
        named = "SELECT metadata->>'title_by' FROM chats WHERE id = %s"
        assert await stage.until(lambda: stage.live.sql(named, chat)[0][0], "the title") == "model"


async def test_an_image_kills_no_chat_of_a_model_that_sees_none(stage):
    async with stage.tab() as tab:
        chat = await tab.begin("What is this?", IMAGES, upload=io.BytesIO(corpus.picture()))
        assert await stage.settled(chat) == [("succeeded", "", SAID)]
        assert "It takes no images" in await page(tab, chat)
        await ask_on(stage, tab, chat, "Forget the image. Two plus two?")
    first, *others = stage.requests(IMAGES)
    assert "image_url" in str(first)
    assert "image_url" not in str(others)
    assert "is not here: this model sees no images" in str(others)


async def test_a_question_without_an_answer_blocks_nothing(stage):
    """The first one failed; the next goes with it as one message, to a server that wants turns to alternate."""
    async with stage.tab() as tab:
        chat = await tab.begin("One?", "fake-e404")
        assert (await stage.settled(chat))[0][0] == "failed"
        await tab.post(f"/app/chats/{chat}/model/", model=f"openai_compatible:{TURNS}")
        await ask_on(stage, tab, chat, "Two?")
    users = [message for message in stage.requests(TURNS)[-1]["messages"] if message["role"] == "user"]
    assert [message["content"] for message in users] == ["One?\n\nTwo?"]


async def test_less_is_sent_where_it_is_too_long_in_other_words(stage):
    for model in (LONG, TOO_LARGE):
        async with stage.tab() as tab:
            chat = await tab.begin("x" * 3000, "fake-plain")
            await stage.settled(chat)
            await tab.post(f"/app/chats/{chat}/model/", model=f"openai_compatible:{model}")
            await ask_on(stage, tab, chat, "y" * 2000)
            assert "earlier messages were left out" in await page(tab, chat)
        assert "xxx" not in str(stage.requests(model)[-1])
