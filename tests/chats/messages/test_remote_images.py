"""Remote images: shown as chips that name the host, and fetched by this server for whoever clicks."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from agents.runs import runtime
from chats.messages import remote_images
from sambung.lib import egress
from sambung.lib.waiting import IMAGES
from tests.factories import exchange
from tests.slots import full

pytestmark = pytest.mark.django_db

AS_IMAGE = {"Accept": "image/webp,*/*;q=0.8"}  # as a browser asks for what stands in a page
PNG = b"\x89PNG\r\n\x1a\n" + b"rest"
TEXT = "![a cat](https://pictures.example.org/cat.png) and ![a dog](https://other.example.org/dog.png)"


@pytest.fixture
def fetched(monkeypatch):
    """What the world answers; gives the addresses that were asked for. The process's loop runs beside the test."""
    world = SimpleNamespace(answer=PNG, asked=[])

    async def fetch(url, policy=egress.PUBLIC, **limits):
        world.asked.append(url)
        assert policy == egress.PUBLIC
        assert limits["max_bytes"] == remote_images.MAX_BYTES
        if isinstance(world.answer, Exception):
            raise world.answer
        return egress.Fetched("image/png", world.answer)

    monkeypatch.setattr(egress, "fetch", fetch)
    with _loop(monkeypatch):
        yield world


class _loop:
    """A loop in a thread, in the place of the process's runtime."""

    def __init__(self, monkeypatch):
        self.loop = asyncio.new_event_loop()
        monkeypatch.setattr(runtime, "_runtime", SimpleNamespace(loop=self.loop))

    def __enter__(self):
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def __exit__(self, *exc):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


def url(message, index: int) -> str:
    return f"/app/messages/{message.pk}/images/{index}/"


def test_a_remote_image_is_a_chip_with_its_host_and_nothing_loads(chat):
    html = exchange(chat, answer=TEXT).html
    assert "<img" not in html
    assert 'data-host="pictures.example.org"' in html


def test_a_click_loads_the_image_by_its_place_in_the_message(alice, chat, sign_in, fetched):
    reply = exchange(chat, answer=TEXT)
    response = sign_in(alice).get(url(reply, 1))
    assert fetched.asked == ["https://other.example.org/dog.png"]
    assert (response.content, response.headers["Content-Type"]) == (PNG, "image/png")
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("body", "mime_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
    ],
)
def test_the_type_comes_from_the_content(alice, chat, sign_in, fetched, body, mime_type):
    fetched.answer = body
    assert sign_in(alice).get(url(exchange(chat, answer=TEXT), 0)).headers["Content-Type"] == mime_type


@pytest.mark.parametrize("body", [b"<svg onload=alert(1)>", b"<html>", b"", b"RIFF\0\0\0\0WAVE", b" " + PNG])
def test_what_is_no_picture_is_refused_whatever_it_calls_itself(alice, chat, sign_in, fetched, body):
    fetched.answer = body
    response = sign_in(alice).get(url(exchange(chat, answer=TEXT), 0), headers=AS_IMAGE)
    assert response.status_code == 502
    assert "not an image" in response.json()["error"]


@pytest.mark.parametrize("error", [egress.Blocked("inside"), OSError("10.0.0.1"), TimeoutError()])
def test_an_image_that_cannot_be_had_is_told_without_addresses(alice, chat, sign_in, fetched, error):
    fetched.answer = error
    response = sign_in(alice).get(url(exchange(chat, answer=TEXT), 0), headers=AS_IMAGE)
    told = {"error": "The image could not be loaded.", "code": "image_unavailable"}
    assert (response.status_code, response.json()) == (502, told)


def test_the_network_of_the_server_is_out_of_reach(alice, chat, sign_in, monkeypatch):
    """The real door: loopback is refused before anything is connected."""
    with _loop(monkeypatch):
        reply = exchange(chat, answer="![x](http://127.0.0.1:1/x.png)")
        assert sign_in(alice).get(url(reply, 0)).status_code == 502


@pytest.mark.parametrize("index", [2, 10**12])
def test_there_are_no_more_images_than_the_message_has(alice, chat, sign_in, fetched, index):
    assert sign_in(alice).get(url(exchange(chat, answer=TEXT), index)).status_code == 404
    assert fetched.asked == []


def test_a_plain_link_is_not_an_image(alice, chat, sign_in, fetched):
    reply = exchange(chat, answer="[text](https://pictures.example.org/cat.png)")
    assert sign_in(alice).get(url(reply, 0)).status_code == 404


def test_a_stranger_loads_nothing(carol, chat, sign_in, fetched):
    assert sign_in(carol).get(url(exchange(chat, answer=TEXT), 0)).status_code == 404
    assert fetched.asked == []


def test_images_that_hang_are_few(alice, chat, sign_in, fetched):
    """Who clicks on more is told at once; afterwards there is room again."""
    client, path = sign_in(alice), url(exchange(chat, answer=TEXT), 0)
    with full(IMAGES):
        refused = client.get(path, headers=AS_IMAGE)
    assert (refused.status_code, fetched.asked) == (503, [])
    assert "Try again in a moment" in refused.json()["error"]
    fetched.answer = OSError("away")
    assert [client.get(path).status_code for _ in range(3)] == [502] * 3
    fetched.answer = PNG
    assert client.get(path).status_code == 200
