"""A key of each provider, through the whole stack: kept, listed, asked over its own protocol, asked again."""

import uuid

import pytest

PLACES = {
    "openai_compatible": "/v1",
    "anthropic": "/anthropic",
    "google": "/google",
    "groq": "/groq/openai/v1",
    "ollama": "/ollama/v1",
}
MODEL = "fake-plain-n20-think"


async def keep(stage, tab, provider: str, secret: str = "sk-own-0123456789abcd") -> str:
    """Keep a key by its form; give its id."""
    label = f"{provider} {uuid.uuid4().hex[:8]}"
    data = {"provider": provider, "label": label, "base_url": f"{stage.model.url}{PLACES[provider]}"}
    data |= {} if provider == "ollama" else {"secret": secret}
    status, text, _ = await tab.post(f"/app/keys/new/?provider={provider}", **data)
    assert status == 200, text[-2000:]
    ((found,),) = stage.live.sql(
        "SELECT id::text FROM api_keys WHERE label = %s ORDER BY created_at DESC LIMIT 1", label
    )
    return found


@pytest.mark.parametrize("provider", PLACES)
async def test_a_key_of_each_provider_answers(stage, provider):
    async with stage.tab() as tab:
        key = await keep(stage, tab, provider)
        ((error, models),) = stage.live.sql("SELECT last_error_code, model_cache FROM api_keys WHERE id = %s", key)
        assert error == ""
        assert MODEL in [model["id"] for model in models]
        status, _, headers = await tab.post("/app/chats/new/", text="Hello", model=f"{key}:{MODEL}")
        assert status == 204
        chat = headers["HX-Redirect"].rstrip("/").rpartition("/")[2]
        assert (await stage.settled(chat))[-1][:2] == ("succeeded", "")
        await tab.post(f"/app/chats/{chat}/settings/", reasoning="low")
        for text in ("And now think.", "What did you think?"):  # thoughts and their signatures go back
            await tab.post(f"/app/chats/{chat}/messages/", text=text)
            assert (await stage.settled(chat))[-1][:2] == ("succeeded", "")
        ((parts, kept, run_key, used_at),) = stage.live.sql(
            "SELECT parts, metadata, run.api_key_id::text, last_used_at FROM messages JOIN run ON run.id = run_id "
            "JOIN api_keys ON api_keys.id = run.api_key_id WHERE messages.id = %s",
            stage.last(chat),
        )
        assert [part["type"] for part in parts] == ["reasoning", "text"]
        assert (kept["key"].partition(" ")[0], kept["model"], run_key) == (provider, MODEL, key)
        assert kept["usage"]["input_tokens"] > 0
        assert kept["usage"]["output_tokens"] > 0
        assert used_at is not None


@pytest.mark.parametrize("provider", ["anthropic", "google", "groq", "openai_compatible"])
async def test_a_key_that_is_not_accepted_says_so_and_stays(stage, provider):
    async with stage.tab() as tab:
        key = await keep(stage, tab, provider, "bad-key-0123456789abcd")
        ((error,),) = stage.live.sql("SELECT last_error_code FROM api_keys WHERE id = %s", key)
        assert error == "auth_failed"
        async with tab.http.get("/app/keys/") as page:
            assert "did not accept the key" in await page.text()
