"""Texts as vectors, of each kind of service, and of services that answer wrongly."""

import pytest

from agents import engine
from bench.scripted_embeddings import vector
from tests.agents.engine.conftest import Wire


@pytest.mark.parametrize("provider", ["", "ollama", "google"])
async def test_each_text_has_its_vector_in_the_order_asked(wire: Wire, provider):
    texts = ["coffee from Gayo", "the price of beans", "a cat"]
    found = await engine.embed(wire.endpoint_of(provider), "embed-d16", texts)
    assert found.vectors == [pytest.approx(vector(text, 16)) for text in texts]


async def test_what_was_read_is_counted_where_the_service_says_it(wire: Wire):
    assert (await engine.embed(wire.endpoint, "embed-d8", ["abc", "de"])).usage == engine.Usage(5, 0)
    assert (await engine.embed(wire.endpoint_of("google"), "embed-d8", ["abc"])).usage is None


async def test_google_is_told_which_texts_are_asked_for(wire: Wire):
    for is_query in (True, False):
        await engine.embed(wire.endpoint_of("google"), "embed-d8", ["abc"], is_query=is_query)
    asked = [body["requests"][0]["taskType"] for body in await wire.get("/_requests?last=2")]
    assert asked == ["RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT"]


async def test_the_model_on_this_machine_is_told_too_and_no_other_server(wire: Wire):
    bundled = engine.Endpoint("openai", f"{wire.url}/v1", "secret-key", trusted=True, provider="bundled")
    await engine.embed(bundled, "embed-d8", ["abc"], is_query=True)
    await engine.embed(bundled, "embed-d8", ["abc"])
    await engine.embed(wire.endpoint, "embed-d8", ["abc"], is_query=True)
    asked = [body.get("input_type") for body in await wire.get("/_requests?last=3")]
    assert asked == ["query", "passage", None]


@pytest.mark.parametrize("flag", ["zero", "few", "mixed", "nan", "d4001"])
async def test_vectors_that_cannot_be_kept_are_refused(wire: Wire, flag):
    with pytest.raises(engine.Garbled):
        await engine.embed(wire.endpoint, f"embed-d8-{flag}" if flag != "d4001" else "embed-d4001", ["one", "two"])


async def test_a_model_that_is_not_there_and_a_wrong_key_are_told(wire: Wire):
    with pytest.raises(engine.ModelGone):
        await engine.embed(wire.endpoint, "nothing", ["one"])
    with pytest.raises(engine.AuthFailed):
        await engine.embed(wire.endpoint_of("", key="wrong"), "embed-d8", ["one"])


async def test_a_service_without_embeddings_says_so(wire: Wire):
    with pytest.raises(engine.NotFound):
        await engine.embed(wire.endpoint_of("anthropic"), "embed-d8", ["one"])
