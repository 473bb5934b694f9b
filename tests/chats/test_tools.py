"""Tools in chats, through the whole stack: a real web process, real tools, and a model that calls what it is told."""

import asyncio

import pytest

from tests.live import Tab, sign_in_on
from tests.scripts import OBEYS, SUM, orders


def parts(stage, chat) -> list[dict]:
    found = stage.live.sql("SELECT parts FROM messages WHERE chat_id = %s AND role = 'assistant'", chat)
    return [part for (parts,) in found for part in parts]


def results(stage, chat) -> list:
    return [part["result"] for part in parts(stage, chat) if part["type"] == "tool-result"]


async def ask_by_hand(stage, tab, text) -> str:
    """A chat whose tools ask before each call, with a reply that waits; its id."""
    chat = await tab.begin("Hello", "fake-plain")
    await stage.settled(chat)
    stage.live.sql('UPDATE chats SET settings = \'{"tool_choice": "manual"}\', model = %s WHERE id = %s', OBEYS, chat)
    await tab.post(f"/app/chats/{chat}/messages/", text=text)
    await stage.until(lambda: stage.replies(chat)[-1][0] == "waiting", f"the pause: {stage.replies(chat)}")
    return chat


def approvals(stage, chat) -> list[str]:
    query = (
        "SELECT a.id::text FROM tool_approval a JOIN messages m ON m.run_id = a.run_id "
        "WHERE m.chat_id = %s AND a.status = 'waiting' ORDER BY a.created_at, a.id"
    )
    return [pk for (pk,) in stage.live.sql(query, chat)]


async def test_a_model_calculates(stage):
    async with stage.tab() as tab:
        chat = await tab.begin(orders([SUM, ("calculate", {"expression": "1 / 0"})], [SUM]), OBEYS)
        await stage.settled(chat)
    assert [part["type"] for part in parts(stage, chat)] == [
        *("tool-call", "tool-call", "tool-result", "tool-result"),
        *("tool-call", "tool-result", "text"),
    ]
    assert "42 (exact)" in [str(found) for found in results(stage, chat)]
    told = stage.requests(OBEYS)[-1]["messages"]
    assert [m["role"] for m in told[1:]] == ["user", "assistant", "tool", "tool", "assistant", "tool"]
    (html,) = stage.live.sql("SELECT html FROM messages WHERE chat_id = %s AND role = 'assistant'", chat)
    assert html[0].count('class="part part-tool"') == 3


async def test_cards_come_over_the_socket_and_end_as_they_are_stored(stage):
    async with stage.tab() as tab:
        chat = await tab.begin(orders([SUM]), OBEYS)
        ((run,),) = stage.live.sql("SELECT run_id::text FROM messages WHERE chat_id = %s AND role = 'assistant'", chat)
        frames = []
        async with tab.follow(chat, {run: 0}) as receive:  # it may have ended before the socket is open
            while not frames or frames[-1].get("kind") != "end":
                frames.append(await receive())
    (stored,) = stage.live.sql("SELECT html FROM messages WHERE chat_id = %s AND role = 'assistant'", chat)
    assert frames[-1]["html"] == stored[0]
    assert "part-tool" in stored[0]


async def test_a_chart_is_drawn(stage):
    chart = {"type": "bar", "labels": ["a", "b"], "series": [{"name": "n", "values": [1, 2]}]}
    async with stage.tab() as tab:
        chat = await tab.begin(orders([("make_chart", chart)]), OBEYS)
        await stage.settled(chat)
    (html,) = stage.live.sql("SELECT html FROM messages WHERE chat_id = %s AND role = 'assistant'", chat)
    assert "<svg" in html[0], results(stage, chat)


async def test_a_decision_survives_a_kill_and_is_taken_elsewhere(stage, mortal):
    """Killed while it waits; started anew; allowed on another device; run once."""
    async with stage.tab() as tab:
        chat = await ask_by_hand(stage, tab, orders([SUM]))
    mortal.kill()
    mortal.start()
    async with stage.tab() as elsewhere:
        async with elsewhere.http.get("/notifications/") as response:
            assert f"/app/chats/{chat}/#m-{stage.last(chat)}" in await response.text()
        (approval,) = approvals(stage, chat)
        url = f"/app/approvals/{approval}/allow/"
        answers = await asyncio.gather(*(elsewhere.post(url) for _ in range(10)))
        assert sorted(status for status, _, _ in answers) == [200, *[409] * 9]
        assert [status for status, _, _ in await stage.settled(chat)] == ["succeeded"] * 2
    assert [str(found) for found in results(stage, chat)] == ["42 (exact)"]


async def test_an_open_page_follows_what_another_device_decides(stage):
    async with stage.tab() as tab, stage.tab() as elsewhere:
        chat = await ask_by_hand(stage, tab, orders([SUM]))
        async with tab.follow(chat) as receive:
            (approval,) = approvals(stage, chat)
            await elsewhere.post(f"/app/approvals/{approval}/allow/")
            kinds = set()
            while "end" not in kinds:
                kinds.add((await receive())["kind"])
    assert {"decided", "snapshot", "end"} <= kinds


async def test_stop_reaches_a_running_tool(stage):
    async with stage.tab() as tab:
        chat = await tab.begin(orders([("run_python", {"code": "while True: pass"})]), OBEYS)
        await stage.until(lambda: stage.replies(chat)[-1][0] == "running" and stage.asked(OBEYS), "the call")
        await stage.shown(tab, chat, "part-tool")
        await tab.post(f"/app/messages/{stage.last(chat)}/stop/")
        assert [status for status, _, _ in await stage.settled(chat)] == ["stopped"]
    assert [part["type"] for part in parts(stage, chat)] == ["tool-call"]


async def test_a_kill_while_a_tool_runs_keeps_what_was_shown(stage, mortal):
    async with stage.tab() as tab:
        chat = await tab.begin(orders([SUM], [("run_python", {"code": "while True: pass"})]), OBEYS)
        await stage.shown(tab, chat, "while True")
    mortal.kill()
    mortal.start()
    assert [status for status, _, _ in await stage.settled(chat)] == ["interrupted"]
    assert [part["type"] for part in parts(stage, chat)][:3] == ["tool-call", "tool-result", "tool-call"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://169.254.169.254/latest/", "file:///etc/passwd"])
async def test_pages_inside_the_network_are_not_read(stage, url):
    """C41: what the model names, or a person did, goes through the one door."""
    async with stage.tab() as tab:
        chat = await tab.begin(orders([("read_page", {"url": url})]), OBEYS)
        await stage.settled(chat)
    _call, result, *_ = parts(stage, chat)
    assert result["isError"], result


async def test_a_stranger_neither_sees_nor_decides(stage):
    cookies = sign_in_on(stage.live, name="Carol Stranger")
    async with stage.tab() as tab:
        chat = await ask_by_hand(stage, tab, orders([SUM]))
    async with Tab(stage.live, cookies) as stranger:
        (approval,) = approvals(stage, chat)
        assert (await stranger.post(f"/app/approvals/{approval}/allow/"))[0] == 404
        async with stranger.http.get(f"/app/messages/{stage.last(chat)}/waiting/") as response:
            assert response.status == 404
    assert approvals(stage, chat) == [approval]
