"""Jobs in a process of their own, as SAMBUNG_EMBEDDED_WORKER=off asks for."""

from tests.live import Tab, live_server, sign_in_on, wait_for


async def test_a_worker_beside_the_web_process_names_a_chat(tmp_path, scripted):
    with live_server(tmp_path / "home", scripted, SAMBUNG_EMBEDDED_WORKER="off") as live:
        async with Tab(live, sign_in_on(live)) as tab:
            chat = await tab.begin("Hello", "fake-plain-n20")
            query = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'chats.name_chat'"
            wait_for(lambda: live.sql(query), "the job")
        live.command("procrastinate", "worker", "--one-shot")
        ((title, metadata),) = live.sql("SELECT title, metadata FROM chats WHERE id = %s", chat)
    assert metadata == {"title_by": "model"}
    assert title.startswith("w0 w1")
