"""Which models there are."""

import json
from types import SimpleNamespace

import pytest

from agents import catalog, engine
from agents.engine import ModelInfo

BUNDLED = {"base_url": "http://127.0.0.1:9/v1", "api_key": "k", "model": "smollm2", "context_window": 2048}


@pytest.fixture
def world(monkeypatch):
    """The settings, and the server that they name."""
    world = SimpleNamespace(bundled=BUNDLED, rows=[ModelInfo("big", 8192, True, True), ModelInfo("small")], asked=0)

    async def list_models(endpoint):
        world.asked += 1
        world.endpoint = endpoint
        if isinstance(world.rows, Exception):
            raise world.rows
        return world.rows

    settings = SimpleNamespace(
        HOME=SimpleNamespace(model_endpoint=lambda: world.bundled),
        OPENAI_BASE_URL="http://models.example.org/v1",
        OPENAI_API_KEY="secret",
        MODEL_CONTEXT_WINDOW=32_768,
    )
    world.settings = settings
    monkeypatch.setattr(catalog, "settings", settings)
    monkeypatch.setattr(engine, "list_models", list_models)
    monkeypatch.setattr(catalog, "_catalog", None)
    return world


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(catalog, "monotonic", lambda: now.seconds)
    return now


async def listing() -> catalog.Catalog:
    made = catalog.Catalog()
    catalog.set_current(made)
    await made.refresh()
    return made


async def test_both_sources_are_listed_the_servers_first(world, clock):
    found = (await listing()).models()
    assert [model.value for model in found] == [
        "openai_compatible:big",
        "openai_compatible:small",
        "bundled:smollm2",
    ]
    assert [model.context_window for model in found] == [8192, 32_768, 2048]
    assert [model.can_continue for model in found] == [True, False, True]
    assert catalog.default() == found[0]


async def test_without_a_server_the_bundled_model_is_the_default(world, clock):
    world.settings.OPENAI_BASE_URL = ""
    await listing()
    assert (world.asked, catalog.default().value) == (0, "bundled:smollm2")


async def test_without_any_there_is_no_default(world, clock):
    world.settings.OPENAI_BASE_URL, world.bundled = "", None
    await listing()
    assert catalog.default() is None


async def test_a_listing_counts_for_some_minutes(world, clock):
    made = await listing()
    clock.seconds += catalog.FRESH - 1
    await made.refresh()
    assert world.asked == 1
    clock.seconds += 1
    await made.refresh()
    assert world.asked == 2


async def test_a_server_that_does_not_answer_keeps_its_last_listing_and_is_asked_again_soon(world, clock):
    made = await listing()
    clock.seconds += catalog.FRESH
    world.rows = engine.ConnectFailed()
    await made.refresh()
    assert len(made.models()) == 3
    clock.seconds += catalog.RETRY
    world.rows = [ModelInfo("new")]
    await made.refresh()
    assert [model.id for model in made.models()] == ["new", "smollm2"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("openai_compatible:big", "big"),
        ("bundled:smollm2", "smollm2"),
        ("openai:big", None),
        ("bundled:big", None),
        ("big", None),
        ("", None),
        (":", None),
    ],
)
async def test_parse(world, clock, value, found):
    await listing()
    model = catalog.parse(value)
    assert (model and model.id) == found


async def test_a_models_id_may_hold_colons(world, clock):
    world.rows = [ModelInfo("llama3:8b")]
    await listing()
    assert catalog.parse("openai_compatible:llama3:8b").id == "llama3:8b"


def test_endpoint_of_the_server(world):
    found = catalog.endpoint("openai_compatible")
    assert (found.base_url, found.api_key, found.trusted) == ("http://models.example.org/v1", "secret", True)


def test_endpoint_of_the_bundled_model(world):
    assert catalog.endpoint("bundled").base_url == "http://127.0.0.1:9/v1"


def test_the_bundled_model_is_told_to_come_back_while_it_restarts(world):
    world.bundled = None
    with pytest.raises(engine.EngineError) as caught:
        catalog.endpoint("bundled")
    assert "starts again by itself" in caught.value.sentence


@pytest.mark.parametrize("provider", ["openai", "anthropic", "", "nobody"])
def test_a_provider_that_is_not_set_up_is_told(world, provider):
    with pytest.raises(engine.EngineError) as caught:
        catalog.endpoint(provider)
    assert "no longer set up" in caught.value.sentence


def test_openais_own_address_is_its_own_provider(world):
    world.settings.OPENAI_BASE_URL = "https://api.openai.com/v1"
    assert catalog.server_provider() == "openai"
    world.settings.OPENAI_BASE_URL = "https://api.openai.com.example.org/v1"
    assert catalog.server_provider() == "openai_compatible"


def test_the_key_is_in_no_repr(world):
    assert "secret" not in repr(catalog.endpoint("openai_compatible"))
    assert "secret" not in json.dumps([str(model) for model in catalog.models()])
