"""A chat through the whole stack: a real web process, sockets, PostgreSQL, and the scripted model server."""

import asyncio
import re
import uuid

from tests.agents.runs.page import text_of
from tests.live import Tab, sign_in_on

#: Below a message: so many more of one text, the last of them on show.
_LONG = """
WITH top AS (SELECT id, chat_id FROM messages WHERE id = %s), given AS (SELECT %s AS text, %s AS number),
ids AS (SELECT n, gen_random_uuid() AS id FROM given, generate_series(1, number) AS n),
made AS (
    INSERT INTO messages (id, chat_id, parent_id, role, parts, content, created_at)
    SELECT ids.id, chat_id, coalesce(above.id, top.id), CASE WHEN ids.n %% 2 = 1 THEN 'user' ELSE 'assistant' END,
           jsonb_build_array(jsonb_build_object('type', 'text', 'text', text)), text, now()
    FROM top, given, ids LEFT JOIN ids AS above ON above.n = ids.n - 1
)
UPDATE chats SET current_message_id = ids.id FROM top, given, ids WHERE chats.id = top.chat_id AND ids.n = number
"""


async def finished(stage, tab, model: str, text: str = "Hello", **data) -> str:
    """Begin a chat and wait for its reply; give its id."""
    chat = await tab.begin(text, model, **data)
    await stage.settled(chat)
    return chat


# ---- once, in order ----------------------------------------------------------------------------------------
async def test_twenty_equal_sends_at_once_are_one_message_and_one_request(stage):
    model, client_id = stage.hold(), str(uuid.uuid4())
    async with stage.tab() as tab:
        chat = await finished(stage, tab, "fake-plain")
        await tab.post(f"/app/chats/{chat}/model/", model=f"openai_compatible:{model}")
        url = f"/app/chats/{chat}/messages/"
        answers = await asyncio.gather(*(tab.post(url, text="Once", client_id=client_id) for _ in range(20)))
        await stage.until(lambda: stage.asked(model), "the request")
        assert {status for status, _, _ in answers} == {200}
        sent = stage.live.sql("SELECT count(*) FROM messages WHERE chat_id = %s AND content = 'Once'", chat)
        assert sent == [(1,)]
        assert len(stage.requests(model)) == 1
        stage.release(model)
        assert [status for status, _, _ in await stage.settled(chat)] == ["succeeded"] * 2


async def test_twenty_equal_first_messages_at_once_are_one_chat(stage):
    model, client_id = stage.hold(), str(uuid.uuid4())
    async with stage.tab() as tab:
        chats = await asyncio.gather(*(tab.begin("Once", model, client_id=client_id) for _ in range(20)))
        assert len(set(chats)) == 1
        await stage.until(lambda: stage.asked(model), "the request")
        assert stage.asked(model) == 1
        stage.release(model)
        await stage.settled(chats[0])


async def test_two_tabs_sending_at_once_make_one_branch(stage):
    """Both show the same end; one is answered, the other waits and follows it."""
    model = stage.hold()
    async with stage.tab() as one, stage.tab() as two:
        chat = await finished(stage, one, "fake-plain")
        await one.post(f"/app/chats/{chat}/model/", model=f"openai_compatible:{model}")
        parent = stage.last(chat)
        url = f"/app/chats/{chat}/messages/"
        answers = await asyncio.gather(*(tab.post(url, text="Both", parent=parent) for tab in (one, two)))
        assert sorted(html.count("<article") for _, html, _ in answers) == [0, 2]
        assert any("data-queued" in html for _, html, _ in answers)
        stage.release(model)
        await stage.until(lambda: len(stage.replies(chat)) == 3, "the second answer")
        await stage.settled(chat)
        branch = stage.live.sql("SELECT count(DISTINCT parent_id), count(*) FROM messages WHERE chat_id = %s", chat)
        assert branch == [(5, 6)]  # a chain: every message but the first has a parent of its own


async def test_messages_that_wait_are_sent_in_their_order(stage):
    model = stage.hold()
    async with stage.tab() as tab:
        chat = await tab.begin("m0", model)
        await stage.shown(tab, chat, "w2")
        for n in range(1, 4):
            _, html, _ = await tab.post(f"/app/chats/{chat}/messages/", text=f"m{n}")
            assert html.count("data-queued=") == n
        queued = re.findall(r'data-queued="([^"]+)"', html)
        await tab.post(f"/app/messages/{queued[1]}/withdraw/")
        stage.release(model)
        await stage.until(lambda: len(stage.replies(chat)) == 3, "three answers")
        await stage.settled(chat)
    said = stage.live.sql("SELECT content FROM messages WHERE chat_id = %s AND role = 'user' ORDER BY created_at", chat)
    assert [text for (text,) in said] == ["m0", "m1", "m3"]
    sent = [m["content"] for m in stage.requests(model)[-1]["messages"] if m["role"] == "user"]
    assert sent == ["m0", "m1", "m3"]


