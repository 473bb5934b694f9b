"""Answers that are files, read while they are sent; bodies without room; answers to machines."""

import asyncio
import shutil
import tempfile
import threading

import pytest
from django.conf import settings
from django.http import FileResponse, HttpResponse

from sambung import health
from sambung.handler import CHUNK, OneHopHandler, _read_while_sent
from sambung.lib.threads import VITAL, in_thread


async def test_a_file_is_sent_in_chunks_and_closed_at_its_end(tmp_path):
    path = tmp_path / "export.zip"
    path.write_bytes(bytes(range(256)) * 4096)  # four chunks
    file = path.open("rb")
    response = FileResponse(file, as_attachment=True, filename="export.zip")
    _read_while_sent(response)
    response.close()  # the request has ended, and gives its connection back
    assert not file.closed
    chunks = [chunk async for chunk in response]
    assert [len(chunk) for chunk in chunks] == [CHUNK] * 4
    assert b"".join(chunks) == path.read_bytes()
    assert file.closed
    assert response["Content-Length"] == str(4 * CHUNK)


# ---- a disk without room ---------------------------------------------------------------------------------
CSRF = settings.CSRF_COOKIE_NAME
BODY = b"--x\r\nContent-Disposition: form-data; name=upload; filename=a\r\n\r\n" + b"y" * 200_000 + b"\r\n--x--\r\n"


async def _answer(
    body: bytes, method: str = "POST", path: str = "/accounts/login/", host: bytes = b"localhost"
) -> tuple[int, bytes]:
    """Send a form as a browser would, a piece at a time; return status and page."""
    head = [(b"host", host), (b"content-type", b"multipart/form-data; boundary=x")]
    head += [(b"content-length", str(len(body)).encode()), (b"cookie", f"{CSRF}={'a' * 32}".encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": head, "query_string": b""}
    pieces = [body[at : at + 10_000] for at in range(0, len(body), 10_000)] or [b""]
    sent = []

    async def receive() -> dict:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: dict) -> None:
        sent.append(message)

    await OneHopHandler()(scope, receive, send)
    assert not pieces  # a browser that still sends would not hear the answer
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


async def test_a_body_without_room_is_answered_and_nothing_of_it_is_kept(tiny, monkeypatch, settings):
    """What is larger than the memory for it waits on a disk."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 4_000
    monkeypatch.setattr(tempfile, "tempdir", str(tiny))
    status, page = await _answer(BODY)
    assert status == 507
    assert b"no room" in page
    assert shutil.disk_usage(tiny).used == 0


async def test_an_uploaded_file_without_room_is_answered_and_nothing_of_it_is_kept(tiny, settings):
    """The body was taken, and its files, which a form reads, find no room for themselves."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tiny)
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    status, _page = await _answer(BODY)
    assert status == 507
    assert shutil.disk_usage(tiny).used == 0


# ---- machines that ask ---------------------------------------------------------------------------------
@pytest.fixture
async def no_thread(settings):
    """Every thread of the pool is held, as by a database that says nothing."""
    end = threading.Event()
    holding = [asyncio.ensure_future(in_thread(end.wait)) for _ in range(settings.DB_POOL_MAX - VITAL)]
    yield
    end.set()
    await asyncio.gather(*holding)


async def test_machines_are_answered_while_no_thread_is_free(no_thread, monkeypatch):
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    assert await _answer(b"", "GET", "/healthz") == (200, b"ok")
    assert (await _answer(b"", "HEAD", "/healthz"))[0] == 200
    assert await _answer(b"", "GET", "/readyz") == (503, b"no answer from the database in time")


async def test_machines_are_answered_without_a_session(monkeypatch):
    """Reading one asks the database: where it is away, that would be an error page and no word on what is wrong."""
    seen = []

    def respond(_handler, scope, _body) -> HttpResponse:
        seen.extend(name for name, _value in scope["headers"])
        return HttpResponse("ready")

    monkeypatch.setattr(OneHopHandler, "_respond", respond)
    assert await _answer(b"", "GET", "/readyz") == (200, b"ready")
    assert b"host" in seen
    assert b"cookie" not in seen


@pytest.mark.django_db
@pytest.mark.parametrize("host", [b"10.2.3.4:8000", b"[fd00::7]:8000", b"sambung.svc.cluster.local", b"a b"])
async def test_machines_are_answered_by_any_host(host, monkeypatch):
    monkeypatch.setattr(health, "database_fault", lambda: "")
    assert await _answer(b"", "GET", "/healthz", host) == (200, b"ok")
    assert await _answer(b"", "GET", "/readyz", host) == (503, b"no runtime")
    assert (await _answer(b"", "GET", "/accounts/login/", host))[0] == 400
