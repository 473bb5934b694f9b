"""HTTP nodes: what is sent, how answers are read, and when nobody can know whether an effect happened."""

import gzip
import itertools
import threading
from collections.abc import Iterable

import pytest

from sambung.lib.files import store
from sambung.lib.threads import in_thread
from tests.agents.toolkits.places import Answer, serving
from tests.factories import Sketch, line

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def place(settings):
    """A server on loopback, which the operator allows."""
    with serving() as found:
        settings.EGRESS_ALLOW = frozenset({("127.0.0.1", found.server_port)})
        yield found


def asking(place, path="/x", method="GET", **data) -> Sketch:
    """A request, and an output of what it gave."""
    return line(("http", {"method": method, "url": [{"text": f"{place.url}{path}"}]} | data))


async def test_an_answer_is_read_by_its_type(play, place):
    place.answers["/x"] = Answer(b'{"a": [1]}', headers=JSON)
    query = [{"name": "q", "value": [{"text": "a b&c"}]}, {"name": "q", "value": [{"text": "2"}]}]
    played = await play(asking(place, query=query))
    answer = played.row.output["result"]
    assert (answer["status"], answer["ok"], answer["body"], answer["size"]) == (200, True, {"a": [1]}, 10)
    assert place.asked[0].path == "/x?q=a+b%26c&q=2"


async def test_a_post_under_a_key_sends_the_same_key_each_time(play, place):
    place.answers["/x"] = Answer(b"busy", 503)
    body = {"type": "json", "content": [{"text": '{"n": 1}'}]}
    sketch = asking(place, method="POST", body=body, keyHeader="Idempotency-Key", retry={"times": 2, "wait": 0})
    played = await play(sketch)
    keys = {asked.headers["idempotency-key"] for asked in place.asked}
    assert (len(place.asked), keys) == (3, {f"{played.row.pk}:{played.steps['http0'].path}"})
    assert [step.attempt for step in played.rows if step.status == "failed"] == [1, 2, 3]
    assert (place.asked[0].body, place.asked[0].headers["content-type"]) == (b'{"n": 1}', "application/json")
    assert (played.status, played.run.error_code) == ("failed", "workflow_http_busy")


async def test_an_error_may_have_its_own_way(play, place):
    sketch = asking(place, onError={"mode": "branch"})
    sketch.node("told", "output", values=[{"name": "why", "value": sketch.value("http0", "message")}])
    played = await play(sketch.edge("http0", "told", handle="error"))
    assert played.row.output == {"why": "The server answered 404."}
    assert (played.status, played.statuses["output"]) == ("succeeded", "skipped")


async def test_or_a_value_in_its_place_and_statuses_that_are_fine(play, place):
    played = await play(asking(place, onError={"mode": "value", "value": {"status": 0}}))
    assert played.row.output["result"] == {"status": 0}
    assert (await play(asking(place, okStatuses=[404]))).row.output["result"]["status"] == 404


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"headers": [{"name": "X-A", "value": [{"text": "a\r\nEvil: 1"}]}]}, "workflow_http_header"),
        ({"headers": [{"name": "Host", "value": [{"text": "inside"}]}]}, "workflow_http_header"),
        ({"body": {"type": "json", "content": [{"text": "{"}]}}, "workflow_http_json"),
    ],
)
async def test_what_must_not_be_sent_is_not(play, place, data, code):
    played = await play(asking(place, method="POST", **data))
    assert (played.run.error_code, place.asked) == (code, [])


async def test_nothing_inside_is_reached_and_no_redirect_followed(play, place, settings):
    place.answers["/x"] = Answer(b"", 302, {"Location": "http://127.0.0.1:1/"})
    assert (await play(asking(place))).run.error_code == "workflow_http_moved"
    settings.EGRESS_ALLOW = frozenset()
    assert (await play(asking(place))).run.error_code == "workflow_http_blocked"
    assert len(place.asked) == 1


async def test_a_large_body_is_kept_as_a_file(play, place):
    place.answers["/x"] = Answer(b"\x89PNG" + b"x" * 100_000, headers={"Content-Type": "image/png"})
    played = await play(asking(place, "/x"))
    file = played.row.output["result"]["file"]
    assert (file["mimeType"], file["size"], file["name"]) == ("image/png", 100_004, "x")
    assert (await in_thread(store.content, file["file"])).startswith(b"\x89PNG")


async def test_an_effect_that_may_have_happened_is_unknown(play, place):
    place.answers["/x"] = Answer(b"", 200, {"Content-Length": "10"})
    played = await play(asking(place, method="POST", timeout=1))
    assert (played.status, played.statuses["http0"]) == ("waiting", "unknown")
    assert played.steps["http0"].input["url"].endswith("/x")
    assert len(place.asked) == 1


# ---- answers without an end -----------------------------------------------------------------------------
def bomb() -> Iterable[bytes]:
    """60 MB of nothing, in 60 kB."""
    return [gzip.compress(bytes(60_000_000))]


def without_end() -> Iterable[bytes]:
    return itertools.repeat(bytes(1_000_000))


@pytest.mark.parametrize(
    ("pieces", "coding"), [(bomb, {"Content-Encoding": "gzip"}), (without_end, {})], ids=["bomb", "stream"]
)
async def test_what_is_larger_than_is_read_fails(play, place, pieces, coding):
    place.answers["/x"] = Answer(headers={"Content-Type": "text/plain"} | coding, pieces=pieces)
    played = await play(asking(place))
    assert (played.status, played.run.error_code) == ("failed", "workflow_http_large")


async def test_what_comes_slowly_and_has_no_end_ends_with_the_time(play, place):
    def trickle() -> Iterable[bytes]:
        while True:
            threading.Event().wait(0.05)
            yield b"x"

    place.answers["/x"] = Answer(headers={"Content-Type": "text/plain"}, pieces=trickle)
    played = await play(asking(place, timeout=0.5))
    assert (played.status, played.run.error_code) == ("failed", "workflow_timeout")


@pytest.mark.parametrize(("status", "is_known"), [(500, True), (502, False), (504, False)])
async def test_a_gateway_that_does_not_know_makes_an_effect_unknown(play, place, status, is_known):
    place.answers["/x"] = Answer(b"", status)
    played = await play(asking(place, method="POST", retry={"times": 2, "wait": 0}))
    assert played.statuses["http0"] == ("failed" if is_known else "unknown")
    assert len(place.asked) == (3 if is_known else 1)