# ---- stop, go on, ask again ----------------------------------------------------------------------------------
async def test_stop_from_another_tab_keeps_the_text_and_ends_the_request(stage):
    model, aborted = stage.hold(), stage.model.get("/_stats")["aborted"]
    async with stage.tab() as one, stage.tab() as two:
        chat = await one.begin("Hello", model)
        async with one.follow(chat) as receive:
            message, _ = await stage.shown(two, chat, "w2")
            assert (await two.post(f"/app/messages/{message}/stop/"))[0] == 204
            while (frame := await receive())["kind"] != "end":
                pass
        assert frame["state"] == "stopped"
        assert text_of(frame["html"]) == "w0 w1 w2"
        assert stage.replies(chat) == [("stopped", "", "w0 w1 w2 ")]
        await stage.until(lambda: stage.model.get("/_stats")["aborted"] > aborted, "the end of the request")


async def test_stop_twice_and_after_the_end_changes_nothing(stage):
    async with stage.tab() as tab:
        chat = await finished(stage, tab, "fake-plain-n20")
        before = stage.replies(chat)
        for _ in range(2):
            assert (await tab.post(f"/app/messages/{stage.last(chat)}/stop/"))[0] == 204
        assert stage.replies(chat) == before


async def test_continue_goes_on_after_the_models_own_text(stage):
    model = stage.hold(continues=True)
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", model)
        message, _ = await stage.shown(tab, chat, "w2")
        await tab.post(f"/app/messages/{message}/stop/")
        await stage.settled(chat)
        stage.release(model)
        assert (await tab.post(f"/app/messages/{message}/continue/"))[0] == 200
        ((status, _, text),) = await stage.settled(chat)
    length = int(re.search(r"n(\d+)", model)[1])
    assert (status, text.split()) == ("succeeded", [f"w{n}" for n in range(length)])
    assert stage.last(chat) == message
    last = stage.requests(model)[-1]["messages"][-1]
    assert (last["role"], last["content"].strip()) == ("assistant", "w0 w1 w2")


async def test_continue_asks_a_model_that_cannot_be_given_its_beginning(stage):
    model = stage.hold()
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", model)
        message, _ = await stage.shown(tab, chat, "w2")
        await tab.post(f"/app/messages/{message}/stop/")
        await stage.settled(chat)
        stage.release(model)
        assert (await tab.post(f"/app/messages/{message}/continue/"))[0] == 200
        ((status, _, text),) = await stage.settled(chat)
    length = int(re.search(r"n(\d+)", model)[1])
    assert (status, text.split()) == ("succeeded", [f"w{n}" for n in range(length)])
    assert stage.last(chat) == message
    half, asked = stage.requests(model)[-1]["messages"][-2:]
    assert (half["role"], half["content"].strip()) == ("assistant", "w0 w1 w2")
    assert asked["role"] == "user"
    assert asked["content"].endswith("They are: w0 w1 w2")


async def test_a_model_changed_in_the_middle_answers_from_then_on_with_the_whole_history(stage):
    async with stage.tab() as tab:
        chat = await finished(stage, tab, "fake-plain")
        model = "fake-plain-n20-think"
        await tab.post(f"/app/chats/{chat}/model/", model=f"openai_compatible:{model}")
        await tab.post(f"/app/chats/{chat}/messages/", text="And you?")
        await stage.settled(chat)
        body = stage.requests(model)[-1]
    assert [m["role"] for m in body["messages"]] == ["system", "user", "assistant", "user"]
    names = stage.live.sql("SELECT metadata->>'model' FROM messages WHERE chat_id = %s AND role = 'assistant'", chat)
    assert {name for (name,) in names} == {"fake-plain", model}


async def test_reasoning_is_kept_apart_and_not_sent_back(stage):
    async with stage.tab() as tab:
        chat = await finished(stage, tab, "fake-plain-n20-think")
        ((parts,),) = stage.live.sql("SELECT parts FROM messages WHERE id = %s", stage.last(chat))
        assert [part["type"] for part in parts] == ["reasoning", "text"]
        await tab.post(f"/app/chats/{chat}/messages/", text="More")
        await stage.settled(chat)
    sent = stage.requests("fake-plain-n20-think")[-1]["messages"][2]["content"]
    assert sent.strip() == parts[1]["text"].strip()


