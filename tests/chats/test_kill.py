"""Nothing that was shown is ever lost: the process is killed while replies run."""

import asyncio

from tests.live import Tab, sign_in_on
from tests.scripts import HELD


async def test_what_was_seen_before_a_kill_is_in_the_database_after_it(mortal):
    cookies = sign_in_on(mortal)
    async with Tab(mortal, cookies) as tab:
        chats = [await tab.begin("Hello", "fake-r50-n2000-plain") for _ in range(4)]
        chats.append(await tab.begin("Hello", HELD))
        seen = await asyncio.gather(*(_watch(tab, chat, until="w2") for chat in chats))
        mortal.kill()
    logged = mortal.sql("SELECT run_id::text, max(seq) FROM run_event GROUP BY run_id")
    assert all(dict(logged).get(run, 0) >= seq for run, seq in seen)
    mortal.start()
    rows = mortal.sql(
        "SELECT run.status, m.content FROM run JOIN messages m ON m.run_id = run.id WHERE m.chat_id = ANY(%s)", chats
    )
    assert [status for status, _ in rows] == ["interrupted"] * 5
    assert all("w2" in content for _, content in rows)


async def _watch(tab: Tab, chat: str, until: str) -> tuple[str, int]:
    """Follow until a word was shown; return the run and the last seq that was seen."""
    async with tab.follow(chat) as frame:
        while True:
            found = await frame()
            text = found.get("html", "") + "".join(part["tail"] + part["done"] for part in found.get("parts", ()))
            if until in text:
                return found["run"], found["seq"]
