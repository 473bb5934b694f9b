"""Which models there are."""

import json
from types import SimpleNamespace

import pytest

from agents import catalog, engine
from agents.catalog import servers
from agents.engine import ModelInfo
from sambung import settings
from sambung.lib.failures import Failure
from teams.models import User
from teams.workspace import Workspace

ME = Workspace(User())
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
        MODEL_SERVERS={"openai_compatible": ("http://models.example.org/v1", "secret")},
        MODEL_CONTEXT_WINDOW=32_768,
    )
    world.settings = settings
    monkeypatch.setattr(servers, "settings", settings)
    monkeypatch.setattr(engine, "list_models", list_models)
    monkeypatch.setattr(servers, "_listing", None)
    return world


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(servers, "monotonic", lambda: now.seconds)
    return now


async def listing() -> servers.Listing:
    made = servers.Listing()
    servers.set_current(made)
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


async def test_without_a_server_the_bundled_model_is_the_default(world, clock):
    world.settings.MODEL_SERVERS = {}
    await listing()
    assert (world.asked, [model.value for model in servers.models()]) == (0, ["bundled:smollm2"])


async def test_without_any_there_is_none(world, clock):
    world.settings.MODEL_SERVERS, world.bundled = {}, None
    await listing()
    assert servers.models() == []


async def test_a_listing_counts_for_some_minutes(world, clock):
    made = await listing()
    clock.seconds += servers.FRESH - 1
    await made.refresh()
    assert world.asked == 1
    clock.seconds += 1
    await made.refresh()
    assert world.asked == 2


async def test_a_server_that_does_not_answer_keeps_its_last_listing_and_is_asked_again_soon(world, clock):
    made = await listing()
    clock.seconds += servers.FRESH
    world.rows = engine.ConnectFailed()
    await made.refresh()
    assert len(made.models()) == 3
    clock.seconds += servers.RETRY
    world.rows = [ModelInfo("new")]
    await made.refresh()
    assert [model.id for model in made.models()] == ["new", "smollm2"]


async def test_who_asks_anew_finds_what_has_come_and_loses_what_has_gone(world, clock):
    made = await listing()
    world.rows = [ModelInfo("new")]
    clock.seconds += servers.SOON
    assert await made.refresh(servers.SOON) == {}
    assert [model.id for model in made.models()] == ["new", "smollm2"]


async def test_a_window_that_was_told_is_remembered_while_it_is_guessed(world, clock):
    made = servers.Listing()
    for window, is_guessed, known in ((4096, True, 4096), (65_536, False, 65_536), (4096, True, 65_536)):
        world.rows = [ModelInfo("big", window, is_window_guessed=is_guessed)]
        await made.refresh()
        clock.seconds += servers.FRESH
        model = made.models()[0]
        assert (model.context_window, model.is_window_guessed) == (known, known == 4096)


async def test_nobody_is_asked_oftener_than_is_fair(world, clock):
    made = await listing()
    for _ in range(5):
        await made.refresh(servers.SOON)
    assert world.asked == 1
    world.rows = engine.ConnectFailed()
    clock.seconds += servers.SOON
    for _ in range(5):
        assert await made.refresh(servers.SOON) == {"openai_compatible": Failure("connect_failed")}
    assert world.asked == 2


async def test_a_model_that_has_just_come_is_found_by_its_name(world, clock):
    await listing()
    world.rows = [ModelInfo("big"), ModelInfo("pulled")]
    clock.seconds += servers.SOON
    assert (await servers.seek("openai_compatible", "pulled")).id == "pulled"
    assert await servers.seek("openai_compatible", "never") is None
    assert world.asked == 2


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
    model = catalog.parse(value, ME)
    assert (model and model.id) == found


async def test_a_models_id_may_hold_colons(world, clock):
    world.rows = [ModelInfo("llama3:8b")]
    await listing()
    assert catalog.parse("openai_compatible:llama3:8b", ME).id == "llama3:8b"


def test_endpoint_of_the_server(world):
    found = servers.endpoint("openai_compatible")
    assert (found.base_url, found.api_key, found.trusted) == ("http://models.example.org/v1", "secret", True)


def test_endpoint_of_the_bundled_model(world):
    assert servers.endpoint("bundled").base_url == "http://127.0.0.1:9/v1"


def test_the_bundled_model_is_told_to_come_back_while_it_restarts(world):
    world.bundled = None
    with pytest.raises(engine.EngineError) as caught:
        servers.endpoint("bundled")
    assert caught.value.code == "bundled_not_running"


@pytest.mark.parametrize("provider", ["openai", "anthropic", "", "nobody"])
def test_a_provider_that_is_not_set_up_is_told(world, provider):
    with pytest.raises(engine.EngineError) as caught:
        servers.endpoint(provider)
    assert caught.value.code == "provider_gone"


def test_the_servers_of_the_environment(monkeypatch):
    assert settings.model_servers() == {}
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-2")
    monkeypatch.setenv("OLLAMA_BASE_URL", "http://127.0.0.1:11434/v1/")
    named = {"openai": ("", "sk-1"), "anthropic": ("", "sk-2"), "ollama": ("http://127.0.0.1:11434/v1", "")}
    assert settings.model_servers() == named
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.openai.com.example.org/v1")
    assert "openai_compatible" in settings.model_servers()


async def test_each_server_of_the_environment_is_listed(world, clock):
    world.settings.MODEL_SERVERS = {"anthropic": ("", "a"), "groq": ("https://groq.example.org/v1", "b")}
    made = servers.Listing()
    await made._ask("groq")  # whoever answers first, the order is that of the settings
    await made.refresh()
    found = made.models()
    assert [model.value for model in found][::2] == ["anthropic:big", "groq:big", "bundled:smollm2"]
    assert servers.endpoint("anthropic").base_url == "https://api.anthropic.com"
    assert servers.endpoint("anthropic").protocol == "anthropic"
    assert servers.endpoint("groq").base_url == "https://groq.example.org/v1"


def test_the_key_is_in_no_repr(world):
    assert "secret" not in repr(servers.endpoint("openai_compatible"))
    assert "secret" not in json.dumps([str(model) for model in servers.models()])