# ---- how a chat is set -----------------------------------------------------------------------------------------
async def test_settings_reach_the_model(stage):
    model = "fake-plain-n20"
    async with stage.tab() as tab:
        chat = await finished(stage, tab, model)
        plain = stage.requests(model)[-1]
        assert "temperature" not in plain
        await tab.post(f"/app/chats/{chat}/settings/", system_prompt="Be a pirate.", temperature="0.3", max_tokens="7")
        await tab.post(f"/app/chats/{chat}/messages/", text="Ahoy")
        replies = await stage.settled(chat)
        body = stage.requests(model)[-1]
        assert body["messages"][0]["content"].startswith("Be a pirate.\n\nAbout the tools of ")
        assert (body["temperature"], body["max_tokens"]) == (0.3, 7)
        assert len(replies[-1][2].split()) == 7
        async with tab.http.get(f"/app/messages/{stage.last(chat)}/", headers={"HX-Request": "true"}) as response:
            assert "Continue" in await response.text()


async def test_what_a_person_says_of_themselves_reaches_the_model_and_can_be_looked_at(stage):
    cookies = sign_in_on(stage.live, preferences={"bot_name": "Al", "profession": "baker"})
    async with Tab(stage.live, cookies) as tab:
        chat = await finished(stage, tab, "fake-plain-n20")
        system = stage.requests("fake-plain-n20")[-1]["messages"][0]["content"]
        assert "\n\nThe person you talk with wants to be called Al. Their work: baker.\n\n" in system
        async with tab.http.get(f"/app/chats/{chat}/told/") as response:
            assert system in await response.text()


async def test_usage_is_kept_and_shown(stage):
    async with stage.tab() as tab:
        chat = await finished(stage, tab, "fake-plain-n20")
        ((kept,),) = stage.live.sql("SELECT metadata FROM messages WHERE id = %s", stage.last(chat))
        assert kept["usage"]["output_tokens"] == 20
        assert kept["usage"]["input_tokens"] > 0
        assert 0 <= kept["first_token_seconds"] <= kept["seconds"]
        assert kept["finish_reason"] == "stop"
        async with tab.http.get(f"/app/messages/{stage.last(chat)}/usage/", headers={"HX-Request": "true"}) as found:
            html = await found.text()
    assert "Tokens written</dt><dd>20<" in html
    assert "Tokens per second" in html


async def test_a_long_history_is_cut_and_told(stage):
    """The window of a server that tells none is 32,768 tokens: three messages of 12,500 each, and the tools."""
    async with stage.tab() as tab:
        chat = await finished(stage, tab, "fake-plain-n20", text="a" * 37_500)
        for letter in "bc":
            await tab.post(f"/app/chats/{chat}/messages/", text=letter * 37_500)
            await stage.settled(chat)
        sent = [m["content"][0] for m in stage.requests("fake-plain-n20")[-1]["messages"] if m["role"] == "user"]
        assert sent == ["b", "c"]
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            assert "2 earlier messages were left out" in await response.text()


async def test_a_history_of_two_million_tokens_is_answered(stage):
    async with stage.tab() as tab:
        chat = await finished(stage, tab, "fake-plain-n20")
        stage.live.sql(_LONG, stage.last(chat), "one two three four " * 3000, 520)
        status, _, _ = await tab.post(f"/app/chats/{chat}/messages/", text="And now?")
        assert status == 200
        assert (await stage.settled(chat))[-1][0] == "succeeded"
        sent = stage.requests("fake-plain-n20")[-1]["messages"]
        assert [m["role"] for m in sent] == ["system", "user"]
        assert sent[-1]["content"] == "And now?"
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            assert "522 earlier messages were left out" in await response.text()


async def test_a_message_above_the_window_is_told_and_can_be_edited(stage):
    async with stage.tab() as tab:
        chat = await finished(stage, tab, "fake-plain-n20", text="x" * 120_000)
        ((status, error, _),) = stage.replies(chat)
        assert status == "failed"
        assert "Shorten it, or choose another model." in error
        await tab.post(f"/app/messages/{stage.last(chat, 'user')}/edit/", text="shorter")
        assert (await stage.settled(chat))[-1][0] == "succeeded"


# ---- titles ----------------------------------------------------------------------------------------------------
async def test_the_model_names_the_chat_and_open_pages_learn_of_it(stage):
    async with stage.tab() as tab:
        model = stage.hold()
        chat = await tab.begin("Where shall we walk?", model)
        async with tab.follow(chat) as receive:
            stage.release(model)
            while (await receive())["kind"] != "titled":
                pass
    ((title, by),) = stage.live.sql("SELECT title, metadata->>'title_by' FROM chats WHERE id = %s", chat)
    assert by == "model"
    assert title.startswith("w0 w1")


