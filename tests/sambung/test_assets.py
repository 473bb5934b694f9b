"""Static files as browsers get them."""

import gzip

import pytest
from asgiref.testing import ApplicationCommunicator

from sambung import assets
from sambung.static import StaticFiles

SCRIPT = "app.0123456789ab.js"


@pytest.fixture
def folder(settings, tmp_path):
    """A folder of collected files: a script, and a picture, which is small already."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / SCRIPT).write_text("let one = 1;\n" * 500)
    (tmp_path / "a.0123456789ab.png").write_bytes(bytes(9_000))
    assets.compress([str(path) for path in tmp_path.iterdir()])
    return tmp_path


async def _get(path: str, accepted: bytes) -> tuple[dict[bytes, bytes], bytes]:
    headers = [(b"host", b"127.0.0.1"), (b"accept-encoding", accepted)]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}
    asked = ApplicationCommunicator(StaticFiles(None), scope)
    await asked.send_input({"type": "http.request", "body": b""})
    start, body = await asked.receive_output(), b""
    while (part := await asked.receive_output())["type"] == "http.response.body":
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    return dict(start["headers"]), body


async def test_a_script_goes_as_small_as_a_browser_takes_it(folder):
    headers, body = await _get(f"/static/{SCRIPT}", b"gzip, br")
    assert (headers[b"content-encoding"], headers[b"vary"]) == (b"gzip", b"Accept-Encoding")
    assert gzip.decompress(body) == (folder / SCRIPT).read_bytes()
    headers, body = await _get(f"/static/{SCRIPT}", b"identity")
    assert b"content-encoding" not in headers
    assert body == (folder / SCRIPT).read_bytes()


def test_pictures_are_left_alone(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["a.0123456789ab.png", SCRIPT, f"{SCRIPT}.gz"]
