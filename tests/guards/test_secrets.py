"""A provider's key is nowhere but in the request to that provider: no page, no log, no error."""

import pytest

from tests.live import Tab, live_server, scripted_model, sign_in_on

MODELS = ("fake-plain", "fake-e401", "fake-e500", "fake-err3")
CANARY = "sk-CANARY-0123456789abcdef"


@pytest.fixture(scope="module")
def keyed(tmp_path_factory):
    """A web process whose environment holds a key, and a server that also fails."""
    home = tmp_path_factory.mktemp("keyed") / "home"
    with (
        scripted_model(",".join(MODELS)) as model,
        live_server(home, model, OPENAI_API_KEY=CANARY, LOG_LEVEL="DEBUG") as found,
    ):
        yield found


@pytest.mark.timeout(180)
async def test_key_is_seen_nowhere(keyed):
    seen = []
    async with Tab(keyed, sign_in_on(keyed, role="admin")) as tab:
        for model in MODELS:
            status, body, headers = await tab.post("/app/chats/new/", text="Hello", model=f"openai_compatible:{model}")
            assert status == 204, model
            seen += [body, str(headers)]
            chat = headers["HX-Redirect"].rstrip("/").rpartition("/")[2]
            (run,) = keyed.sql("SELECT run_id FROM messages WHERE chat_id = %s AND run_id IS NOT NULL", chat)[0]
            async with tab.follow(chat, {str(run): 0}) as receive:  # so that an end that has been is told too
                while (frame := await receive())["kind"] != "end":
                    seen.append(str(frame))
                seen.append(str(frame))
            async with tab.http.get(f"/app/chats/{chat}/") as response:
                seen.append(await response.text())
        paths = ["/app/", "/app/chats/", "/app/palette/?q=", "/admin/", "/admin/agents/run/", "/nothing/", "/readyz"]
        for path in paths:
            async with tab.http.get(path) as response:
                seen += [await response.text(), str(response.headers)]
    assert len(seen) > 10
    assert [text[:200] for text in seen if CANARY in text] == []
    for path in keyed.home.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path
    tables = keyed.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    for (table,) in tables:
        assert not keyed.sql(f"SELECT 1 FROM {table} AS row WHERE row::text LIKE %s LIMIT 1", f"%{CANARY}%"), table