# ---- deleting while a reply runs -------------------------------------------------------------------------------
async def test_a_chat_deleted_while_it_streams_keeps_its_text_for_the_undo(stage):
    model = stage.hold()
    async with stage.tab() as tab:
        chat = await tab.begin("Hello", model)
        await stage.shown(tab, chat, "w2")
        assert (await tab.post(f"/app/chats/{chat}/delete/"))[0] == 204
        assert await stage.settled(chat) == [("stopped", "", "w0 w1 w2 ")]
        assert (await tab.post(f"/app/chats/{chat}/restore/"))[0] == 204
        async with tab.http.get(f"/app/chats/{chat}/") as response:
            assert "w0 w1 w2" in await response.text()


async def test_a_message_deleted_while_it_streams_ends_its_run_and_nothing_else(stage):
    model, other = stage.hold(), stage.hold()
    async with stage.tab() as tab:
        chat, beside = await tab.begin("Hello", model), await tab.begin("Hello", other)
        _, run = await stage.shown(tab, chat, "w2")
        await stage.shown(tab, beside, "w2")
        assert (await tab.post(f"/app/messages/{stage.last(chat, 'user')}/delete/"))[0] == 200
        ended = "SELECT status FROM run WHERE id = %s AND finished_at IS NOT NULL"
        await stage.until(lambda: stage.live.sql(ended, run), "the end of the run")
        stage.release(other)
        assert [status for status, _, _ in await stage.settled(beside)] == ["succeeded"]
        assert stage.live.sql("SELECT count(*) FROM messages WHERE chat_id = %s", chat) == [(0,)]


async def test_deletes_and_ends_at_the_same_moment_do_not_lock_each_other(stage):
    """A finishing reply and a deletion touch the same rows; all of them answer."""
    async with stage.tab() as tab:
        for _ in range(8):
            chat = await tab.begin("Hello", "fake-plain")
            question = stage.last(chat, "user")
            statuses = await asyncio.gather(
                tab.post(f"/app/messages/{question}/delete/"),
                tab.post(f"/app/chats/{chat}/messages/", text="And?"),
                tab.post(f"/app/chats/{chat}/delete/"),
            )
            assert {status for status, _, _ in statuses} <= {200, 204, 404}
    await stage.until(
        lambda: (
            stage.live.sql("SELECT count(*) FROM run WHERE status IN ('queued', 'running') AND model = 'fake-plain'")
            == [(0,)]
        ),
        "the end of all runs",
    )


# ---- many ------------------------------------------------------------------------------------------------------
async def test_a_burst_of_sends_into_one_chat_loses_and_doubles_nothing(stage):
    model = stage.hold()
    async with stage.tab() as tab:
        chat = await tab.begin("m0", model)
        await stage.shown(tab, chat, "w2")
        answers = await asyncio.gather(*(tab.post(f"/app/chats/{chat}/messages/", text=f"m{n}") for n in range(1, 71)))
        statuses = [status for status, _, _ in answers]
        assert (statuses.count(200), statuses.count(422)) == (50, 20)
        assert any("wait here already" in html for status, html, _ in answers if status == 422)
        kept = stage.live.sql("SELECT content FROM messages WHERE chat_id = %s AND queued_at IS NOT NULL", chat)
        taken = {f"m{n}" for n, status in enumerate(statuses, 1) if status == 200}
        assert sorted(text for (text,) in kept) == sorted(taken)
        await tab.post(f"/app/chats/{chat}/delete/")
        await stage.settled(chat)


async def test_the_stored_parts_of_every_run_are_its_log_replayed(stage):
    """Over all the runs of this process's tests so far."""
    async with stage.tab() as tab:
        await finished(stage, tab, "fake-plain-n20-think")
    printed = stage.live.manage("""
from agents.models import Run, ACTIVE
from agents.generation.reply import Reply
from agents.runs import log
from chats.models import Message
wrong = []
for message in Message.objects.filter(run__isnull=False).exclude(run__status__in=ACTIVE).select_related("run"):
    reply = Reply(str(message.pk))
    seq = log.replay(message.run_id, reply)
    if seq and (reply.parts, reply.usage) != (message.parts, message.run.usage):
        wrong.append(str(message.pk))
print(Message.objects.filter(run__isnull=False).count(), wrong)
""").split(maxsplit=1)
    assert int(printed[0]) > 0
    assert printed[1].strip() == "[]"
