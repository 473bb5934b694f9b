"""What models do not take is remembered under their key, shown on its page, and forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents import catalog, engine, keys, learned
from agents.catalog import Reference, servers
from agents.engine import Learned, Manners
from agents.engine.manners import ABILITIES
from tests.factories import api_key

pytestmark = pytest.mark.django_db

TOOLS = Learned("tools", Manners(frozenset({"tools"})), words="It does not support tools.")
LIMIT = Learned(
    "max_tokens", Manners(renamed={"max_tokens": "max_completion_tokens"}), "max_completion_tokens", "Use it."
)


@pytest.fixture(autouse=True)
def _empty(monkeypatch):
    monkeypatch.setattr(learned, "_of_servers", {})


@pytest.fixture
def key(alice):
    return api_key(alice, models=("small", "large"))


def keep(key, model, *lessons):
    learned.keep(key.pk, key.provider, model, lessons)
    key.refresh_from_db()


def test_lessons_of_a_model_add_up(key, workspace):
    keep(key, "small", TOOLS)
    keep(key, "small", LIMIT)

    found = catalog.find(Reference(key.pk, "openai", "small"), workspace)
    assert found.manners == TOOLS.manners | LIMIT.manners
    assert found.tools is False
    other = catalog.find(Reference(key.pk, "openai", "large"), workspace)
    assert (other.manners, other.tools) == (Manners(), None)
    (row,) = learned.rows(key.learned)
    assert (row.model, row.words) == ("small", "Use it.")
    assert row.told == [
        "It takes no tools and answers without them.",
        "It wants “max_tokens” under the name “max_completion_tokens”.",
    ]


def test_a_month_later_it_is_asked_in_full_again(key):
    keep(key, "small", TOOLS)
    key.learned["small"]["at"] = (timezone.now() - learned.KEPT - timedelta(hours=1)).isoformat()

    assert learned.manners(key.learned, "small") == Manners()
    assert learned.rows(key.learned) == []


def test_the_oldest_go(key, monkeypatch):
    monkeypatch.setattr(learned, "MOST", 2)
    for model in ("a", "b", "c"):
        keep(key, model, TOOLS)
    assert sorted(key.learned) == ["b", "c"]


def test_a_key_that_has_gone_in_the_meantime(key):
    key.delete()
    learned.keep(key.pk, "openai", "small", [TOOLS])


def test_a_new_address_forgets(key, alice):
    keep(key, "small", TOOLS)
    given = {
        "provider": "openai",
        "label": "A key",
        "base_url": "https://relay.example/v1",
        "secret": "sk-0123456789abcd",
    }
    assert keys.save(by=alice, scope={}, key=key, **given).learned == {}


@pytest.mark.parametrize(("forgets", "left"), [(True, {}), (False, {"small"})])
def test_a_person_who_looks_again_forgets_and_the_daily_list_does_not(key, forgets, left):
    keep(key, "small", TOOLS)
    keys._keep(key, [engine.ModelInfo("small")], forgets)
    key.refresh_from_db()
    assert set(key.learned) == set(left)


def test_servers_of_the_environment_are_remembered_by_the_process(monkeypatch):
    model = catalog.Model("openai_compatible", "small", "Small", 8192)
    monkeypatch.setattr(servers.Listing, "models", lambda self: [model])
    monkeypatch.setattr(servers, "_listing", servers.Listing())
    learned.keep(None, "openai_compatible", "small", [TOOLS])

    assert servers.find("openai_compatible", "small").tools is False
    learned.forget_server("openai_compatible")
    assert servers.find("openai_compatible", "small").tools is None


def test_the_page_of_a_key_shows_it_and_forgets(key, alice, bob, sign_in):
    keep(key, "small", TOOLS)
    client = sign_in(alice)
    page = client.get(f"/app/keys/{key.pk}/").content.decode()
    assert "What its models do not take" in page
    assert "It takes no tools and answers without them." in page
    assert "It said: It does not support tools." in page

    path = f"/app/keys/{key.pk}/forget/"
    assert sign_in(bob).post(path, {"model": "small"}).status_code == 404
    assert client.post(path, {"model": "small"}, follow=True).redirect_chain == [(f"/app/keys/{key.pk}/", 302)]
    key.refresh_from_db()
    assert key.learned == {}
    assert "What its models do not take" not in client.get(f"/app/keys/{key.pk}/").content.decode()


def test_an_admin_sees_what_servers_refused(alice, sign_in, settings):
    settings.MODEL_SERVERS = {"openai": ("https://api.openai.com/v1", "sk-0123456789abcd")}
    learned.keep(None, "openai", "small", [TOOLS])
    alice.role = "admin"
    alice.save()
    client = sign_in(alice)

    assert "It takes no tools and answers without them." in client.get("/instance/keys/").content.decode()
    client.post("/instance/keys/servers/openai/forget/")
    assert learned.of_server("openai") == {}


def test_everything_that_can_be_left_out_has_a_sentence():
    said = {learned.told(what) for what in (*ABILITIES, "thinking", "temperature", "stream_options", "top_k")}
    assert len(said) == len(ABILITIES) + 4
    assert all(sentence.endswith(".") for sentence in said)
    assert learned.told("longest", "4096") == "Its answers have at most 4096 tokens."
