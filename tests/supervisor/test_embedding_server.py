"""The extra embedding model's process: what it answers and refuses; the real one where `make vectors` added it."""

import json
import threading
import urllib.error
import urllib.request

import psutil
import pytest

from sambung.home import Home
from sambung.supervisor.embedding_server import MOST, Server
from sambung.supervisor.model import EMBEDDING_NAME, EmbeddingModel
from tests.live import wait_for


class Rows(list):
    def tolist(self):
        return list(self)


@pytest.fixture
def address():
    """Where a server answers whose vectors say the length of a text, and whether it is asked for."""
    server = Server("lengths", "the-key", lambda texts, is_query: Rows([len(text), float(is_query)] for text in texts))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def post(base_url: str, body, key: str = "the-key", path: str = "/embeddings") -> tuple[int, dict]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(base_url + path, data, {"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def vectors(base_url: str, body: dict, key: str = "the-key") -> list[list[float]]:
    status, answer = post(base_url, body, key)
    assert status == 200, answer
    return [row["embedding"] for row in answer["data"]]


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_texts_are_embedded_as_what_they_are(address):
    assert vectors(address, {"input": ["a", "bcd"], "input_type": "passage"}) == [[1, 0.0], [3, 0.0]]
    assert vectors(address, {"input": "abcd", "input_type": "query"}) == [[4, 1.0]]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", {}, {"input": []}, {"input": [1]}, {"input": ["a"] * (MOST + 1)}]
)
def test_what_is_no_request_is_refused_in_words(address, body):
    status, answer = post(address, body)
    assert (status, answer["error"]["message"].endswith(".")) == (400, True)


def test_only_whoever_has_the_key_is_answered(address):
    assert post(address, {"input": "a"}, key="another")[0] == 401
    assert post(address, {"input": "a"}, path="/models")[0] == 404


@pytest.mark.skipif(not EmbeddingModel.is_there(), reason="The extra is not there: make vectors adds it.")
def test_the_real_model_finds_the_passage_across_languages_and_ends(tmp_path):
    home = Home.open(tmp_path)
    model = EmbeddingModel(home)
    model.start()
    wait_for(home.embedding_endpoint, "the embedding model")
    endpoint, process = home.embedding_endpoint(), psutil.Process(model._process.pid)
    assert endpoint["model"] == EMBEDDING_NAME

    def asked(texts, kind):
        return vectors(endpoint["base_url"], {"input": texts, "input_type": kind}, endpoint["api_key"])

    (question,) = asked(["Bagaimana cara mengganti kata sandi saya?"], "query")
    right, wrong = asked(["How to change your password in the settings.", "The train leaves at nine."], "passage")
    assert likeness(question, right) > likeness(question, wrong)
    model.stop()
    assert not process.is_running()
    assert home.embedding_endpoint() is None
